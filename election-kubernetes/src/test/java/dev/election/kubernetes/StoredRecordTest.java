package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import io.fabric8.kubernetes.client.Config;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records as Kubernetes and client-go can tell them apart (S11). */
class StoredRecordTest {

    private static final Instant TAKEN = Instant.parse("2026-01-02T03:00:00Z");

    private final ElectionBackend backend = KubernetesBackend.connect(Config.empty(), null, LockKind.LEASE);

    @AfterEach
    void close() {
        backend.close();
    }

    private static LockRecord record(String holder, Instant acquired, String renewed, Duration lease) {
        return new LockRecord(holder, lease, acquired, Instant.parse("2026-01-02T03:04:" + renewed + "Z"), 1, 1, "x");
    }

    private static LockRecord record(String renewed) {
        return record("a_1", TAKEN, renewed, Duration.ofSeconds(15));
    }

    private static Snapshot snapshot(LockRecord record) {
        ObjectNode object = Json.object();
        return new Snapshot(record, new KubernetesVersion("uid", 1, record, object));
    }

    @ParameterizedTest
    @CsvSource({
        "05.000, 06.000, 06.000", // a later second stays
        "05.900, 06.100, 06.100",
        "05.100, 05.900, 06.000", // the same second does not
        "05.000, 05.000, 06.000",
        "06.000, 05.900, 07.000", // nor does a second that a lagging follower may already have seen
        "30.000, 10.000, 31.000" // the wall clock was set back
    })
    void aRenewalIsOfALaterSecondThanTheOneBefore(String before, String written, String stored) {
        assertThat(backend.asStored(record(written), snapshot(record(before)))).isEqualTo(record(stored));
    }

    @Test
    void aNewTermKeepsItsTimes() {
        LockRecord before = record("05.900");
        LockRecord takeover = record("b_1", TAKEN.plusSeconds(300), "05.100", Duration.ofSeconds(15));
        assertThat(backend.asStored(takeover, snapshot(before))).isEqualTo(takeover);
        assertThat(backend.asStored(takeover, Snapshot.ABSENT)).isEqualTo(takeover);
    }

    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 1000", "1000, 1000", "1001, 2000", "14200, 15000"})
    void aLeaseIsRoundedUpToWholeSecondsAndAtLeastOne(long millis, long stored) {
        LockRecord next = record("a_1", TAKEN, "05.000", Duration.ofMillis(millis));
        assertThat(backend.asStored(next, Snapshot.ABSENT).leaseDuration()).isEqualTo(Duration.ofMillis(stored));
    }

    @Test
    void whatIsStoredStaysAsItIs() {
        Snapshot before = snapshot(record("05.100"));
        LockRecord stored = backend.asStored(record("05.900"), before);
        assertThat(backend.asStored(stored, before)).isEqualTo(stored);
    }
}
