package dev.election.etcd;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.renewed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Await;
import dev.election.tck.servers.IgnoringListener;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Watches on a real etcd, and on one that does what a real one does rarely (S9). */
@SuppressWarnings("try") // a watch is there to run, and not to be called
class WatchIT {

    private static final Duration IDLE = Duration.ofMillis(200);

    private static final class Seen implements WatchListener {
        private final List<@Nullable Snapshot> changes = new CopyOnWriteArrayList<>();
        private final List<Throwable> losses = new CopyOnWriteArrayList<>();
        private final AtomicReference<String> thread = new AtomicReference<>("");

        @Override
        public void changed(@Nullable Snapshot current) {
            thread.set(Thread.currentThread().getName());
            changes.add(current);
        }

        @Override
        public void lost(Throwable cause) {
            losses.add(cause);
        }

        void await(@Nullable Snapshot snapshot) throws Exception {
            Await.until("seeing " + snapshot + " among " + changes, () -> changes.contains(snapshot));
        }

        Throwable awaitLoss() throws Exception {
            Await.until("the loss", () -> !losses.isEmpty());
            return losses.get(0);
        }
    }

    private final EtcdServer server = EtcdServer.shared();
    private final String election = "watch-" + UUID.randomUUID();
    private final Seen seen = new Seen();

    private ElectionBackend backend() {
        return EtcdBackend.connect(EtcdOptions.of(server.endpoint()));
    }

    /** A backend that asks for signs of life soon. */
    private static ElectionBackend impatient(String endpoint) {
        return new EtcdBackend(new Etcd(EtcdOptions.of(endpoint).endpoints(), null), EtcdOptions.DEFAULT_PREFIX, IDLE);
    }

    private Snapshot create(ElectionBackend backend) throws Exception {
        return applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    @Test
    void everyChangeIsSeenWithItsRecordFromCreationToDeletion() throws Exception {
        try (ElectionBackend backend = backend();
                Watch watch = backend.watch(election, seen, TIMEOUT)) {
            Snapshot created = create(backend);
            LockRecord taken = held("a_1", 1);
            Snapshot acquired = applied(backend.compareAndSet(election, created.version(), taken, TIMEOUT));
            Snapshot renewed = applied(backend.compareAndSet(election, acquired.version(), renewed(taken), TIMEOUT));
            backend.delete(election, TIMEOUT);
            Snapshot again = create(backend);
            seen.await(again);
            assertThat(seen.changes).containsExactly(created, acquired, renewed, Snapshot.ABSENT, again);
            assertThat(seen.losses).isEmpty();
            assertThat(seen.thread).as("off the client's threads").hasValue("election-etcd-watch");
        }
    }

    @Test
    void noChangeAfterItIsOpenIsMissedHoweverSoonItComes() throws Exception {
        try (ElectionBackend backend = backend()) {
            Snapshot current = create(backend);
            for (int i = 0; i < 50; i++) {
                Seen quick = new Seen();
                try (Watch watch = backend.watch(election, quick, TIMEOUT)) {
                    current = applied(backend.compareAndSet(election, current.version(), held("a_" + i, i), TIMEOUT));
                    quick.await(current);
                }
            }
        }
    }

    @Test
    void anotherElectionWhoseNameBeginsTheSameIsNotSeen() throws Exception {
        try (ElectionBackend backend = backend();
                Watch watch = backend.watch(election, seen, TIMEOUT)) {
            backend.compareAndSet(election + "-other", Version.ABSENT, free(), TIMEOUT);
            Snapshot created = create(backend);
            seen.await(created);
            assertThat(seen.changes).containsExactly(created);
        }
    }

    @Test
    void whatCannotBeReadIsReportedAsAChangeToBeRead() throws Exception {
        try (ElectionBackend backend = backend();
                Watch watch = backend.watch(election, seen, TIMEOUT)) {
            server.etcdctl("put", EtcdOptions.DEFAULT_PREFIX + election, "garbage");
            seen.await(null);
        }
    }

    @Test
    void aCompactionBehindItDoesNotDisturbIt() throws Exception {
        try (ElectionBackend backend = backend();
                Watch watch = backend.watch(election, seen, TIMEOUT)) {
            Snapshot created = create(backend);
            server.etcdctl("compact", Long.toString(created.version().revision()));
            Snapshot acquired = applied(backend.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT));
            seen.await(acquired);
            assertThat(seen.losses).isEmpty();
        }
    }

    @Test
    void aConnectionThatEndsLosesTheWatchOnce() throws Exception {
        try (TcpProxy network = new TcpProxy("127.0.0.1", server.port());
                ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of("127.0.0.1:" + network.port()))) {
            Watch watch = backend.watch(election, seen, TIMEOUT);
            Snapshot created = create(backend);
            seen.await(created);
            network.cut();
            assertThat(seen.awaitLoss()).hasMessageContaining("etcd key election/" + election);
            watch.close();
            backend.close();
            assertThat(seen.losses).hasSize(1);
        }
    }

    @Test
    void aServerThatEndsLosesTheWatchAndItOpensAgainWithoutAGap() throws Exception {
        try (EtcdServer own = EtcdServer.start();
                ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of(own.endpoint()))) {
            backend.watch(election, seen, TIMEOUT);
            Snapshot created = create(backend);
            seen.await(created);
            own.kill();
            seen.awaitLoss();
            own.restart();
            Seen anew = new Seen();
            backend.watch(election, anew, TIMEOUT);
            assertThat(backend.read(election, TIMEOUT)).isEqualTo(created);
            Snapshot acquired = applied(backend.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT));
            anew.await(acquired);
            assertThat(anew.changes).containsExactly(acquired);
        }
    }

    @Test
    void aConnectionThatDiedSilentlyIsNoticed() throws Exception {
        try (TcpProxy network = new TcpProxy("127.0.0.1", server.port());
                ElectionBackend backend = impatient("127.0.0.1:" + network.port())) {
            backend.watch(election, seen, TIMEOUT);
            network.forget();
            assertThat(seen.awaitLoss()).hasMessageContaining("no sign of life");
            Seen anew = new Seen();
            backend.watch(election, anew, TIMEOUT);
            Snapshot created = create(backend);
            anew.await(created);
        }
    }

    @Test
    void aWatchThatHearsNothingForLongGivesSignsOfLifeAndStays() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        try (ElectionBackend backend = impatient(server.endpoint());
                FakeEtcd fake = new FakeEtcd();
                ElectionBackend counted = impatient(fake.endpoint())) {
            backend.watch(election, seen, TIMEOUT);
            fake.onWatch((request, stream) -> {
                if (request.hasCreateRequest()) {
                    stream.onNext(WatchResponse.newBuilder().setCreated(true).build());
                } else if (request.hasProgressRequest()) {
                    answers.incrementAndGet();
                    stream.onNext(WatchResponse.newBuilder().setWatchId(-1).build());
                }
            });
            Seen quiet = new Seen();
            counted.watch(election, quiet, TIMEOUT);
            Await.until("some questions were answered", () -> answers.get() >= 4);
            assertThat(quiet.losses).isEmpty();
            assertThat(quiet.changes).isEmpty();
            Snapshot created = create(backend);
            seen.await(created);
            assertThat(seen.losses).as("a real etcd answers, too").isEmpty();
        }
    }

    @Test
    void compactionNoLeaderAndACleanEndLoseTheWatchForGood() throws Exception {
        assertThat(lossBy(fake -> fake.onWatch((request, stream) -> {
                    stream.onNext(WatchResponse.newBuilder().setCreated(true).build());
                    stream.onNext(WatchResponse.newBuilder()
                            .setCanceled(true)
                            .setCompactRevision(7)
                            .build());
                })))
                .hasMessageContaining("compacted at revision 7");
        assertThat(lossBy(fake -> fake.onWatch((request, stream) -> {
                    stream.onNext(WatchResponse.newBuilder().setCreated(true).build());
                    stream.onError(Status.UNAVAILABLE
                            .withDescription("etcdserver: no leader")
                            .asException());
                })))
                .hasMessageContaining("etcdserver: no leader");
        assertThat(lossBy(fake -> fake.onWatch((request, stream) -> {
                    stream.onNext(WatchResponse.newBuilder().setCreated(true).build());
                    stream.onCompleted();
                })))
                .hasMessageContaining("has ended");
    }

    private interface Script {
        void prepare(FakeEtcd fake);
    }

    private static Throwable lossBy(Script script) throws Exception {
        Seen listener = new Seen();
        try (FakeEtcd fake = new FakeEtcd();
                ElectionBackend backend = impatient(fake.endpoint())) {
            script.prepare(fake);
            backend.watch("x", listener, TIMEOUT);
            Throwable loss = listener.awaitLoss();
            backend.close();
            assertThat(listener.losses).hasSize(1);
            assertThat(listener.changes).isEmpty();
            assertThat(fake.calls()).as("no silent attempt").hasSize(1);
            return loss;
        }
    }

    @Test
    void aWatchThatIsNotAnsweredInTimeIsGivenUpOnTheWireToo() throws Exception {
        try (FakeEtcd fake = new FakeEtcd();
                ElectionBackend backend = impatient(fake.endpoint())) {
            fake.fail(Status.NOT_FOUND);
            assertThatThrownBy(() -> backend.read(election, TIMEOUT)).hasMessageContaining("NOT_FOUND"); // connects
            assertThatThrownBy(() -> backend.watch(election, seen, Duration.ofSeconds(1)))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("did not create the watch in time");
            fake.cancelled.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(seen.changes).isEmpty();
        assertThat(seen.losses).isEmpty();
    }

    @Test
    void aClosedWatchTellsNothingMore() throws Exception {
        try (ElectionBackend backend = backend()) {
            Seen other = new Seen();
            Watch watch = backend.watch(election, seen, TIMEOUT);
            backend.watch(election, other, TIMEOUT);
            watch.close();
            watch.close();
            other.await(create(backend));
            backend.close();
            assertThat(seen.changes).isEmpty();
            assertThat(seen.losses).isEmpty();
            assertThat(other.losses).isEmpty();
        }
    }

    @Test
    void aWatchThatItsListenerClosesTellsNothingMore() throws Exception {
        AtomicReference<Watch> watch = new AtomicReference<>();
        try (ElectionBackend backend = backend()) {
            watch.set(backend.watch(
                    election,
                    new IgnoringListener() {
                        @Override
                        public void changed(@Nullable Snapshot current) {
                            watch.get().close();
                            seen.changed(current);
                        }
                    },
                    TIMEOUT));
            Seen other = new Seen();
            backend.watch(election, other, TIMEOUT);
            Snapshot created = create(backend);
            Snapshot acquired = applied(backend.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT));
            other.await(acquired);
            assertThat(seen.changes).containsExactly(created);
        }
    }

    @Test
    void aListenerThatThrowsHurtsNobodyElse() throws Exception {
        try (ElectionBackend backend = backend()) {
            backend.watch(
                    election,
                    new IgnoringListener() {
                        @Override
                        public void changed(@Nullable Snapshot current) {
                            throw new IllegalStateException("on purpose");
                        }
                    },
                    TIMEOUT);
            backend.watch(election, seen, TIMEOUT);
            Snapshot created = create(backend);
            seen.await(created);
            assertThat(seen.losses).isEmpty();
        }
    }
}
