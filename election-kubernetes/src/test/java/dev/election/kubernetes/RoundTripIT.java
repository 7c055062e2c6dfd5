package dev.election.kubernetes;

import static dev.election.kubernetes.TestRecords.TIMEOUT;
import static dev.election.kubernetes.TestRecords.applied;
import static dev.election.kubernetes.TestRecords.free;
import static dev.election.kubernetes.TestRecords.held;
import static dev.election.kubernetes.TestRecords.record;
import static dev.election.kubernetes.TestRecords.released;
import static dev.election.kubernetes.TestRecords.renewed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records on a real API server: S1 to S5, S8, S11 and S12. */
class RoundTripIT {

    private final KubeServer server = KubeServer.shared();
    private final String election = "round-trip-" + UUID.randomUUID();
    private ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE);

    private void open(LockKind lock) {
        backend.close();
        backend = KubernetesBackend.connect(server.adminConfig(), null, lock);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Snapshot create() throws Exception {
        return applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    private Snapshot swap(Snapshot from, LockRecord next) throws Exception {
        return applied(backend.compareAndSet(election, from.version(), next, TIMEOUT));
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aRecordIsCreatedFreeAcquiredRenewedAndReleased(LockKind lock) throws Exception {
        open(lock);
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
        Snapshot created = create();
        LockRecord taken = held("a_1", created.version().revision());
        Snapshot acquired = swap(created, taken);
        assertThat(record(acquired)).isEqualTo(taken);
        LockRecord again = renewed(taken);
        Snapshot renewed = swap(acquired, again);
        assertThat(record(renewed)).isEqualTo(backend.asStored(again, acquired));
        assertThat(renewed.version().revision())
                .isGreaterThan(acquired.version().revision());
        LockRecord freed = released(taken);
        Snapshot released = swap(renewed, freed);
        assertThat(record(released)).isEqualTo(freed);
        assertThat(record(released).isFree()).isTrue();
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(released);
    }
}
