package dev.election.tck;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of the tests of one backend: for people as text, for programs as tab-separated values. Thread-safe. */
final class Report {

    private static final Comparator<Result> ORDER =
            Comparator.comparingInt(Result::firstRule).thenComparing(Result::test);

    private static final String LINE = "  %-3s  %-54s  %s\n";

    private final String backend;
    private final List<Result> results = new ArrayList<>(); // guarded by this

    Report(String backend) {
        this.backend = backend;
    }

    synchronized void add(Result result) {
        results.add(result);
    }

    String backend() {
        return backend;
    }

    /** In the order of the rules. */
    synchronized List<Result> results() {
        return results.stream().sorted(ORDER).toList();
    }

    /** The tests that failed. */
    List<Result> failures() {
        return results().stream()
                .filter(result -> result.outcome() == Outcome.FAILED)
                .toList();
    }

    /**
     * One line for each test: its rules, outcome, name, and the message. Tabs, line ends and backslashes in them are
     * written as {@code \t}, {@code \n} and {@code \\}.
     */
    String toTsv() {
        StringBuilder tsv = new StringBuilder("rules\toutcome\ttest\tmessage\n");
        for (Result result : results()) {
            tsv.append(result.ruleNames()).append('\t').append(result.outcome());
            tsv.append('\t').append(escape(result.test()));
            tsv.append('\t').append(escape(result.message())).append('\n');
        }
        return tsv.toString();
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "").replace("\n", "\\n");
    }

    /** One line for each rule of which a test was run; then the figures, the failures, and what was not run and why. */
    String toText() {
        List<Result> all = results();
        StringBuilder text = new StringBuilder("Election compatibility kit: " + backend + "\n\n");
        List<String> notRun = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            List<Result> of =
                    all.stream().filter(result -> result.rules().contains(rule)).toList();
            if (!of.isEmpty()) {
                text.append(LINE.formatted(rule, rule.title(), counts(of)));
            } else if (rule.notTested().isPresent()) {
                text.append(LINE.formatted(rule, rule.title(), "not tested"));
            } else {
                notRun.add(rule.name());
            }
        }
        if (!notRun.isEmpty()) {
            text.append("  not run: ").append(String.join(", ", notRun)).append('\n');
        }
        appendFigures(text, all);
        appendFailures(text, failures());
        appendNotRun(text, all, Outcome.NOT_APPLICABLE, "Not applicable");
        appendNotRun(text, all, Outcome.SKIPPED, "Skipped");
        String sum = all.isEmpty() ? "no tests" : counts(all);
        return text.append('\n')
                .append(backend)
                .append(": ")
                .append(sum)
                .append('\n')
                .toString();
    }

    private static String counts(List<Result> results) {
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        results.forEach(result -> counts.merge(result.outcome(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    private static void appendFigures(StringBuilder text, List<Result> all) {
        List<Result> figures = all.stream()
                .filter(result ->
                        result.outcome() == Outcome.PASSED && !result.message().isEmpty())
                .toList();
        text.append(figures.isEmpty() ? "" : "\nFigures\n");
        figures.forEach(result ->
                text.append("  %s  %s\n      %s\n".formatted(result.ruleNames(), result.test(), result.message())));
    }

    private static void appendFailures(StringBuilder text, List<Result> failures) {
        text.append(failures.isEmpty() ? "" : "\nFailed\n");
        for (Result failure : failures) {
            text.append("  %s  %s\n".formatted(failure.ruleNames(), failure.test()));
            text.append(failure.message().indent(6));
        }
    }

    private static void appendNotRun(StringBuilder text, List<Result> all, Outcome outcome, String heading) {
        Map<String, List<Result>> byReason = all.stream()
                .filter(result -> result.outcome() == outcome)
                .collect(Collectors.groupingBy(Result::message, TreeMap::new, Collectors.toList()));
        if (!byReason.isEmpty()) {
            text.append('\n').append(heading).append('\n');
        }
        byReason.forEach((reason, results) -> {
            text.append(reason.indent(2));
            results.forEach(result -> text.append("      %s  %s\n".formatted(result.ruleNames(), result.test())));
        });
    }
}
