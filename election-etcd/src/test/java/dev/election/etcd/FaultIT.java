package dev.election.etcd;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome.Conflict;
import dev.election.spi.CasOutcome.Unknown;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Await;
import dev.election.tck.servers.IgnoringListener;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults between us and a real etcd, and of etcd itself: S2, S6, S7 and S10. */
class FaultIT {

    private static final Duration SHORT = Duration.ofMillis(500);

    private final EtcdServer server = EtcdServer.shared();
    private final String election = "fault-" + UUID.randomUUID();
    private final TcpProxy network = new TcpProxy("127.0.0.1", server.port());
    private final ElectionBackend direct = EtcdBackend.connect(EtcdOptions.of(server.endpoint()));
    private final ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of("127.0.0.1:" + network.port()));
    private Snapshot current = Snapshot.ABSENT;

    FaultIT() throws IOException {}

    @BeforeEach
    void create() throws Exception {
        current = applied(direct.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    @AfterEach
    void close() throws Exception {
        backend.close();
        direct.close();
        network.close();
    }

    private void assertTransient(Duration timeout) {
        assertThat(catchThrowableOfType(BackendException.class, () -> backend.read(election, timeout))
                        .kind())
                .isEqualTo(BackendException.Kind.TRANSIENT);
    }

    @Test
    void anAppliedWriteWhoseAnswerIsLostIsUnknownAndALaterReadShowsIt() throws Exception {
        backend.read(election, TIMEOUT);
        LockRecord next = held("a_1", 1);
        network.holdAnswers();
        assertThat(backend.compareAndSet(election, current.version(), next, SHORT))
                .isInstanceOf(Unknown.class);
        network.release();
        Snapshot found = backend.read(election, TIMEOUT);
        assertThat(found.record()).isEqualTo(next);
        assertThat(backend.compareAndSet(election, current.version(), next, TIMEOUT))
                .isEqualTo(new Conflict(found));
    }

    @Test
    void anAnswerThatIsCutOffIsUnknown() throws Exception {
        backend.read(election, TIMEOUT);
        network.holdAnswers();
        LockRecord next = held("a_1", 1);
        Thread cutter = new Thread(() -> {
            try {
                Await.until(
                        "it was applied",
                        () -> next.equals(direct.read(election, TIMEOUT).record()));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            network.cut();
        });
        cutter.start();
        assertThat(backend.compareAndSet(election, current.version(), next, TIMEOUT))
                .isInstanceOf(Unknown.class);
        cutter.join();
    }

    @Test
    void anEtcdThatIsFrozenHoldsUpNoCallBeyondItsTimeout() throws Exception {
        try (EtcdServer own = EtcdServer.start();
                ElectionBackend to = EtcdBackend.connect(EtcdOptions.of(own.endpoint()))) {
            Snapshot created = applied(to.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            own.freeze();
            long start = System.nanoTime();
            assertThat(to.compareAndSet(election, created.version(), held("a_1", 1), SHORT))
                    .isInstanceOf(Unknown.class);
            assertThatThrownBy(() -> to.read(election, SHORT)).isInstanceOf(BackendException.class);
            assertThatThrownBy(() -> to.delete(election, SHORT)).isInstanceOf(BackendException.class);
            assertThatThrownBy(() -> to.watch(election, new IgnoringListener(), SHORT))
                    .isInstanceOf(BackendException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(SHORT.multipliedBy(4), SHORT.multipliedBy(4).plus(TIMEOUT));
            own.thaw();
            Await.until("it answers again", () -> {
                try {
                    return !to.read(election, SHORT).isAbsent();
                } catch (BackendException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void aRefusedConnectionIsCertainlyNoWriteAndTheNextCallTriesAgainAtOnce() throws Exception {
        backend.read(election, TIMEOUT);
        network.refuse();
        for (int i = 0; i < 5; i++) {
            // The first may still have found the old connection.
            try {
                assertThat(backend.compareAndSet(election, current.version(), held("a_1", 1), TIMEOUT))
                        .isInstanceOf(Unknown.class);
                assertThat(i).isZero();
            } catch (BackendException e) {
                assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
            }
        }
        network.accept();
        // gRPC by itself would wait for seconds now before it tries to connect.
        assertThat(backend.read(election, SHORT)).isEqualTo(current);
    }

    @Test
    void aConnectionThatDiedSilentlyCostsOneCall() throws Exception {
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(current);
        network.forget();
        assertThat(backend.compareAndSet(election, current.version(), held("a_1", 1), SHORT))
                .isInstanceOf(Unknown.class);
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(current);
        assertThat(network.accepted()).isEqualTo(2);
    }

    @Test
    void whatFoundNoConnectionInTimeWasCertainlyNotSentAndIsNotSentLater() throws Exception {
        network.hold();
        assertThatThrownBy(() -> backend.compareAndSet(election, current.version(), held("a_1", 1), SHORT))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("DEADLINE_EXCEEDED");
        network.release();
        // A later call goes through on the same connection, or a later one; the first is not among what came before it.
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(current);
        assertThat(direct.read(election, TIMEOUT)).isEqualTo(current);
    }

    @Test
    void aFullEtcdLeavesAWriteUnknownAndNamesTheCure() throws Exception {
        try (EtcdServer full = EtcdServer.start("--quota-backend-bytes=200000");
                ElectionBackend to = EtcdBackend.connect(EtcdOptions.of(full.endpoint()))) {
            Snapshot created = applied(to.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            String filling = "x".repeat(100_000);
            for (int i = 0; i < 50 && !full.etcdctl("alarm", "list").contains("NOSPACE"); i++) {
                try {
                    full.etcdctl("put", "filling-" + i, filling);
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("database space exceeded");
                }
            }
            assertThat(to.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT))
                    .isInstanceOfSatisfying(
                            Unknown.class,
                            unknown -> assertThat(unknown.cause()).hasMessageContaining("etcdctl alarm disarm"));
            assertThat(to.read(election, TIMEOUT)).isEqualTo(created);
        }
    }

    @Test
    void manyElectionsShareOneConnection() throws Exception {
        int elections = 50;
        for (int i = 0; i < elections; i++) {
            backend.compareAndSet(election + "-" + i, Version.ABSENT, free(), TIMEOUT);
            backend.watch(election + "-" + i, new IgnoringListener(), TIMEOUT);
        }
        assertThat(network.accepted()).isEqualTo(1);
        Set<String> threads = threads();
        assertThat(threads.stream().filter(name -> name.startsWith("election-etcd")))
                .as("no thread for each watch")
                .hasSize(1);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName() + "#" + thread.getId())
                .filter(name -> name.startsWith("election") || name.startsWith("grpc"))
                .collect(Collectors.toSet());
    }

    @Test
    void closingLeaksNeitherThreadsNorConnections() throws Exception {
        direct.close();
        backend.watch(election, new IgnoringListener(), TIMEOUT);
        backend.compareAndSet(election, current.version(), held("a_1", 1), TIMEOUT);
        assertThat(threads()).isNotEmpty();
        backend.close();
        backend.close();
        Await.until("all connections have ended", network::isQuiet);
        // gRPC keeps threads that all channels share for a second longer.
        Await.until("all threads have ended", () -> threads().isEmpty());
        assertThatThrownBy(() -> backend.read(election, TIMEOUT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> backend.watch(election, new IgnoringListener(), TIMEOUT))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aServerThatIsGoneMakesReadsFailInAWayThatPasses() {
        network.refuse();
        assertTransient(TIMEOUT);
        network.hold();
        network.accept();
        assertTransient(SHORT);
    }
}
