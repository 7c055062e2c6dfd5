package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.election.ElectionTiming;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import dev.election.spi.Finding.Topic;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DoctorCommandTest {

    private static final List<Diagnosis> ALL = List.of(
            new Diagnosis(
                    "reports",
                    "a store",
                    List.of(
                            Finding.ok(Topic.REACHABLE, "it answers"),
                            Finding.problem(
                                    Topic.ACCESS, "we may not write\u001b[31m", "kind: Role\n  name: x\u001b[31m\n"),
                            Finding.warning(Topic.WATCH, "polls", ""),
                            Finding.unknown(Topic.CLOCK, "nobody knows"))),
            new Diagnosis("mail", "a store", List.of(Finding.ok(Topic.ROUND_TRIP, "quick"))));

    @TempDir
    private Path directory;

    private Typed doctor(String arguments) throws InterruptedException {
        return Typed.line("doctor --backend=file:" + directory + " " + arguments);
    }

    @Test
    void aListForPeopleWithRemediesToCopy() {
        assertThat(Diagnosis.text(ALL, Style.PLAIN)).isEqualTo("""
                reports
                ok       reachable   it answers
                problem  access      we may not write?[31m

                    kind: Role
                      name: x?[31m

                warning  watch       polls
                unknown  clock       nobody knows
                1 problem, 1 warning, 1 unknown.

                mail
                ok       round trip  quick
                Nothing stands in the way.
                """);
    }

    @Test
    void coloursDoNotShiftTheColumns() {
        String coloured = Diagnosis.text(ALL, Style.COLOURS);
        assertThat(coloured).contains("\u001b[31mproblem\u001b[0m  access");
        assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(Diagnosis.text(ALL, Style.PLAIN));
    }

    @Test
    void jsonForPrograms() throws Exception {
        JsonNode json = new ObjectMapper().readTree(Diagnosis.json(ALL)).path("elections");
        assertThat(json.findValuesAsText("election")).containsExactly("reports", "mail");
        assertThat(json.path(0).path("severity").asText()).isEqualTo("problem");
        assertThat(json.path(1).path("severity").asText()).isEqualTo("ok");
        JsonNode problem = json.path(0).path("findings").path(1);
        assertThat(problem.path("topic").asText()).isEqualTo("access");
        assertThat(problem.path("severity").asText()).isEqualTo("problem");
        assertThat(problem.path("remedy").asText()).startsWith("kind: Role\n  name: x");
        assertThat(json.path(0).path("findings").path(0).path("remedy").isNull())
                .isTrue();
    }

    @Test
    void aStoreThatIsWellEndsWithZeroAndIsLeftAsItWas() throws Exception {
        Typed well = doctor("--election=reports,mail");
        assertThat(well.exitCode()).as(well.out()).isEqualTo(ExitCode.OK.code());
        assertThat(well.out().lines()).contains("reports", "mail", "Nothing stands in the way.");
        assertThat(well.err()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aProblemOfOneElectionDecidesTheExitCode() throws Exception {
        Files.writeString(directory.resolve("mail.json"), "port=80");
        Typed taken = doctor("--election=mail,reports --output=json");
        assertThat(taken.exitCode()).isEqualTo(ExitCode.PROBLEM_FOUND.code());
        assertThat(taken.out()).contains("mail.json is no lock record");
    }

    @Test
    void timesThatAreUnsafeAreWrongUse() throws Exception {
        Typed unsafe = doctor("--election=x --lease-duration=10s --renew-deadline=10s");
        assertThat(unsafe.exitCode()).isEqualTo(ExitCode.WRONG_USE.code());
        assertThat(unsafe.err()).contains("two candidates could lead at once");
    }

    @Test
    void theTimeToStopIsThatOfTheTimesGiven() throws Exception {
        assertThat(doctor("--election=x --lease-duration=15s --renew-deadline=10s --retry-period=2s")
                        .out())
                .contains("has 3.57 s to stop");
    }

    /** A store that keeps no timeout, and does not even let itself be closed. */
    private static class Hanging implements ElectionBackend {

        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
            hang();
            return Snapshot.ABSENT;
        }

        @Override
        public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout) {
            throw new AssertionError("an examination never writes");
        }

        /** As a disk does: an interrupt is of no use. */
        void hang() {
            while (released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.interrupted();
                }
            }
        }

        @Override
        public void close() {
            hang();
        }
    }

    private static List<Diagnosis> examine(ElectionBackend store, Duration timeout, String... elections)
            throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        return DoctorCommand.examine(store, List.of(elections), ElectionTiming.DEFAULT, timeout, end);
    }

    @Test
    void aStoreThatHangsIsLeftBehind() throws Exception {
        Hanging store = new Hanging();
        try {
            List<Diagnosis> diagnoses = examine(store, Duration.ofMillis(100), "a", "b");
            assertThat(diagnoses).hasSize(2).allSatisfy(each -> {
                assertThat(each.worst()).isEqualTo(Severity.PROBLEM);
                assertThat(each.findings().get(0).text()).contains("within 100ms");
            });
        } finally {
            store.released.countDown();
        }
    }

    @Test
    void aStoreThatDoesNotAnswerIsNotTheOnlyThingToldOfLaterElections() throws Exception {
        List<Duration> timeouts = new ArrayList<>();
        ElectionBackend silent = new Hanging() {
            @Override
            public Snapshot read(String election, Duration timeout) throws BackendException {
                timeouts.add(timeout);
                throw BackendException.transientFailure("no answer in time", null);
            }

            @Override
            void hang() {}
        };
        List<Diagnosis> diagnoses = examine(silent, Duration.ofSeconds(120), "a", "b", "c");
        assertThat(diagnoses)
                .hasSize(3)
                .allSatisfy(each -> assertThat(each.findings())
                        .extracting(Finding::topic)
                        .contains(Topic.REACHABLE, Topic.RECORD, Topic.TIMING));
        assertThat(timeouts.get(0)).isLessThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(timeouts.get(1)).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
        assertThat(timeouts.get(2)).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }

    @Test
    void aStoreThatThrowsIsReportedInOneLine() throws Exception {
        ElectionBackend broken = new Hanging() {
            @Override
            public Snapshot read(String election, Duration timeout) {
                throw new IllegalStateException("a bug");
            }

            @Override
            void hang() {}
        };
        Diagnosis diagnosis = examine(broken, Duration.ofSeconds(30), "a").get(0);
        assertThat(diagnosis.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.PROBLEM);
            assertThat(finding.text()).contains("a bug of the backend").contains("a bug");
        });
    }
}
