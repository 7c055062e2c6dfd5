package dev.election.http.command;

import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import java.util.Comparator;
import java.util.List;

/**
 * What was found about one election.
 *
 * @param store the store, for people
 */
record Diagnosis(String election, String store, List<Finding> findings) {

    /** From what is as it should be to what stands in the way; what is not known is no worse than a warning. */
    private static final List<Severity> ORDER =
            List.of(Severity.OK, Severity.UNKNOWN, Severity.WARNING, Severity.PROBLEM);

    private static final int MARK = "problem  ".length();
    private static final int TOPIC = "round trip  ".length();

    Severity worst() {
        return findings.stream()
                .map(Finding::severity)
                .max(Comparator.comparing(ORDER::indexOf))
                .orElse(Severity.OK);
    }

    /** For people: a line for each finding, and what to do about it below, to be copied. */
    static String text(List<Diagnosis> all, Style style) {
        StringBuilder text = new StringBuilder();
        for (Diagnosis each : all) {
            text.append(text.isEmpty() ? "" : "\n");
            text.append(style.bold(Printable.of(each.election))).append('\n');
            each.findings.forEach(finding -> add(text, finding, style));
            text.append(each.summary()).append('\n');
        }
        return text.toString();
    }

    private static void add(StringBuilder text, Finding finding, Style style) {
        String mark = Json.name(finding.severity());
        text.append(
                switch (finding.severity()) {
                    case OK -> style.good(mark);
                    case WARNING -> style.warning(mark);
                    case PROBLEM -> style.bad(mark);
                    case UNKNOWN -> mark;
                });
        String topic = Json.name(finding.topic()).replace('_', ' ');
        text.append(" ".repeat(MARK - mark.length())).append(topic);
        text.append(" ".repeat(TOPIC - topic.length()))
                .append(Printable.of(finding.text()))
                .append('\n');
        if (!finding.remedy().isEmpty()) {
            text.append('\n');
            finding.remedy()
                    .lines()
                    .forEach(each ->
                            text.append("    ").append(Printable.of(each)).append('\n'));
            text.append('\n');
        }
    }

    private String summary() {
        long problems = count(Severity.PROBLEM);
        long warnings = count(Severity.WARNING);
        long unknown = count(Severity.UNKNOWN);
        return (problems == 0 ? "Nothing stands in the way" : number(problems, "problem"))
                + (warnings == 0 ? "" : ", " + number(warnings, "warning"))
                + (unknown == 0 ? "" : ", " + unknown + " unknown")
                + ".";
    }

    private long count(Severity severity) {
        return findings.stream().filter(each -> each.severity() == severity).count();
    }

    private static String number(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    static String json(List<Diagnosis> all) {
        return Json.line(json -> {
            json.writeArrayFieldStart("elections");
            for (Diagnosis each : all) {
                json.writeStartObject();
                json.writeStringField("election", each.election);
                json.writeStringField("store", each.store);
                json.writeStringField("severity", Json.name(each.worst()));
                json.writeArrayFieldStart("findings");
                for (Finding finding : each.findings) {
                    json.writeStartObject();
                    json.writeStringField("topic", Json.name(finding.topic()));
                    json.writeStringField("severity", Json.name(finding.severity()));
                    json.writeStringField("text", finding.text());
                    json.writeStringField("remedy", finding.remedy().isEmpty() ? null : finding.remedy());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
