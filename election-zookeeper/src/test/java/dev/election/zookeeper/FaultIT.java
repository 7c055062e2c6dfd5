package dev.election.zookeeper;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.CasOutcome.Conflict;
import dev.election.spi.CasOutcome.Unknown;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults between us and a real server: S2, S6, S7 and S10. */
class FaultIT {

    private static final Duration SHORT = Duration.ofMillis(500);

    private final ZooKeeperServer server = ZooKeeperServer.shared();
    private final String election = "fault-" + UUID.randomUUID();
    private final TcpProxy proxy;
    private final ElectionBackend direct = ZooKeeperBackend.connect(ZooKeeperOptions.servers(server.address()));
    private final ZooKeeperBackend backend;
    private Snapshot current = Snapshot.ABSENT;

    FaultIT() throws IOException {
        proxy = server.proxy();
        backend = ZooKeeperBackend.connect(behindProxy());
    }

    private ZooKeeperOptions behindProxy() {
        return ZooKeeperOptions.servers("127.0.0.1:" + proxy.port());
    }

    @BeforeEach
    void create() throws Exception {
        current = applied(direct.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(current);
    }

    @AfterEach
    void close() throws Exception {
        backend.close();
        proxy.close();
        direct.delete(election, TIMEOUT);
        direct.close();
    }

    private CasOutcome swap(LockRecord next, Duration timeout) throws Exception {
        return backend.compareAndSet(election, current.version(), next, timeout);
    }

    private BackendException refused(Duration timeout) {
        return catchThrowableOfType(BackendException.class, () -> swap(held("a_1", 1), timeout));
    }

    @Test
    void theAnswerOfAnAppliedWriteSwallowedIsUnknownAndALaterReadShowsIt() throws Exception {
        proxy.holdAnswers();
        LockRecord next = held("a_1", 1);
        assertThat(swap(next, SHORT)).isInstanceOf(Unknown.class);
        proxy.cut();
        proxy.release();
        Snapshot applied = backend.read(election, TIMEOUT);
        assertThat(applied.record()).isEqualTo(next);
        // Sent once: a second time it would have conflicted, but a blind one would have moved the version on.
        assertThat(direct.read(election, TIMEOUT)).isEqualTo(applied);
        assertThat(swap(held("a_1", 2), TIMEOUT)).isEqualTo(new Conflict(applied));
    }

    @Test
    void aConnectionLostAfterTheWriteWasSentIsUnknownAndNothingIsRepeated() throws Exception {
        proxy.holdAnswers();
        LockRecord next = held("a_1", 1);
        CompletableFuture<CasOutcome> outcome = inBackground(() -> swap(next, TIMEOUT));
        Await.until(
                "the write is applied",
                () -> next.equals(direct.read(election, TIMEOUT).record()));
        Version version = direct.read(election, TIMEOUT).version();
        proxy.cut();
        proxy.release();
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(Unknown.class);
        assertThat(backend.read(election, TIMEOUT).version()).isEqualTo(version);
    }

    private interface Call<T> {
        T call() throws Exception;
    }

    private static <T> CompletableFuture<T> inBackground(Call<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    @Test
    void aServerThatCannotBeReachedIsCertainlyNoWrite() throws Exception {
        proxy.refuse();
        assertThat(refused(SHORT).kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        assertThatThrownBy(() -> backend.read(election, SHORT))
                .hasMessageContaining("/election/" + election)
                .hasMessageContaining("127.0.0.1:" + proxy.port())
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.TRANSIENT);
    }

    /** ZooKeeper's client keeps what it is given while it has no connection, and sends it on the next. */
    @Test
    void nothingIsWrittenLateWhenTheServerReturns() throws Exception {
        proxy.refuse();
        for (int i = 0; i < 20; i++) {
            assertThat(refused(Duration.ofMillis(50)).kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        }
        proxy.accept();
        // Requests of one session keep their order: what was queued before this read would be sent before it.
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(current);
        assertThat(direct.read(election, TIMEOUT)).isEqualTo(current);
        applied(swap(held("a_1", 1), TIMEOUT));
    }

    /** The connection is made, but the session is not yet: all is queued. */
    @Test
    void nothingIsWrittenLateWhenTheServerHungWhileConnecting() throws Exception {
        proxy.hold();
        proxy.cut();
        Await.until("a new connection", () -> proxy.accepted() >= 2);
        assertThat(refused(SHORT).kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        proxy.release();
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(current);
        applied(swap(held("a_1", 1), TIMEOUT));
    }

    @Test
    void aWriteQueuedWhileThereIsNoConnectionIsSentInTime() throws Exception {
        proxy.refuse();
        Await.until("the loss is noticed", () -> refused(Duration.ofMillis(1)) != null);
        proxy.accept();
        // Connections that were refused answer what was queued meanwhile; so it may take another try or two.
        Await.until("a write goes through", () -> {
            try {
                return swap(held("a_1", 1), TIMEOUT) instanceof CasOutcome.Applied;
            } catch (BackendException e) {
                return false;
            }
        });
    }

    @Test
    void aTimeoutBeyondAllClocksIsOneThatNeverComes() throws Exception {
        applied(swap(held("a_1", 1), Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void aCallWhoseTimeIsOverIsNotSentAtAll() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(refused(Duration.ofNanos(1)).kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        }
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(current);
    }

    @Test
    void aServerThatHangsLeavesItUnknownWithinTheTimeout() throws Exception {
        try (ZooKeeperServer own = ZooKeeperServer.start(Map.of(), List.of());
                ElectionBackend store = ZooKeeperBackend.connect(ZooKeeperOptions.servers(own.address()))) {
            Snapshot created = applied(store.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            own.freeze();
            LockRecord next = held("a_1", 1);
            CasOutcome outcome = inBackground(() -> store.compareAndSet(election, created.version(), next, SHORT))
                    .get(20, TimeUnit.SECONDS);
            assertThat(outcome).isInstanceOf(Unknown.class);
            assertThatThrownBy(() -> store.read(election, SHORT)).isInstanceOf(BackendException.class);
            own.thaw();
            Await.until("it is written or not", () -> {
                try {
                    Snapshot now = store.read(election, TIMEOUT);
                    return now.equals(created) || next.equals(now.record());
                } catch (BackendException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void aConnectionThatDiedSilentlyIsLeftBeforeTheRenewDeadline() throws Exception {
        proxy.forget();
        assertThat(swap(held("a_1", 1), SHORT)).isInstanceOf(Unknown.class);
        Await.until("another connection", () -> {
            try {
                return backend.read(election, SHORT).equals(current);
            } catch (BackendException e) {
                return false;
            }
        });
        assertThat(proxy.accepted()).isGreaterThan(1);
    }

    @Test
    void anInterruptEndsACallAtOnce() throws Exception {
        proxy.hold();
        CompletableFuture<Thread> caller = new CompletableFuture<>();
        CompletableFuture<CasOutcome> outcome = inBackground(() -> {
            caller.complete(Thread.currentThread());
            return swap(held("a_1", 1), Duration.ofMinutes(5));
        });
        caller.get(20, TimeUnit.SECONDS).interrupt();
        assertThatThrownBy(() -> outcome.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        proxy.release();
    }

    /** Curator's policy would repeat a write that may have been applied. */
    @Test
    void theRetryPolicyOfACallersClientIsNotUsed() throws Exception {
        try (CuratorFramework client =
                CuratorFrameworkFactory.newClient("127.0.0.1:" + proxy.port(), new RetryForever(10))) {
            client.start();
            ZooKeeperBackend on = ZooKeeperBackend.of(client, "/election");
            assertThat(on.read(election, TIMEOUT)).isEqualTo(current);
            proxy.holdAnswers();
            LockRecord next = held("a_1", 1);
            assertThat(on.compareAndSet(election, current.version(), next, SHORT))
                    .isInstanceOf(Unknown.class);
            Snapshot applied = direct.read(election, TIMEOUT);
            assertThat(applied.record()).isEqualTo(next);
            proxy.cut();
            proxy.release();
            assertThat(on.read(election, TIMEOUT)).isEqualTo(applied);
            proxy.refuse();
            Await.until(
                    "the loss is noticed", () -> !client.getZookeeperClient().isConnected());
            assertThat(catchThrowableOfType(
                                    BackendException.class,
                                    () -> on.compareAndSet(election, applied.version(), held("a_1", 2), SHORT))
                            .kind())
                    .isEqualTo(BackendException.Kind.TRANSIENT);
            proxy.accept();
            assertThat(on.read(election, TIMEOUT)).isEqualTo(applied);
        }
    }

    @Test
    void aClientThatItsOwnerClosedIsCalledSo() throws Exception {
        CuratorFramework client = CuratorFrameworkFactory.newClient(server.address(), new RetryForever(10));
        client.start();
        ZooKeeperBackend on = ZooKeeperBackend.of(client, "/election");
        assertThat(on.read(election, TIMEOUT)).isEqualTo(current);
        client.close();
        assertThatThrownBy(() -> on.read(election, SHORT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the client of " + server.address() + " was closed");
    }

    @Test
    void itOpensWhileNobodyIsThereAndServesOnceSomebodyIs() throws Exception {
        proxy.refuse();
        try (ElectionBackend early = ZooKeeperBackend.connect(behindProxy())) {
            assertThatThrownBy(() -> early.read(election, SHORT)).isInstanceOf(BackendException.class);
            proxy.accept();
            assertThat(early.read(election, TIMEOUT)).isEqualTo(current);
        }
    }

    @Test
    void aClosedBackendSaysSoAndLeavesNothingBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        ElectionBackend store = ZooKeeperBackend.connect(behindProxy());
        Seen seen = new Seen();
        Watch watch = store.watch(election, seen, TIMEOUT);
        current = applied(direct.compareAndSet(election, current.version(), held("b_1", 1), TIMEOUT));
        seen.await(current);
        backend.close();
        store.close();
        store.close();
        watch.close();
        assertThatThrownBy(() -> store.read(election, TIMEOUT)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.compareAndSet(election, current.version(), free(), TIMEOUT))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.watch(election, seen, TIMEOUT)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.delete(election, TIMEOUT)).isInstanceOf(IllegalStateException.class);
        Await.until("no connection is left", proxy::isQuiet);
        Await.until("no thread is left: " + ours(before), () -> ours(before).isEmpty());
        assertThat(seen.losses).isEmpty();
    }

    private static Set<String> ours(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> !name.startsWith("tcp-proxy"))
                .collect(Collectors.toSet());
    }

    /** It takes leave of the server, whose answer the client would await for two thirds of the session timeout. */
    @Test
    void closingWhileTheServerHangsIsBoundedHoweverLongTheSession() throws Exception {
        ZooKeeperOptions longSession = behindProxy().sessionTimeout(Duration.ofMinutes(1));
        ElectionBackend store = ZooKeeperBackend.connect(longSession);
        assertThat(store.read(election, TIMEOUT)).isEqualTo(current);
        proxy.hold();
        CompletableFuture<Void> closed = inBackground(() -> {
            store.close();
            return null;
        });
        closed.get(20, TimeUnit.SECONDS);
        proxy.release();
    }

    @Test
    void closingWhileTheServerHangsIsBounded() throws Exception {
        proxy.hold();
        CompletableFuture<CasOutcome> outcome = inBackground(() -> swap(held("a_1", 1), TIMEOUT));
        CompletableFuture<Void> closed = inBackground(() -> {
            backend.close();
            return null;
        });
        closed.get(20, TimeUnit.SECONDS);
        try {
            assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(Unknown.class);
        } catch (ExecutionException e) {
            // not sent yet
            assertThat(e.getCause()).isInstanceOfAny(BackendException.class, IllegalStateException.class);
        }
        proxy.release();
    }
}
