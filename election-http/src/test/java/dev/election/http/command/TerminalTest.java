package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private static final String TERMINALS = "election.terminals";

    @AfterEach
    void clear() {
        System.clearProperty(TERMINALS);
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
