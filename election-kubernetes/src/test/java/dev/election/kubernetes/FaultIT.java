package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.CasOutcome.Conflict;
import dev.election.spi.CasOutcome.Unknown;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Await;
import dev.election.tck.servers.IgnoringListener;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults between us and a real API server: S2, S6, S7 and S10. */
class FaultIT {

    private static final Duration SHORT = Duration.ofMillis(500);

    private final KubeServer server = KubeServer.shared();
    private final String election = "fault-" + UUID.randomUUID();
    private final HttpFront front;
    private final ElectionBackend direct = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE);
    private final ElectionBackend backend;
    private Snapshot current = Snapshot.ABSENT;

    FaultIT() throws IOException {
        front = new HttpFront(server.adminConfig());
        backend = KubernetesBackend.connect(front.config(), null, LockKind.LEASE);
    }

    @BeforeEach
    void create() throws Exception {
        current = applied(direct.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    @AfterEach
    void close() {
        backend.close();
        direct.close();
        front.close();
    }

    private long writes() {
        return front.requests().stream().filter(method -> !method.equals("GET")).count();
    }

    private BackendException refusedBy(ElectionBackend store, LockRecord next) {
        return catchThrowableOfType(
                BackendException.class, () -> store.compareAndSet(election, current.version(), next, TIMEOUT));
    }

    @Test
    void aServerThatDoesNotAnswerLeavesItUnknownWithinTheTimeoutAndIsAskedOnce() throws Exception {
        front.onAll(front::hang);
        long start = System.nanoTime();
        CasOutcome outcome = backend.compareAndSet(election, current.version(), held("a_1", 1), SHORT);
        assertThat(outcome).isInstanceOf(Unknown.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, SHORT.multipliedBy(4));
        assertThat(front.requests()).containsExactly("PUT");
        assertThatThrownBy(() -> backend.read(election, SHORT))
                .hasMessageContaining("Lease default/" + election)
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.TRANSIENT);
    }

    @Test
    void anAnswerThatStopsHalfWayLeavesItUnknownWithinTheTimeout() throws Exception {
        front.onWrites(HttpFront.Request::answerInPart);
        assertThat(backend.compareAndSet(election, current.version(), held("a_1", 1), SHORT))
                .isInstanceOf(Unknown.class);
        assertThat(writes()).isEqualTo(1);
    }

    @Test
    void aConnectionThatDiedSilentlyCostsOneCall() throws Exception {
        Config config = server.adminConfig();
        try (TcpProxy proxy = server.proxy()) {
            config.setMasterUrl("https://127.0.0.1:" + proxy.port());
            try (ElectionBackend behind = KubernetesBackend.connect(config, null, LockKind.LEASE)) {
                assertThat(behind.read(election, TIMEOUT)).isEqualTo(current);
                proxy.forget();
                assertThat(behind.compareAndSet(election, current.version(), held("a_1", 1), SHORT))
                        .isInstanceOf(Unknown.class);
                Await.until("the dead connection is given up", proxy::isQuiet);
                assertThat(behind.read(election, TIMEOUT)).isEqualTo(current);
            }
        }
    }

    @Test
    void nothingIsSentAfterTheTimeoutEvenIfTheNetworkComesBack() throws Exception {
        Config config = server.adminConfig();
        try (TcpProxy proxy = server.proxy()) {
            config.setMasterUrl("https://127.0.0.1:" + proxy.port());
            try (ElectionBackend held = KubernetesBackend.connect(config, null, LockKind.LEASE)) {
                proxy.hold();
                LockRecord next = held("a_1", 1);
                try {
                    assertThat(held.compareAndSet(election, current.version(), next, SHORT))
                            .isInstanceOf(Unknown.class);
                } catch (BackendException e) {
                    assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
                }
                proxy.release();
                Await.until("the connection is given up", proxy::isQuiet);
                assertThat(direct.read(election, TIMEOUT)).isEqualTo(current);
            }
        }
    }

    @Test
    void aCallWhoseTimeIsOverIsNotSentAtAll() {
        BackendException refusal = catchThrowableOfType(
                BackendException.class,
                () -> backend.compareAndSet(election, current.version(), held("a_1", 1), Duration.ofNanos(1)));
        assertThat(refusal.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        assertThat(front.requests()).isEmpty();
    }

    @Test
    void aServerErrorAfterTheWriteWasAppliedIsUnknownAndNotRepeated() throws Exception {
        front.onWrites(request -> {
            request.forward();
            request.answer(500, Map.of("Retry-After", "1"), "");
        });
        LockRecord next = held("a_1", 1);
        assertThat(backend.compareAndSet(election, current.version(), next, TIMEOUT))
                .isInstanceOf(Unknown.class);
        assertThat(writes()).isEqualTo(1);
        assertThat(direct.read(election, TIMEOUT).record()).isEqualTo(next);
    }

    @Test
    void aConnectionCutAfterTheWriteWasSentIsUnknownAndNotRepeated() throws Exception {
        front.onWrites(HttpFront.Request::forward);
        LockRecord next = held("a_1", 1);
        assertThat(backend.compareAndSet(election, current.version(), next, TIMEOUT))
                .isInstanceOf(Unknown.class);
        assertThat(writes()).isEqualTo(1);
        assertThat(direct.read(election, TIMEOUT).record()).isEqualTo(next);
    }

    @Test
    void anOverloadedServerIsLeftAloneForAsLongAsItAsks() {
        front.onWrites(request -> request.answer(429, Map.of("Retry-After", "7"), ""));
        BackendException refusal = refusedBy(backend, held("a_1", 1));
        assertThat(refusal.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(writes()).isEqualTo(1);
    }

    @Test
    void aReadThatFailsOnTheServerIsTransient() {
        front.onAll(request -> request.answer(503, Map.of("Retry-After", "3"), "not now"));
        assertThatThrownBy(() -> backend.read(election, TIMEOUT))
                .hasMessageContaining("503: not now")
                .extracting(e -> ((BackendException) e).retryAfter())
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(front.requests()).containsExactly("GET");
    }

    @Test
    void aProxysOwn404IsNotTakenForAbsence() {
        front.onAll(request -> request.answer(404, Map.of(), "<html>no such page</html>"));
        assertThatThrownBy(() -> backend.read(election, TIMEOUT)).hasMessageContaining("no such page");
        assertThat(refusedBy(backend, held("a_1", 1)).kind()).isEqualTo(BackendException.Kind.REFUSED);
    }

    @Test
    void anInvalidRecordIsRefusedByTheServer() throws Exception {
        front.onWrites(request -> request.answer(422, Map.of(), "Lease is invalid"));
        assertThat(refusedBy(backend, held("a_1", 1)).kind()).isEqualTo(BackendException.Kind.REFUSED);
        assertThat(direct.read(election, TIMEOUT)).isEqualTo(current);
    }

    @Test
    void aConflictStaysAConflictWhenWhatWonCannotBeRead() throws Exception {
        direct.compareAndSet(election, current.version(), held("b_1", 1), TIMEOUT);
        front.onAll(request -> {
            if (request.method().equals("GET")) {
                request.answer(500, Map.of(), "");
            } else {
                request.pass();
            }
        });
        assertThat(backend.compareAndSet(election, current.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(null));
    }

    @Test
    void aRefusedConnectionIsCertainlyNoWrite() throws Exception {
        Config nowhere = front.config();
        front.close();
        try (ElectionBackend backend = KubernetesBackend.connect(nowhere, null, LockKind.LEASE)) {
            assertThat(refusedBy(backend, held("a_1", 1)).kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void aClientOfTheCallersRepeatsNothingForUsAndStaysOpen(int code) throws Exception {
        Config config = new ConfigBuilder(front.config())
                .withRequestRetryBackoffLimit(3)
                .withRequestRetryBackoffInterval(1)
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            ElectionBackend shared = KubernetesBackend.on(client, null, LockKind.LEASE);
            front.onWrites(request -> request.answer(code, Map.of(), ""));
            try {
                shared.compareAndSet(election, current.version(), held("a_1", 1), TIMEOUT);
            } catch (BackendException e) {
                assertThat(code).isEqualTo(429);
            }
            assertThat(writes()).isEqualTo(1);
            shared.close();
            front.onAll(HttpFront.Request::pass);
            assertThat(client.leases().inNamespace("default").withName(election).get())
                    .isNotNull();
        }
    }

    @Test
    void aClientOfTheCallersServesAllOperations() throws Exception {
        try (KubernetesClient client = server.adminClient()) {
            ElectionBackend shared = KubernetesBackend.on(client, null, LockKind.LEASE);
            Snapshot taken = applied(shared.compareAndSet(election, current.version(), held("a_1", 1), TIMEOUT));
            assertThat(shared.read(election, TIMEOUT)).isEqualTo(taken);
            assertThat(shared.compareAndSet(election, current.version(), held("b_1", 1), TIMEOUT))
                    .isEqualTo(new Conflict(taken));
            shared.close();
        }
    }

    @Test
    void closingEndsACallUnderWay() throws Exception {
        front.onAll(front::hang);
        CompletableFuture<CasOutcome> outcome = CompletableFuture.supplyAsync(() -> {
            try {
                return backend.compareAndSet(election, current.version(), held("a_1", 1), Duration.ofMinutes(5));
            } catch (BackendException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Await.until("the write is under way", () -> writes() == 1);
        backend.close();
        assertThat(outcome.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(Unknown.class);
    }

    @Test
    void anInterruptEndsACallUnderWay() throws Exception {
        front.onAll(front::hang);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> thrown.complete(catchThrowableOfType(
                InterruptedException.class,
                () -> backend.compareAndSet(election, current.version(), held("a_1", 1), Duration.ofMinutes(5)))));
        caller.start();
        Await.until("the write is under way", () -> writes() == 1);
        caller.interrupt();
        assertThat(thrown.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void closingLeaksNoThreads() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        ElectionBackend closing = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE);
        closing.watch(election, new IgnoringListener(), TIMEOUT);
        closing.compareAndSet(election, current.version(), held("a_1", 1), TIMEOUT);
        assertThat(record(closing.read(election, TIMEOUT)).holder()).isEqualTo("a_1");
        closing.close();
        Await.until("all threads have ended", () -> {
            System.gc(); // the JDK's HTTP client lets its selector thread go when nothing refers to it any more
            Set<String> left = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> !before.contains(thread))
                    .map(Thread::getName)
                    .filter(name -> name.contains("election")
                            || name.contains("HttpClient")
                            || name.contains("fabric8")
                            || name.contains("Jdk"))
                    .collect(Collectors.toSet());
            return left.isEmpty();
        });
    }
}
