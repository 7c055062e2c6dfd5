package dev.election.etcd;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.servers.Await;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster of three that loses members. Each test leaves it whole. */
class ClusterIT {

    private static final Duration SHORT = Duration.ofSeconds(1);

    private static EtcdCluster etcd;

    private final String election = "cluster-" + UUID.randomUUID();
    private final ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of(etcd.endpoints()));
    private Snapshot current = Snapshot.ABSENT;

    @BeforeAll
    static void start() throws Exception {
        etcd = EtcdCluster.start();
    }

    @AfterAll
    static void stop() {
        if (etcd != null) {
            etcd.close();
        }
    }

    @BeforeEach
    void create() throws Exception {
        current = applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static <T> void awaitSuccess(String what, Callable<T> call) throws Exception {
        Await.until(what, () -> {
            try {
                call.call();
                return true;
            } catch (BackendException e) {
                assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
                return false;
            }
        });
    }

    private Snapshot swap(Snapshot from, LockRecord next) throws Exception {
        return applied(backend.compareAndSet(election, from.version(), next, TIMEOUT));
    }

    @Test
    void everyMemberReadsWhatAnotherAcknowledgedBefore() throws Exception {
        try (ElectionBackend m0 = EtcdBackend.connect(EtcdOptions.of(etcd.endpoint(0)));
                ElectionBackend m1 = EtcdBackend.connect(EtcdOptions.of(etcd.endpoint(1)));
                ElectionBackend m2 = EtcdBackend.connect(EtcdOptions.of(etcd.endpoint(2)))) {
            for (int i = 0; i < 30; i++) {
                current = applied(m0.compareAndSet(election, current.version(), held("a_1", i), TIMEOUT));
                assertThat(m1.read(election, TIMEOUT)).isEqualTo(current);
                assertThat(m2.read(election, TIMEOUT)).isEqualTo(current);
            }
        }
    }

    @Test
    void theLossOfEachMemberIsGotOver() throws Exception {
        for (int member = 0; member < etcd.size(); member++) {
            etcd.kill(member);
            try {
                awaitSuccess("a read", () -> backend.read(election, SHORT));
                current = swap(backend.read(election, TIMEOUT), held("a_1", member));
            } finally {
                etcd.restart(member);
                etcd.awaitAll();
            }
        }
    }

    @Test
    void aFrozenMemberCostsOneCall() throws Exception {
        // Followers, so that etcd itself goes on.
        int one = (etcd.leader() + 1) % etcd.size();
        int two = (etcd.leader() + 2) % etcd.size();
        try (ElectionBackend views = EtcdBackend.connect(EtcdOptions.of(etcd.endpoint(one), etcd.endpoint(two)))) {
            views.read(election, TIMEOUT); // it is connected to one of them, and stays there
            if (!failsOnceWhileFrozen(views, one)) {
                assertThat(failsOnceWhileFrozen(views, two)).isTrue();
            }
        }
    }

    private boolean failsOnceWhileFrozen(ElectionBackend views, int member) throws Exception {
        etcd.freeze(member);
        try {
            views.read(election, SHORT);
            return false;
        } catch (BackendException e) {
            assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
            assertThat(e).hasMessageContaining("DEADLINE_EXCEEDED").hasMessageContaining(etcd.endpoint(member));
            for (int i = 0; i < 3; i++) {
                assertThat(views.read(election, TIMEOUT)).isEqualTo(current);
            }
            return true;
        } finally {
            etcd.thaw(member);
            etcd.awaitAll();
        }
    }

    @Test
    void withoutAQuorumNothingIsCertainAndWithOneItGoesOn() throws Exception {
        int leader = etcd.leader();
        int one = (leader + 1) % etcd.size();
        int two = (leader + 2) % etcd.size();
        try (ElectionBackend left = EtcdBackend.connect(EtcdOptions.of(etcd.endpoint(leader)))) {
            left.read(election, TIMEOUT);
            etcd.kill(one);
            etcd.kill(two);
            LockRecord next = held("a_1", 1);
            // Proposed by the leader that does not know yet, and so perhaps applied when another member comes back.
            CasOutcome outcome = left.compareAndSet(election, current.version(), next, SHORT);
            assertThat(outcome).isInstanceOf(CasOutcome.Unknown.class);
            assertThatThrownBy(() -> left.read(election, SHORT))
                    .isInstanceOf(BackendException.class)
                    .extracting(e -> ((BackendException) e).kind())
                    .isEqualTo(BackendException.Kind.TRANSIENT);
            etcd.restart(one);
            etcd.restart(two);
            etcd.awaitAll();
            awaitSuccess("a read", () -> left.read(election, SHORT));
            Snapshot found = left.read(election, TIMEOUT);
            assertThat(record(found)).isIn(record(current), next);
            swap(found, held("b_1", 2));
        } finally {
            etcd.awaitAll();
        }
    }

    /** It is asked with {@code hasleader}, so it says so rather than let the call wait for its end. */
    @Test
    void aMemberThatIsAloneRefusesWritesForCertain() throws Exception {
        int leader = etcd.leader();
        int one = (leader + 1) % etcd.size();
        int two = (leader + 2) % etcd.size();
        try (ElectionBackend left = EtcdBackend.connect(EtcdOptions.of(etcd.endpoint(leader)))) {
            left.read(election, TIMEOUT);
            etcd.kill(one);
            etcd.kill(two);
            Await.until("it has seen that it leads nobody", () -> {
                try {
                    left.compareAndSet(election, current.version(), held("a_1", 1), SHORT);
                    return false;
                } catch (BackendException e) {
                    return e.kind() == BackendException.Kind.TRANSIENT
                            && e.getMessage().contains("etcdserver: no leader");
                }
            });
        } finally {
            etcd.restart(one);
            etcd.restart(two);
            etcd.awaitAll();
        }
    }
}
