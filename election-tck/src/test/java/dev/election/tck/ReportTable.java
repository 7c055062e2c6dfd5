package dev.election.tck;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One table of the reports of several backends, for {@code script/test}: its first argument names the backends that have
 * to be there, separated by commas; the others are report files. The exit code is 1 if one of those backends has no
 * test that passed.
 */
final class ReportTable {

    private static final String TITLES = "  %-3s  %-54s";
    private static final String CELL = "  %10s";

    private static final Pattern FIGURE = Pattern.compile("\\b(\\w+)=(\\d+)");

    private final List<String> required;
    private final Map<String, List<String[]>> byBackend;

    private ReportTable(List<String> required, Map<String, List<String[]>> byBackend) {
        this.required = required;
        this.byBackend = byBackend;
    }

    /** The required ones come first, in their order; then the others by name. */
    static ReportTable read(List<String> required, Collection<Path> files) throws IOException {
        Map<String, List<String[]>> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Path file : files) {
            String backend = file.getFileName().toString().replaceFirst("\\.tsv$", "");
            List<String[]> tests = Files.readAllLines(file).stream()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .toList();
            found.computeIfAbsent(backend, name -> new ArrayList<>()).addAll(tests);
        }
        Map<String, List<String[]>> ordered = new LinkedHashMap<>();
        required.forEach(backend -> ordered.put(backend, found.getOrDefault(backend, List.of())));
        found.keySet().stream()
                .filter(backend -> required.stream().noneMatch(backend::equalsIgnoreCase))
                .forEach(backend -> ordered.put(backend, found.get(backend)));
        return new ReportTable(required, ordered);
    }

    /** The required backends of which no test passed. */
    List<String> missing() {
        return required.stream()
                .filter(backend -> count(byBackend.get(backend), test -> true, Outcome.PASSED) == 0)
                .toList();
    }

    String toText() {
        StringBuilder text = new StringBuilder("Rules by backend: tests passed/failed/not applicable\n\n");
        text.append(TITLES.formatted("", ""));
        byBackend.keySet().forEach(backend -> text.append(CELL.formatted(backend)));
        for (Rule rule : Rule.values()) {
            text.append('\n').append(TITLES.formatted(rule, rule.title()));
            byBackend.values().forEach(tests -> text.append(CELL.formatted(cell(tests, rule))));
        }
        text.append("\n\n");
        byBackend.forEach(
                (backend, tests) -> text.append("  %-10s  %s%s\n".formatted(backend, counts(tests), figures(tests))));
        return text.toString();
    }

    private static String cell(List<String[]> tests, Rule rule) {
        String counts = Arrays.stream(new Outcome[] {Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE})
                .map(outcome -> Long.toString(count(tests, test -> proves(test, rule), outcome)))
                .collect(Collectors.joining("/"));
        return counts.equals("0/0/0") ? "-" : counts;
    }

    private static boolean proves(String[] test, Rule rule) {
        return List.of(test[0].split(",")).contains(rule.name());
    }

    private static String counts(List<String[]> tests) {
        return tests.isEmpty()
                ? "not run"
                : Arrays.stream(Outcome.values())
                        .map(outcome -> count(tests, test -> true, outcome) + " " + outcome)
                        .collect(Collectors.joining(", "));
    }

    /** The sums of what passed tests published as {@code name=number}. */
    private static String figures(List<String[]> tests) {
        Map<String, Long> sums = new TreeMap<>();
        tests.stream()
                .filter(test -> test[1].equals(Outcome.PASSED.toString()))
                .flatMap(test -> FIGURE.matcher(test[3]).results())
                .forEach(figure -> sums.merge(figure.group(1), Long.valueOf(figure.group(2)), Long::sum));
        return sums.isEmpty() ? "" : "; " + sums.toString().replaceAll("[{},]", "");
    }

    private static long count(List<String[]> tests, Predicate<String[]> of, Outcome outcome) {
        return tests.stream()
                .filter(of)
                .filter(test -> test[1].equals(outcome.toString()))
                .count();
    }

    public static void main(String[] args) throws IOException {
        List<String> required = List.of(args[0].split(","));
        ReportTable table =
                read(required, Arrays.stream(args).skip(1).map(Path::of).toList());
        System.out.print(table.toText());
        List<String> missing = table.missing();
        if (!missing.isEmpty()) {
            System.out.println("Not tested: " + String.join(", ", missing));
            System.exit(1);
        }
    }
}
