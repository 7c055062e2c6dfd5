package dev.election.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TckTest {

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void reportsGoElsewhere() {
        System.setProperty(ReportFiles.DIRECTORY, directory.resolve("reports").toString());
    }

    @AfterEach
    void andBack() {
        System.clearProperty(ReportFiles.DIRECTORY);
        System.clearProperty(BackendUriTest.BACKEND);
    }

    private int run(String... args) {
        return Tck.run(args, print(out), print(err));
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    @Test
    void testsABackendByItsUri() throws Exception {
        int status = run("--backend=file:" + directory.resolve("store"), "--rules=s1");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("Election compatibility kit: file\n")
                .containsPattern("S1 +compare-and-set is atomic +\\d+ passed")
                .containsPattern("\n  not run: .*E15\n");
        assertThat(status).isZero();
        assertThat(Files.readString(directory.resolve("reports/file.txt"))).containsPattern("\nfile: \\d+ passed.*\n$");
        assertThat(Files.readString(directory.resolve("reports/file.tsv"))).contains("S1\tpassed\t");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aStoreThatCannotBeReadFailsOnceAndSaysWhy() throws Exception {
        Path notADirectory = Files.createFile(directory.resolve("file"));
        int status = run("--backend=file:" + notADirectory);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("the store of file:" + notADirectory + " cannot be read, so nothing was tested")
                .endsWith("file: 1 failed\n\n");
        assertThat(status).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                             | --backend=URI is missing
            --backend                      | "--backend" is none of --backend=URI, --rules=RULES and --help
            --what=ever                    | "--what=ever" is none of --backend=URI, --rules=RULES and --help
            --backend=nowhere              | a backend URI has the form scheme:location
            --backend=wrong:x              | no backend for "wrong:" is on the class path; at hand are file:, memory:
            --backend=memory:x --rules=S99 | there is no rule "S99"; the rules are [S1, S2,
            --backend=memory:x --rules=    | there is no rule ""
            --backend=memory:x --rules=E14 | E14 is not tested: nothing is promised here
            --backend=memory:x --backend=x | --backend is given twice
            """)
    void wrongUseIsToldWithItsCure(String args, String message) {
        int status = run(args.isEmpty() ? new String[0] : args.split(" "));
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("error: " + message)
                .endsWith("java dev.election.tck.Tck --help tells more\n");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(status).isEqualTo(2);
    }

    @Test
    void withoutTheSystemPropertyTheKitFailsOnceAndNamesIt() {
        Report report = KitRun.run(BackendUriTest.class, EnumSet.allOf(Rule.class));
        assertThat(report.results()).hasSize(1);
        assertThat(report.toText())
                .startsWith("Election compatibility kit: no backend\n")
                .contains("the system property election.tck.backend is not set")
                .endsWith("no backend: 1 failed\n");
    }

    @Test
    void helpListsTheBackendsAtHand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("--backend=URI", "  file:/", "  memory:");
    }
}
