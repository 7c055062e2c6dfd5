package dev.election.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTableTest {

    @TempDir
    Path directory;

    private Path report(String backend, Result... results) throws IOException {
        Report report = new Report(backend);
        List.of(results).forEach(report::add);
        return Files.writeString(directory.resolve(backend + ".tsv"), report.toTsv());
    }

    private static Result result(Outcome outcome, Rule... rules) {
        return new Result(List.of(rules), outcome, "a test", "\tand\na reason");
    }

    private static Result figures(String figures) {
        return new Result(List.of(Rule.S3), Outcome.PASSED, "a test", figures);
    }

    @Test
    void sumsTheFiguresOfABackend() throws Exception {
        Path one = report("One", figures("all: sheep=7 goats=1 trouble=none"), figures("sheep=35"));
        assertThat(ReportTable.read(List.of(), List.of(one)).toText())
                .contains("2 passed, 0 failed, 0 not applicable, 0 skipped; goats=1 sheep=42\n");
    }

    @Test
    void countsByRuleAndBackend() throws Exception {
        Path one = report(
                "One",
                result(Outcome.PASSED, Rule.S1),
                result(Outcome.PASSED, Rule.S1, Rule.E15),
                result(Outcome.FAILED, Rule.S1),
                result(Outcome.NOT_APPLICABLE, Rule.S1));
        Path other = report("other", result(Outcome.NOT_APPLICABLE, Rule.S12), result(Outcome.SKIPPED));
        ReportTable table = ReportTable.read(List.of("Other", "third"), List.of(one, other));
        assertThat(table.toText())
                .containsPattern("\n +Other +third +One\n")
                .containsPattern("S1 +compare-and-set is atomic +- +- +2/1/1\n")
                .containsPattern("S12 +what cannot be read is never taken for free +0/0/1 +- +-\n")
                .containsPattern("E15 .* +- +- +1/0/0\n")
                .containsPattern("\n  Other +0 passed, 0 failed, 1 not applicable, 1 skipped\n")
                .containsPattern("\n  One +2 passed, 1 failed, 1 not applicable, 0 skipped\n")
                .containsPattern("\n  third +not run\n");
        assertThat(table.missing()).containsExactly("Other", "third");
    }
}
