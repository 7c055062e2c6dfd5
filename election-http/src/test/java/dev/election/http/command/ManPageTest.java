package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManPageTest {

    private static final String PAGE = new ManPage(Subcommands.all()).text();

    @TempDir
    private Path directory;

    @Test
    void it_has_every_command_option_variable_and_exit_code() {
        String unescaped = PAGE.replace("\\-", "-")
                .replace("\\fB", "")
                .replace("\\fI", "")
                .replace("\\fR", "")
                .replace("\\(ti", "~");
        for (Subcommand command : Subcommands.all()) {
            assertThat(unescaped).contains(".SS \"election " + command.name() + "\"\n" + command.summary());
            for (Option option : command.options()) {
                assertThat(unescaped)
                        .contains(".TP\n" + option.usage() + "\n" + option.description() + " [" + option.variable()
                                + "]\n");
            }
        }
        for (ExitCode code : ExitCode.values()) {
            assertThat(unescaped).contains(".B " + code.code() + "\n" + code.meaning());
        }
    }

    @Test
    void nothing_of_the_text_is_taken_for_a_request() {
        assertThat(PAGE.lines().filter(line -> line.startsWith(".") || line.startsWith("'")))
                .allMatch(line -> line.matches("\\.(TH|SH|SS|TP|PP|B|RS|RE|nf|fi)( .*)?"));
        assertThat(PAGE).isEqualTo(new ManPage(Subcommands.all()).text());
    }

    @Test
    void mandoc_finds_nothing_wrong() throws Exception {
        Path page = Files.writeString(directory.resolve("election.1"), PAGE);
        Process lint;
        try {
            lint = new ProcessBuilder("mandoc", "-T", "lint", "-W", "warning", page.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException notThere) {
            System.err.println("SKIPPED, because there is no mandoc on the PATH: ManPageTest");
            assumeTrue(false, "there is no mandoc on the PATH");
            return;
        }
        String found = new String(lint.getInputStream().readAllBytes(), UTF_8);
        lint.waitFor();
        // A build that can be repeated has no date.
        assertThat(found.lines().filter(line -> !line.contains("missing date"))).isEmpty();
    }
}
