package dev.election.etcd;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.free;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.CasOutcome.Unknown;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Version;
import dev.election.tck.servers.Await;
import dev.election.tck.servers.IgnoringListener;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each call goes out once, with its deadline (S6, S7), as a gRPC server in the place of etcd sees it. */
class CallsTest {

    private static final Duration SHORT = Duration.ofMillis(300);

    private final FakeEtcd etcd = new FakeEtcd();
    private final ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of(etcd.endpoint()));

    CallsTest() throws IOException {}

    @AfterEach
    void close() {
        backend.close();
        etcd.close();
    }

    private CasOutcome write(Duration timeout) throws Exception {
        return backend.compareAndSet("x", Version.ABSENT, free(), timeout);
    }

    private List<String> methods() {
        return etcd.calls().stream().map(FakeEtcd.Call::method).toList();
    }

    @Test
    void theTimeoutReachesTheWireAndSoDoesTheDemandForALeader() throws Exception {
        write(Duration.ofSeconds(7));
        FakeEtcd.Call call = etcd.calls().get(0);
        assertThat(call.timeLeft()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(7));
        assertThat(call.headers().get(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo("true");
    }

    /** Cancelling a future of jetcd ends the waiting, and not the call. */
    @Test
    void aCallWhoseTimeIsOverIsCancelledOnTheWireAndNotOnlyForTheCaller() throws Exception {
        write(TIMEOUT); // connects
        etcd.beSilent();
        assertThat(write(SHORT)).isInstanceOf(Unknown.class);
        etcd.cancelled.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(methods()).containsExactly("Txn", "Txn");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK"},
            mode = EnumSource.Mode.EXCLUDE)
    void nothingIsRepeatedWhateverTheAnswer(Status.Code code) throws Exception {
        etcd.fail(code.toStatus().withDescription("etcdserver: something"));
        try {
            assertThat(write(TIMEOUT)).isInstanceOf(Unknown.class);
        } catch (BackendException e) {
            assertThat(code)
                    .isIn(
                            Status.Code.INVALID_ARGUMENT,
                            Status.Code.PERMISSION_DENIED,
                            Status.Code.UNAUTHENTICATED,
                            Status.Code.FAILED_PRECONDITION,
                            Status.Code.OUT_OF_RANGE);
        }
        assertThatThrownBy(() -> backend.read("x", TIMEOUT)).isInstanceOf(BackendException.class);
        assertThat(methods()).containsExactly("Txn", "Range");
    }

    @Test
    void noLeaderIsARefusalAsItWasAskedFor() {
        etcd.fail(Status.UNAVAILABLE.withDescription("etcdserver: no leader"));
        assertThat(catchThrowableOfType(BackendException.class, () -> write(TIMEOUT))
                        .kind())
                .isEqualTo(BackendException.Kind.TRANSIENT);
    }

    @Test
    void aCallWhoseTimeIsOverBeforeItBeginsIsNotSent() {
        assertThatThrownBy(() -> write(Duration.ofNanos(1)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("before it was sent");
        assertThat(methods()).isEmpty();
    }

    @Test
    void aWatchWhoseTimeIsOverBeforeItBeginsIsNotSent() {
        assertThatThrownBy(() -> backend.watch("x", new IgnoringListener(), Duration.ofNanos(1)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("before it was sent");
        assertThat(methods()).isEmpty();
    }

    @Test
    void aTimeoutBeyondAllClocksIsOneThatNeverComes() throws Exception {
        assertThat(write(Duration.ofSeconds(Long.MAX_VALUE))).isInstanceOf(Unknown.class);
        assertThat(methods()).containsExactly("Txn");
    }

    /** The password comes from code of the user's; what it throws is no reason to doubt that nothing was written. */
    @Test
    void aPasswordThatCannotBeHadMeansThatNothingWasWritten() {
        EtcdOptions options = EtcdOptions.of(etcd.endpoint()).withUser("u", () -> {
            throw new IllegalStateException("the vault is sealed");
        });
        try (ElectionBackend locked = EtcdBackend.connect(options)) {
            BackendException failure = catchThrowableOfType(
                    BackendException.class, () -> locked.compareAndSet("x", Version.ABSENT, free(), TIMEOUT));
            assertThat(failure).hasMessageContainingAll("password of user \"u\"", "the vault is sealed");
            assertThat(failure.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        }
        assertThat(methods()).isEmpty();
    }

    @Test
    void anInterruptEndsACallUnderWayOnTheWireToo() throws Exception {
        etcd.beSilent();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() ->
                thrown.complete(catchThrowableOfType(InterruptedException.class, () -> write(Duration.ofMinutes(5)))));
        caller.start();
        Await.until("the write is under way", () -> methods().contains("Txn"));
        caller.interrupt();
        assertThat(thrown.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        etcd.cancelled.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void closingEndsACallUnderWay() throws Exception {
        etcd.beSilent();
        CompletableFuture<CasOutcome> outcome = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                outcome.complete(write(Duration.ofMinutes(5)));
            } catch (Exception e) {
                outcome.completeExceptionally(e);
            }
        });
        caller.start();
        Await.until("the write is under way", () -> methods().contains("Txn"));
        backend.close();
        assertThat(outcome.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(Unknown.class);
        assertThatThrownBy(() -> write(TIMEOUT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aChannelOfTheCallersStaysOpen() throws Exception {
        ManagedChannel channel = Grpc.newChannelBuilder(etcd.endpoint(), InsecureChannelCredentials.create())
                .disableRetry()
                .build();
        try {
            EtcdBackend shared = EtcdBackend.on(channel, "mine/");
            shared.compareAndSet("x", Version.ABSENT, free(), TIMEOUT);
            shared.close();
            assertThat(methods()).containsExactly("Txn");
            assertThat(channel.isShutdown()).isFalse();
        } finally {
            channel.shutdownNow();
        }
    }

    /** The second answer would be a conflict with the first sending. */
    @Test
    void aChannelOfTheCallersThatRepeatsCallsIsNotBelieved() throws Exception {
        Map<String, Object> retry = Map.of(
                "maxAttempts",
                3.0,
                "initialBackoff",
                "0.01s",
                "maxBackoff",
                "0.01s",
                "backoffMultiplier",
                1.0,
                "retryableStatusCodes",
                List.of("UNAVAILABLE", "INVALID_ARGUMENT"));
        Map<String, Object> config = Map.of(
                "methodConfig",
                List.of(Map.of("name", List.of(Map.of("service", "etcdserverpb.KV")), "retryPolicy", retry)));
        ManagedChannel channel = Grpc.newChannelBuilder(etcd.endpoint(), InsecureChannelCredentials.create())
                .defaultServiceConfig(config)
                .enableRetry()
                .build();
        try {
            // By itself this would be a refusal.
            etcd.fail(Status.INVALID_ARGUMENT.withDescription("etcdserver: something"));
            CasOutcome outcome = EtcdBackend.on(channel, "mine/").compareAndSet("x", Version.ABSENT, free(), TIMEOUT);
            assertThat(methods()).containsExactly("Txn", "Txn", "Txn");
            assertThat(outcome).isInstanceOf(Unknown.class);
            assertThat(((Unknown) outcome).cause()).hasMessageContaining("disableRetry()");
        } finally {
            channel.shutdownNow();
        }
    }
}
