package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.LeaderView;
import dev.election.http.command.ChangeLines.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ChangeLinesTest {

    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Seen LED = seen(known("a", OptionalLong.of(7)), null);
    private static final Seen FREE = seen(new LeaderView.None(), null);
    private static final Seen AWAY = seen(new LeaderView.Unknown(), "no answer from\n\"it\"");

    private static Seen seen(LeaderView view, String problem) {
        return Seen.of(view, Optional.ofNullable(problem));
    }

    private static LeaderView known(String identity, OptionalLong token) {
        return new LeaderView.Known(identity, token, Duration.ofMillis(35));
    }

    @Test
    void lines_for_people() {
        assertThat(ChangeLines.text(TIME, "mail", LED, Style.PLAIN))
                .isEqualTo("2026-01-02T03:04:05.678Z  mail  a leads (fencing token 7)\n");
        assertThat(ChangeLines.text(TIME, "mail", seen(known("go", OptionalLong.empty()), null), Style.PLAIN))
                .isEqualTo("2026-01-02T03:04:05.678Z  mail  go leads\n");
        assertThat(ChangeLines.text(TIME, "mail", FREE, Style.PLAIN))
                .isEqualTo("2026-01-02T03:04:05.678Z  mail  nobody leads\n");
        assertThat(ChangeLines.text(TIME, "mail", AWAY, Style.PLAIN))
                .isEqualTo("2026-01-02T03:04:05.678Z  mail  not known who leads: no answer from?\"it\"\n");
    }

    @Test
    void what_a_foreign_holder_is_called_does_not_control_the_terminal() {
        assertThat(ChangeLines.text(TIME, "mail", seen(known("\u001b[2J\n", OptionalLong.empty()), null), Style.PLAIN))
                .isEqualTo("2026-01-02T03:04:05.678Z  mail  ?[2J? leads\n");
    }

    @Test
    void lines_for_programs() {
        assertThat(ChangeLines.json(TIME, "mail", LED))
                .isEqualTo("{\"time\":\"2026-01-02T03:04:05.678Z\",\"election\":\"mail\",\"state\":\"known\","
                        + "\"leader\":{\"name\":\"a\",\"fencingToken\":7},\"problem\":null}\n");
        assertThat(ChangeLines.json(TIME, "mail", AWAY))
                .isEqualTo("{\"time\":\"2026-01-02T03:04:05.678Z\",\"election\":\"mail\",\"state\":\"unknown\","
                        + "\"leader\":null,\"problem\":\"no answer from\\n\\\"it\\\"\"}\n");
    }

    @Test
    void a_line_is_for_a_change_and_not_for_the_same_in_other_words() {
        assertThat(LED.isSameAs(seen(new LeaderView.Known("a", OptionalLong.of(7), Duration.ofHours(1)), null)))
                .isTrue();
        assertThat(LED.isSameAs(seen(known("a", OptionalLong.of(8)), null))).isFalse();
        assertThat(LED.isSameAs(seen(known("b", OptionalLong.of(7)), null))).isFalse();
        assertThat(LED.isSameAs(seen(known("a", OptionalLong.of(7)), "a late answer")))
                .isFalse();
        assertThat(AWAY.isSameAs(seen(new LeaderView.Unknown(), "in other words")))
                .isTrue();
        assertThat(FREE.isSameAs(null)).isFalse();
    }

    @Test
    void before_anything_is_heard_there_is_nothing_to_tell() {
        assertThat(seen(new LeaderView.Unknown(), null).isWorthALine()).isFalse();
        assertThat(AWAY.isWorthALine()).isTrue();
        assertThat(FREE.isWorthALine()).isTrue();
    }
}
