package dev.election.zookeeper;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Watches on a real server (S9). */
@SuppressWarnings("try") // a watch is there to run, and not to be called
class WatchIT {

    private final ZooKeeperServer server = ZooKeeperServer.shared();
    private final String election = "watch-" + UUID.randomUUID();
    private final ElectionBackend direct = ZooKeeperBackend.connect(ZooKeeperOptions.servers(server.address()));
    private final Seen seen = new Seen();

    @AfterEach
    void close() throws Exception {
        direct.delete(election, TIMEOUT);
        direct.close();
    }

    private Snapshot create() throws Exception {
        return applied(direct.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    private Snapshot swap(Snapshot current, LockRecord next) throws Exception {
        return applied(direct.compareAndSet(election, current.version(), next, TIMEOUT));
    }

    @Test
    void everyChangeIsSeenWithItsRecordFromCreationToDeletion() throws Exception {
        try (Watch watch = direct.watch(election, seen, TIMEOUT)) {
            Snapshot created = create();
            seen.await(created);
            LockRecord taken = held("a_1", 1);
            Snapshot acquired = swap(created, taken);
            seen.await(acquired);
            Snapshot renewed = swap(acquired, renewed(taken));
            seen.await(renewed);
            direct.delete(election, TIMEOUT);
            seen.await(Snapshot.ABSENT);
            Snapshot again = create();
            seen.await(again);
            assertThat(seen.changes).containsExactly(created, acquired, renewed, Snapshot.ABSENT, again);
            assertThat(seen.losses).isEmpty();
            assertThat(seen.threads).allMatch(name -> name.startsWith("election-"));
        }
    }

    @Test
    void aBurstOfChangesMayMeltTogetherButTheLastIsSeenAndNoneGoesBack() throws Exception {
        Snapshot current = create();
        try (Watch watch = direct.watch(election, seen, TIMEOUT)) {
            for (int i = 0; i < 200; i++) {
                current = swap(current, held("a_" + i, i));
            }
            seen.await(current);
            List<Long> revisions = new ArrayList<>();
            for (Snapshot snapshot : seen.changes) {
                revisions.add(snapshot.version().revision());
            }
            assertThat(revisions).isSorted();
        }
    }

    @Test
    void noChangeAfterItIsOpenIsMissedHoweverSoonItComes() throws Exception {
        Snapshot current = create();
        for (int i = 0; i < 50; i++) {
            Seen quick = new Seen();
            try (Watch watch = direct.watch(election, quick, TIMEOUT)) {
                current = swap(current, held("a_" + i, i));
                quick.await(current);
            }
        }
    }

    @Test
    void anotherElectionIsNotSeen() throws Exception {
        try (Watch watch = direct.watch(election, seen, TIMEOUT)) {
            direct.compareAndSet(election + "-other", Version.ABSENT, free(), TIMEOUT);
            Snapshot created = create();
            seen.await(created);
            assertThat(seen.changes).containsExactly(created);
        } finally {
            direct.delete(election + "-other", TIMEOUT);
        }
    }

    @Test
    void whatCannotBeReadIsReportedAsAChangeToBeRead() throws Exception {
        create();
        try (Watch watch = direct.watch(election, seen, TIMEOUT);
                Admin admin = new Admin(server.address())) {
            admin.set("/election/" + election, "garbage");
            seen.await(null);
        }
    }

    /** Persistent watches would lose what they missed. */
    @Test
    void whatHappenedWhileThereWasNoConnectionIsSeenOnTheNext() throws Exception {
        try (TcpProxy proxy = server.proxy();
                ElectionBackend behind = ZooKeeperBackend.connect(
                        ZooKeeperOptions.servers("127.0.0.1:" + proxy.port()).sessionTimeout(Duration.ofSeconds(30)));
                Watch watch = behind.watch(election, seen, TIMEOUT)) {
            proxy.refuse();
            Snapshot created = create();
            proxy.accept();
            seen.await(created);
            proxy.refuse();
            direct.delete(election, TIMEOUT);
            Snapshot again = swap(create(), held("b_1", 1));
            proxy.accept();
            seen.await(again);
            proxy.refuse();
            direct.delete(election, TIMEOUT);
            proxy.accept();
            seen.await(Snapshot.ABSENT);
            assertThat(seen.losses).isEmpty();
        }
    }

    @Test
    void anExpiredSessionLosesTheWatchAndANewOneServes() throws Exception {
        try (CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(server.address())
                .retryPolicy(new RetryForever(10))
                .zookeeperFactory(ZooKeeperBackend.zookeeperFactory())
                .build()) {
            client.start();
            ElectionBackend backend = ZooKeeperBackend.of(client, "/election");
            Watch watch = backend.watch(election, seen, TIMEOUT);
            Admin.expire(server.address(), client);
            seen.awaitLoss();
            Snapshot created = create();
            Await.until("a new session", () -> {
                try {
                    return backend.read(election, TIMEOUT).equals(created);
                } catch (BackendException e) {
                    return false;
                }
            });
            Seen next = new Seen();
            try (Watch again = backend.watch(election, next, TIMEOUT)) {
                next.await(swap(created, held("a_1", 1)));
            }
            watch.close();
            assertThat(seen.changes).isEmpty();
            assertThat(seen.losses).hasSize(1);
        }
    }

    @Test
    void aSessionThatExpiredWhileAwayLosesTheWatchAndANewOneIsMadeByItself() throws Exception {
        try (TcpProxy proxy = server.proxy();
                ElectionBackend behind = ZooKeeperBackend.connect(
                        ZooKeeperOptions.servers("127.0.0.1:" + proxy.port()).sessionTimeout(Duration.ofSeconds(1)))) {
            behind.watch(election, seen, TIMEOUT);
            proxy.refuse();
            seen.awaitLoss();
            Snapshot created = create();
            proxy.accept();
            assertThat(behind.read(election, TIMEOUT)).isEqualTo(created);
        }
    }

    @Test
    void aClosedWatchTellsNothingMoreAndLeavesNothingWithTheClient() throws Exception {
        Seen other = new Seen();
        try (ZooKeeperServer own = ZooKeeperServer.start(Map.of(), List.of());
                CuratorFramework client = CuratorFrameworkFactory.builder()
                        .connectString(own.address())
                        .retryPolicy(new RetryForever(10))
                        .ensembleTracker(false)
                        .build()) {
            client.start();
            ZooKeeperBackend backend = ZooKeeperBackend.of(client, "/election");
            Watch watch = backend.watch(election, seen, TIMEOUT);
            backend.watch(election, other, TIMEOUT);
            for (int i = 0; i < 10; i++) {
                backend.watch(election, seen, TIMEOUT).close();
            }
            watch.close();
            watch.close();
            Snapshot created = applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            other.await(created);
            backend.close();
            ZooKeeperBackend.of(client, "/election")
                    .compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT);
            Await.until("no watch is left on the server", () -> own.ask("mntr").contains("zk_watch_count\t0"));
        }
        assertThat(seen.changes).isEmpty();
        assertThat(seen.losses).isEmpty();
        assertThat(other.losses).isEmpty();
    }

    @Test
    void aWatchThatItsListenerClosesTellsNothingMore() throws Exception {
        AtomicReference<Watch> watch = new AtomicReference<>();
        watch.set(direct.watch(
                election,
                new IgnoringListener() {
                    @Override
                    public void changed(@Nullable Snapshot current) {
                        watch.get().close();
                        seen.changed(current);
                    }
                },
                TIMEOUT));
        Snapshot created = create();
        seen.await(created);
        Seen after = new Seen();
        try (Watch next = direct.watch(election, after, TIMEOUT)) {
            after.await(swap(created, held("a_1", 1)));
        }
        assertThat(seen.changes).containsExactly(created);
    }

    /** ZooKeeper's event thread, which brings the answers to all calls, must not wait for a listener. */
    @Test
    void aListenerThatIsSlowHoldsUpNoCall() throws Exception {
        Snapshot current = create();
        CompletableFuture<Void> told = new CompletableFuture<>();
        CountDownLatch goOn = new CountDownLatch(1);
        WatchListener slow = new IgnoringListener() {
            @Override
            public void changed(@Nullable Snapshot snapshot) {
                seen.changed(snapshot);
                told.complete(null);
                boolean interrupted = false;
                while (goOn.getCount() > 0) {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (Watch watch = direct.watch(election, slow, TIMEOUT)) {
            try {
                current = swap(current, held("a_0", 1));
                told.get(20, TimeUnit.SECONDS);
                for (int i = 1; i < 20; i++) {
                    current = swap(current, held("a_" + i, 1));
                }
            } finally {
                goOn.countDown();
            }
            seen.await(current);
        }
    }

    @Test
    void openingIsBoundedByItsTimeout() throws Exception {
        try (TcpProxy proxy = server.proxy();
                ElectionBackend behind =
                        ZooKeeperBackend.connect(ZooKeeperOptions.servers("127.0.0.1:" + proxy.port()))) {
            assertThat(behind.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
            proxy.hold();
            assertThatThrownBy(() -> behind.watch(election, seen, Duration.ofMillis(200)))
                    .hasMessageContaining("cannot watch node /election/" + election)
                    .extracting(e -> ((BackendException) e).kind())
                    .isEqualTo(BackendException.Kind.TRANSIENT);
            proxy.release();
            create();
            assertThat(behind.read(election, TIMEOUT).isAbsent()).isFalse();
        }
        assertThat(seen.changes).isEmpty();
        assertThat(seen.losses).isEmpty();
    }
}
