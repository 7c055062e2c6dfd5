package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalTest {

    private static final String TERMINALS = "election.terminals";

    /** As {@code /dev/full}. */
    private static final class Full extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
    private final Terminal full = new Terminal(new PrintStream(new Full(), true, UTF_8), nowhere, Style.PLAIN, false);

    @AfterEach
    void clear() {
        System.clearProperty(TERMINALS);
    }

    @Test
    void an_answer_that_could_not_be_written_is_a_failure() {
        assertThatThrownBy(() -> full.answer("a leads\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write to standard output");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status --election=a --backend=memory:full",
                "status --election=a --backend=memory:full --output=json",
                "doctor --election=a --backend=memory:full",
                "backends",
                "completion bash",
                "man",
                "help",
            })
    void no_command_says_that_all_went_well_on_a_full_disk(String line) throws Exception {
        Surroundings surroundings = new Surroundings(Map.of(), Optional.empty(), Optional::empty, Optional::empty);
        Program program = new Program(Subcommands.all(), surroundings, full);
        assertThat(program.execute(List.of(line.split(" ")).toArray(String[]::new)))
                .isEqualTo(ExitCode.FAILED.code());
    }

    @Test
    void a_terminal_without_sequences_gets_none() {
        System.setProperty(TERMINALS, "out,err");
        Terminal able = Terminal.ofThisProcess(Map.of("TERM", "xterm"));
        assertThat(able.outStyle()).isEqualTo(Style.COLOURS);
        assertThat(able.showsProgress()).isTrue();
        Terminal dumb = Terminal.ofThisProcess(Map.of("TERM", "dumb"));
        assertThat(dumb.outStyle()).isEqualTo(Style.PLAIN);
        assertThat(dumb.showsProgress()).isFalse();
        Terminal monochrome = Terminal.ofThisProcess(Map.of("TERM", "xterm", "NO_COLOR", "1"));
        assertThat(monochrome.outStyle()).isEqualTo(Style.PLAIN);
        assertThat(monochrome.showsProgress()).isTrue();
    }
}
