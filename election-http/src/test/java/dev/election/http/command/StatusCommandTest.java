package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.command.Standing.State;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StatusCommandTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final List<Standing> ALL = List.of(
            standing("reports", State.KNOWN, record("a_i1", "x", Duration.ofMillis(1_234)), ""),
            standing("mail", State.NONE, record("", "x", Duration.ZERO), "the lock is free"),
            standing("go", State.KNOWN, record("client-go_1\u001b[31m", "", Duration.ofSeconds(-90)), "odd clock"),
            standing("dead", State.NONE, record("b_i2", "x", Duration.ofHours(5)), "the lease of b ran out"),
            standing("away", State.UNKNOWN, null, "no answer from \"it\"\nnor from that"));

    @TempDir
    private Path directory;

    private static Standing standing(String election, State state, @Nullable LockRecord record, String remark) {
        return new Standing(election, state, record, NOW, remark);
    }

    private static LockRecord record(String holder, String attempt, Duration age) {
        return new LockRecord(holder, Duration.ofSeconds(10), NOW.minusSeconds(90_000), NOW.minus(age), 3, 7, attempt);
    }

    @Test
    void a_table_for_people() {
        assertThat(StatusCommand.table(ALL, Style.PLAIN)).isEqualTo("""
                ELECTION  LEADER            SINCE                 TOKEN  LEASE  RENEWED   STATE
                reports   a                 2026-01-01T02:04:05Z  7      10s    1.2s ago  leads
                mail      -                 -                     -      -      -         nobody leads: the lock is free
                go        client-go_1?[31m  2026-01-01T02:04:05Z  -      10s    in 1m30s  leads: odd clock
                dead      -                 2026-01-01T02:04:05Z  7      10s    5h ago    nobody leads: the lease of b ran out
                away      -                 -                     -      -      -         not known: no answer from "it"?nor from that
                """);
    }

    @Test
    void clocks_of_others_may_say_anything() {
        List<Standing> odd = List.of(
                standing("past", State.UNKNOWN, at(Instant.MIN), ""),
                standing("future", State.KNOWN, at(Instant.MAX), ""));
        assertThat(StatusCommand.table(odd, Style.PLAIN).lines()).hasSize(3);
        assertThat(StatusCommand.json(odd))
                .contains(Instant.MAX.truncatedTo(ChronoUnit.MICROS).toString());
    }

    private static LockRecord at(Instant time) {
        return new LockRecord("a", Duration.ofSeconds(10), time, time, 3, 7, "");
    }

    @Test
    void a_name_that_controls_a_terminal_or_is_of_other_letters() {
        String name = "zo\u00eb\u009b31m\u202e";
        List<Standing> foreign =
                List.of(standing("x", State.KNOWN, record(name, "", Duration.ofSeconds(1)), "it is " + name));
        assertThat(StatusCommand.table(foreign, Style.PLAIN))
                .contains("zo\u00eb?31m? ")
                .contains("leads: it is zo\u00eb?31m?\n");
        assertThat(StatusCommand.json(foreign))
                .as("in ASCII, whatever the locale")
                .matches("\\p{ASCII}+")
                .contains("\"zo\\u00EB\\u009B31m\\u202E\"");
    }

    @Test
    void colours_do_not_shift_the_columns() {
        String coloured = StatusCommand.table(ALL, Style.COLOURS);
        assertThat(coloured).contains("\u001b[32mleads\u001b[0m").contains("\u001b[31mnot known");
        assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(StatusCommand.table(ALL, Style.PLAIN));
    }

    @Test
    void json_for_programs() {
        assertThat(StatusCommand.json(ALL.subList(0, 3)))
                .isEqualTo("{\"elections\":["
                        + "{\"election\":\"reports\",\"state\":\"known\",\"leader\":{\"name\":\"a\",\"holder\":\"a_i1\","
                        + "\"fencingToken\":7,\"since\":\"2026-01-01T02:04:05.678Z\","
                        + "\"renewed\":\"2026-01-02T03:04:04.444Z\",\"leaseMillis\":10000,\"transitions\":3},"
                        + "\"remark\":null},"
                        + "{\"election\":\"mail\",\"state\":\"none\",\"leader\":null,\"remark\":\"the lock is free\"},"
                        + "{\"election\":\"go\",\"state\":\"known\",\"leader\":{\"name\":\"client-go_1\\u001B[31m\","
                        + "\"holder\":\"client-go_1\\u001B[31m\",\"fencingToken\":null,"
                        + "\"since\":\"2026-01-01T02:04:05.678Z\",\"renewed\":\"2026-01-02T03:05:35.678Z\","
                        + "\"leaseMillis\":10000,\"transitions\":3},\"remark\":\"odd clock\"}]}\n");
    }

    @Test
    void the_exit_code_is_of_the_election_that_stands_worst() throws Exception {
        write("led", new LockRecord("a_i1", Duration.ofSeconds(10), Instant.now(), Instant.now(), 1, 7, "x"));
        write("free", new LockRecord("", Duration.ofSeconds(10), Instant.now(), Instant.now(), 1, 7, "x"));
        write("garbled", new LockRecord("", Duration.ofSeconds(10), Instant.now(), Instant.now(), 1, 7, "x"));
        Files.writeString(directory.resolve("garbled.json"), "garbage");
        assertThat(status("led").exitCode()).isEqualTo(ExitCode.OK.code());
        assertThat(status("led,free").exitCode()).isEqualTo(ExitCode.NOBODY_LEADS.code());
        assertThat(status("none").exitCode()).isEqualTo(ExitCode.NOBODY_LEADS.code());
        Typed worst = status("garbled,led,free");
        assertThat(worst.exitCode()).isEqualTo(ExitCode.NOT_KNOWN.code());
        assertThat(worst.out().lines().map(line -> line.replaceAll(" .*", "")))
                .containsExactly("ELECTION", "garbled", "led", "free");
        assertThat(worst.err()).isEmpty();
    }

    private Typed status(String elections) throws InterruptedException {
        return Typed.line("status --election=" + elections + " --backend=file:" + directory);
    }

    /** Through an absent and a free record, as S4 wants it. */
    private void write(String election, LockRecord record) throws Exception {
        try (ElectionBackend backend = ElectionBackend.open("file:" + directory)) {
            Snapshot absent = backend.read(election, PATIENCE);
            LockRecord free = new LockRecord("", record.leaseDuration(), NOW, NOW, 0, 1, "first");
            backend.compareAndSet(election, absent.version(), free, PATIENCE);
            backend.compareAndSet(election, backend.read(election, PATIENCE).version(), record, PATIENCE);
        }
    }
}
