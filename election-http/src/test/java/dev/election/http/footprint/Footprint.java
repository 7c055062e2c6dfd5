package dev.election.http.footprint;

import dev.election.http.footprint.Guest.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Measures sidecars as they are shipped, one at a time, on each backend, with and without the archive of classes: the
 * time from the start of the process until the first answer and until it leads, and the memory after some time of
 * leading. Prints a table of medians, and after it each row as {@code key=value}.
 */
final class Footprint {

    private static final Set<String> KNOWN = Set.of("command", "backends", "starts", "rounds", "after");

    private final Path directory;
    private final Path command;
    private final List<Store> stores;
    private final int starts;
    private final int rounds;
    private final Duration after;
    private int count;

    private Footprint(Path directory, Map<String, String> given) {
        this.directory = directory;
        this.command = Path.of(given.getOrDefault("command", ""));
        this.stores = given.containsKey("backends")
                ? Arrays.stream(given.get("backends").split(","))
                        .map(name -> Store.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList()
                : List.of(Store.values());
        this.starts = Integer.parseInt(given.getOrDefault("starts", "11"));
        this.rounds = Integer.parseInt(given.getOrDefault("rounds", "3"));
        this.after = Duration.parse("PT" + given.getOrDefault("after", "30s"));
    }

    /** Takes a directory of its own, then {@code --name=value}. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> given = new HashMap<>();
        for (String argument : Arrays.asList(arguments).subList(1, arguments.length)) {
            String[] parts = argument.split("=", 2);
            if (parts.length != 2 || !parts[0].startsWith("--") || !KNOWN.contains(parts[0].substring(2))) {
                System.err.println("unknown argument \"" + argument + "\"; it takes --backends=NAME,NAME --starts=N"
                        + " --rounds=N --after=DURATION");
                System.exit(2);
            }
            given.put(parts[0].substring(2), parts[1]);
        }
        new Footprint(Path.of(arguments[0]), given).run();
        System.exit(0);
    }

    private void run() throws IOException, InterruptedException {
        String archives = makeArchives();
        List<String> figures = new ArrayList<>();
        System.out.printf(
                "java %s, %d starts, memory in MiB after %d s of leading, %d times%n%n",
                System.getProperty("java.version"), starts, after.toSeconds(), rounds);
        System.out.println("backend     archive  first answer  fastest    leads  resident  proportional");
        for (Store store : stores) {
            for (boolean archived : new boolean[] {true, false}) {
                figures.add(measure(store, archived, archived ? archives : "none"));
            }
        }
        System.out.println();
        figures.forEach(System.out::println);
    }

    private String makeArchives() throws IOException, InterruptedException {
        Path archives = directory.resolve("archives");
        ProcessBuilder builder = new ProcessBuilder(command.toString(), "--make-archive");
        builder.environment().put("ELECTION_ARCHIVES", archives.toString());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(file("archives"))
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("no archives were made: see " + file("archives"));
        }
        return archives.toString();
    }

    private String measure(Store store, boolean archived, String archives) throws IOException, InterruptedException {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            try (Guest guest = start(store, archives)) {
                times.add(guest.firstAnswer().toMillis());
            }
        }
        List<Long> resident = new ArrayList<>();
        List<Long> proportional = new ArrayList<>();
        List<Long> leads = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            try (Guest guest = start(store, archives)) {
                leads.add(guest.leads().toMillis());
                Thread.sleep(after.toMillis());
                Memory memory = guest.memory();
                resident.add(memory.resident());
                proportional.add(memory.proportional());
            }
        }
        long fastest = times.stream().mapToLong(Long::longValue).min().orElseThrow();
        double residentMiB = median(resident) / 1024.0;
        double proportionalMiB = median(proportional) / 1024.0;
        System.out.printf(
                Locale.ROOT,
                "%-10s  %-7s  %9d ms  %4d ms  %4d ms  %8.1f  %12.1f%n",
                store.title(),
                archived ? "yes" : "no",
                median(times),
                fastest,
                median(leads),
                residentMiB,
                proportionalMiB);
        return String.format(
                Locale.ROOT,
                "backend=%s archive=%b first_answer_ms=%d fastest_ms=%d leads_ms=%d resident_mib=%.1f proportional_mib=%.1f",
                store.title(),
                archived,
                median(times),
                fastest,
                median(leads),
                residentMiB,
                proportionalMiB);
    }

    /** Each in an election of its own, with the directory's name as part, so that none waits for the lease of another. */
    private Guest start(Store store, String archives) throws IOException {
        count++;
        String election = "footprint-" + ProcessHandle.current().pid() + "-" + count;
        List<String> options = new ArrayList<>(List.of("--election=" + election, "--id=a"));
        Store.Way way = store.way(directory);
        options.addAll(way.options());
        return Guest.start(command, archives, file(store.title() + "-" + count).toPath(), options, way.environment());
    }

    private java.io.File file(String name) throws IOException {
        return Files.createDirectories(directory.resolve("logs"))
                .resolve(name + ".log")
                .toFile();
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
