package dev.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.election.local.MemoryBackend;
import dev.election.spi.BackendException;
import dev.election.spi.BackendException.Kind;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import dev.election.spi.Finding.Topic;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("An examination")
class ExaminationTest {

    private static final String ELECTION = "mine";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ManualTime time = new ManualTime();
    private final Patient patient = new Patient();

    /** A store that fails, dawdles and knows things as it is told to. */
    private final class Patient implements ElectionBackend {

        private final ElectionBackend real =
                MemoryBackend.open(UUID.randomUUID().toString());
        private @Nullable BackendException failure;
        private @Nullable BackendException watchFailure;
        private @Nullable BackendException examinationFailure;
        private Duration reads = Duration.ofMillis(1);
        private List<Finding> knows = List.of();
        private Set<Capability> capabilities = Set.of(Capability.WATCH, Capability.SEVERAL_PROCESSES);
        private int watches;

        @Override
        public Set<Capability> capabilities() {
            return capabilities;
        }

        @Override
        public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
            time.advance(reads);
            if (failure != null) {
                throw failure;
            }
            return real.read(election, timeout);
        }

        @Override
        public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout) {
            throw new AssertionError("an examination never writes");
        }

        @Override
        public Watch watch(String election, WatchListener listener, Duration timeout)
                throws BackendException, InterruptedException {
            if (watchFailure != null) {
                throw watchFailure;
            }
            Watch watch = real.watch(election, listener, timeout);
            watches++;
            return () -> {
                watches--;
                watch.close();
            };
        }

        @Override
        public List<Finding> examine(String election, Duration timeout) throws BackendException {
            if (examinationFailure != null) {
                throw examinationFailure;
            }
            return knows;
        }

        @Override
        public void close() {
            real.close();
        }

        @Override
        public String toString() {
            return "the patient";
        }
    }

    @AfterEach
    void closePatient() {
        patient.close();
    }

    private List<Finding> examine() throws InterruptedException {
        return Examination.of(patient, ELECTION, ElectionTiming.DEFAULT, TIMEOUT, time);
    }

    private Finding of(Topic topic) throws InterruptedException {
        return examine().stream()
                .filter(each -> each.topic() == topic)
                .findFirst()
                .orElseThrow();
    }

    private void store(String holder, String attempt, Duration lease) throws Exception {
        LockRecord free = new LockRecord("", lease, Instant.EPOCH, Instant.EPOCH, 0, 0, "first");
        CasOutcome.Applied created =
                (CasOutcome.Applied) patient.real.compareAndSet(ELECTION, Version.ABSENT, free, TIMEOUT);
        LockRecord held = new LockRecord(holder, lease, time.wallTime(), time.wallTime(), 1, 7, attempt);
        patient.real.compareAndSet(ELECTION, created.current().version(), held, TIMEOUT);
    }

    private static BackendException failure(Kind kind) {
        return switch (kind) {
            case TRANSIENT -> BackendException.transientFailure("no answer", null);
            case DENIED -> BackendException.denied("not you", null);
            case UNREADABLE -> BackendException.unreadable("garbage", null);
            case REFUSED -> BackendException.refused("taken", null);
        };
    }

    @Test
    @DisplayName("of a store that is well complains of nothing, and says what it cannot know")
    void well() throws Exception {
        List<Finding> findings = examine();
        assertThat(findings).extracting(Finding::topic).isSorted().contains(Topic.values()[0], Topic.TIMING);
        assertThat(findings).extracting(Finding::severity).containsOnly(Severity.OK, Severity.UNKNOWN);
        assertThat(findings)
                .filteredOn(finding -> finding.severity() == Severity.UNKNOWN)
                .extracting(Finding::topic)
                .containsExactly(Topic.ACCESS, Topic.CLOCK);
        assertThat(patient.watches).as("watches left open").isZero();
    }

    @ParameterizedTest
    @CsvSource({"TRANSIENT,REACHABLE", "DENIED,ACCESS", "UNREADABLE,RECORD", "REFUSED,RECORD"})
    @DisplayName("says each kind of failure once, and where it belongs")
    void failures(Kind kind, Topic topic) throws Exception {
        BackendException failure = failure(kind);
        patient.failure = failure;
        patient.watchFailure = kind == Kind.DENIED ? failure : null;
        patient.examinationFailure = kind == Kind.TRANSIENT ? failure : null;
        assertThat(examine())
                .filteredOn(finding -> finding.severity() == Severity.PROBLEM)
                .extracting(Finding::topic, finding -> finding.text().endsWith(String.valueOf(failure.getMessage())))
                .containsExactly(tuple(topic, true));
    }

    @Test
    @DisplayName("does not say that candidates poll where they may not read, and says why only once")
    void denied() throws Exception {
        BackendException failure = failure(Kind.DENIED);
        patient.failure = failure;
        patient.watchFailure = failure;
        patient.examinationFailure = failure;
        List<Finding> findings = examine();
        assertThat(findings)
                .filteredOn(finding -> finding.text().contains(String.valueOf(failure.getMessage())))
                .extracting(Finding::topic)
                .containsExactly(Topic.ACCESS);
        assertThat(findings)
                .filteredOn(finding -> finding.topic() == Topic.WATCH)
                .extracting(Finding::severity)
                .containsExactly(Severity.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    @DisplayName("leaves to the store what the store knows better")
    void storeKnowsBetter(Topic topic) throws Exception {
        patient.capabilities = Set.of();
        Finding better = Finding.warning(topic, "better", "remedy");
        patient.knows = List.of(better);
        List<Finding> ofTopic =
                examine().stream().filter(each -> each.topic() == topic).toList();
        assertThat(ofTopic).contains(better);
        if (topic != Topic.REACHABLE && topic != Topic.TIMING) {
            assertThat(ofTopic).containsExactly(better);
        }
    }

    @Test
    @DisplayName("says that the store's own part could not be done")
    void storeFails() throws Exception {
        patient.examinationFailure = failure(Kind.TRANSIENT);
        assertThat(of(Topic.STORE).text()).contains("no answer");
        assertThat(of(Topic.STORE).severity()).isEqualTo(Severity.UNKNOWN);
    }

    @Test
    @DisplayName("shows who leads, by its name, and since when")
    void held() throws Exception {
        store("a_x1", "x1.1", ElectionTiming.DEFAULT.leaseDuration());
        time.advance(Duration.ofSeconds(3));
        Finding finding = of(Topic.RECORD);
        assertThat(finding.severity()).isEqualTo(Severity.OK);
        assertThat(finding.text())
                .contains("held by \"a\", renewed 3")
                .doesNotContain("lease")
                .contains("fencing token 7");
        time.advance(ElectionTiming.DEFAULT.leaseDuration());
        assertThat(of(Topic.RECORD).text())
                .contains("held by \"a\", renewed 18")
                .contains("ago, which is longer than its lease, with the fencing token 7");
    }

    @Test
    @DisplayName("remarks upon a holder that this library did not write, as the name may be taken")
    void foreign() throws Exception {
        store("node_1", "", ElectionTiming.DEFAULT.leaseDuration());
        Finding finding = of(Topic.RECORD);
        assertThat(finding.severity()).isEqualTo(Severity.WARNING);
        assertThat(finding.text()).contains("\"node_1\"");
        assertThat(finding.remedy()).contains("another name");
    }

    @Test
    @DisplayName("compares the leader's lease with ours")
    void otherLease() throws Exception {
        store("a_x1", "x1.1", Duration.ofSeconds(60));
        assertThat(examine())
                .filteredOn(finding -> finding.severity() == Severity.WARNING)
                .singleElement()
                .satisfies(finding -> assertThat(finding.text()).contains("lease of 60 s, and not of 15 s"));
    }

    @Test
    @DisplayName("tells the time that work has to stop")
    void stopBudget() throws Exception {
        assertThat(of(Topic.TIMING).text()).contains("within 5 %").contains("has 3.57 s to stop");
    }

    @ParameterizedTest
    @CsvSource({"1,OK", "900,OK", "1100,WARNING", "2000,PROBLEM", "3000,PROBLEM"})
    @DisplayName("holds the time that a read takes against the time that a call may take")
    void roundTrip(long millis, Severity severity) throws Exception {
        patient.reads = Duration.ofMillis(millis);
        assertThat(of(Topic.ROUND_TRIP).severity()).isEqualTo(severity);
    }

    @Test
    @DisplayName("says that candidates poll where they may not, or cannot, watch")
    void polling() throws Exception {
        patient.watchFailure = failure(Kind.DENIED);
        assertThat(of(Topic.WATCH).severity()).isEqualTo(Severity.WARNING);
        assertThat(of(Topic.WATCH).text()).contains("not you").contains("each 2 s");
        patient.capabilities = Set.of();
        assertThat(of(Topic.WATCH).severity()).isEqualTo(Severity.OK);
        assertThat(of(Topic.WATCH).text()).contains("each 2 s");
    }

    @Test
    @DisplayName("warns of a store that other processes cannot see")
    void oneProcess() throws Exception {
        patient.capabilities = Set.of();
        assertThat(of(Topic.STORE).severity()).isEqualTo(Severity.WARNING);
    }
}
