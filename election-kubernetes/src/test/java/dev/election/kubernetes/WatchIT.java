package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.renewed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Await;
import dev.election.tck.servers.IgnoringListener;
import io.fabric8.kubernetes.client.Config;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Watches on a real API server (S9). */
@SuppressWarnings("try") // a watch is there to run, and not to be called
class WatchIT {

    private static final class Seen implements WatchListener {
        private final List<@Nullable Snapshot> changes = new CopyOnWriteArrayList<>();
        private final List<Throwable> losses = new CopyOnWriteArrayList<>();

        @Override
        public void changed(@Nullable Snapshot current) {
            changes.add(current);
        }

        @Override
        public void lost(Throwable cause) {
            losses.add(cause);
        }

        void await(@Nullable Snapshot snapshot) throws Exception {
            Await.until("seeing " + snapshot + " among " + changes, () -> changes.contains(snapshot));
        }
    }

    private final KubeServer server = KubeServer.shared();
    private final String election = "watch-" + UUID.randomUUID();
    private final Seen seen = new Seen();

    private Snapshot create(ElectionBackend backend) throws Exception {
        return applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void everyChangeIsSeenWithItsRecordFromCreationToDeletion(LockKind lock) throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, lock);
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
        }
    }

    @Test
    void noChangeAfterItIsOpenIsMissedHoweverSoonItComes() throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE)) {
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
    void anotherElectionIsNotSeen() throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE);
                Watch watch = backend.watch(election, seen, TIMEOUT)) {
            backend.compareAndSet(election + "-other", Version.ABSENT, free(), TIMEOUT);
            Snapshot created = create(backend);
            seen.await(created);
            assertThat(seen.changes).containsExactly(created);
        }
    }

    @Test
    void whatCannotBeReadIsReportedAsAChangeToBeRead() throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE);
                var client = server.adminClient();
                Watch watch = backend.watch(election, seen, TIMEOUT)) {
            create(backend);
            client.leases().inNamespace("default").withName(election).edit(lease -> {
                lease.getMetadata().getAnnotations().put(TermAnnotations.FENCING_TOKEN, "garbage");
                return lease;
            });
            seen.await(null);
        }
    }

    @Test
    void aConnectionThatEndsLosesTheWatch() throws Exception {
        Config config = server.adminConfig();
        try (TcpProxy proxy = server.proxy()) {
            config.setMasterUrl("https://127.0.0.1:" + proxy.port());
            try (ElectionBackend backend = KubernetesBackend.connect(config, null, LockKind.LEASE)) {
                Watch watch = backend.watch(election, seen, TIMEOUT);
                Snapshot created = create(backend);
                seen.await(created);
                proxy.cut();
                Await.until("the loss", () -> !seen.losses.isEmpty());
                watch.close();
                assertThat(seen.losses).hasSize(1);
                assertThat(proxy.accepted()).as("no silent reconnection").isLessThanOrEqualTo(2);
            }
        }
    }

    @Test
    void aWatchThatTheServerEndsIsLostAndSoIsOneWithAnError() throws Exception {
        try (HttpFront front = new HttpFront(server.adminConfig());
                ElectionBackend backend = KubernetesBackend.connect(front.config(), null, LockKind.LEASE)) {
            front.onAll(request -> request.answer(200, Map.of(), """
                    {"type":"BOOKMARK","object":{"kind":"Lease","metadata":{"resourceVersion":"5"}}}
                    {"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old resource version"}}
                    """));
            backend.watch(election, seen, TIMEOUT);
            Await.until("the loss", () -> !seen.losses.isEmpty());
            assertThat(seen.losses.get(0)).hasMessageContaining("too old resource version");
            front.onAll(request -> request.answer(200, Map.of(), ""));
            Seen ended = new Seen();
            backend.watch(election, ended, TIMEOUT);
            Await.until("the loss", () -> !ended.losses.isEmpty());
            assertThat(seen.changes).isEmpty();
            assertThat(seen.losses).hasSize(1);
        }
    }

    @Test
    void aClosedWatchTellsNothingMore() throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE)) {
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
        String event = "{\"type\":\"DELETED\",\"object\":{}}\n";
        try (HttpFront front = new HttpFront(server.adminConfig());
                ElectionBackend backend = KubernetesBackend.connect(front.config(), null, LockKind.LEASE)) {
            CountDownLatch open = new CountDownLatch(1);
            front.onAll(request -> request.answerWhen(open, event + event + event));
            AtomicReference<Watch> watch = new AtomicReference<>();
            CompletableFuture<Void> closed = new CompletableFuture<>();
            watch.set(backend.watch(
                    election,
                    new IgnoringListener() {
                        @Override
                        public void changed(@Nullable Snapshot current) {
                            watch.get().close();
                            seen.changed(current);
                            closed.complete(null);
                        }
                    },
                    TIMEOUT));
            open.countDown();
            closed.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(seen.changes).containsExactly(Snapshot.ABSENT);
    }

    @Test
    void aWatchThatIsAnsweredTooLateIsGivenUp() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        CompletableFuture<Void> givenUp = new CompletableFuture<>();
        try (HttpFront front = new HttpFront(server.adminConfig());
                ElectionBackend backend = KubernetesBackend.connect(front.config(), null, LockKind.LEASE)) {
            front.onAll(request -> {
                late.await();
                request.streamUntilGivenUp("{\"type\":\"BOOKMARK\",\"object\":{}}");
                givenUp.complete(null);
            });
            assertThatThrownBy(() -> backend.watch(election, seen, Duration.ofMillis(200)))
                    .hasMessageContaining("cannot watch Lease default/" + election);
            late.countDown();
            givenUp.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(seen.changes).isEmpty();
        assertThat(seen.losses).isEmpty();
    }
}
