package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.election.ElectionTiming;
import dev.election.http.StoreCall.Operation;
import dev.election.http.StoreCall.Outcome;
import dev.election.local.MemoryBackend;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RenewalLogTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long MILLI = 1_000_000;

    private final RenewalLog log = new RenewalLog();

    private static LockRecord record(String holder, long token, String attempt) {
        return new LockRecord(
                holder, Duration.ofSeconds(15), Instant.ofEpochSecond(token), Instant.EPOCH, 0, token, attempt);
    }

    private void swapped(long sentMillis, long tookMillis, Outcome outcome, LockRecord written) {
        log.accept(new StoreCall(
                "e", Operation.SWAP, outcome, sentMillis * MILLI, Duration.ofMillis(tookMillis), written));
    }

    private static WatchListener ignored() {
        return new WatchListener() {
            @Override
            public void changed(@Nullable Snapshot current) {}

            @Override
            public void lost(Throwable cause) {}
        };
    }

    @Test
    void the_margin_counts_from_the_sending_of_the_write_before() {
        swapped(0, 100, Outcome.DONE, record("a_1", 7, "1"));
        swapped(3000, 200, Outcome.DONE, record("a_1", 7, "2"));
        swapped(6000, 50, Outcome.DONE, record("a_1", 7, "3"));
        assertThat(log.renewals("e"))
                .extracting(renewal -> renewal.margin(ElectionTiming.DEFAULT).toMillis())
                .containsExactly(10_000L - 3200, 10_000L - 3050);
        assertThat(log.renewals("e"))
                .extracting(RenewalLog.Renewal::took)
                .containsExactly(Duration.ofMillis(200), Duration.ofMillis(50));
    }

    @Test
    void what_was_not_acknowledged_renews_nothing() {
        swapped(0, 100, Outcome.DONE, record("a_1", 7, "1"));
        swapped(3000, 200, Outcome.UNKNOWN, record("a_1", 7, "2"));
        swapped(4000, 200, Outcome.CONFLICT, record("a_1", 7, "3"));
        swapped(5000, 200, Outcome.TRANSIENT, record("a_1", 7, "4"));
        assertThat(log.renewals("e")).isEmpty();
        swapped(6000, 100, Outcome.DONE, record("a_1", 7, "5"));
        assertThat(log.renewals("e"))
                .singleElement()
                .satisfies(renewal -> assertThat(renewal.sincePrevious()).isEqualTo(Duration.ofMillis(6100)));
    }

    @Test
    void a_new_term_and_another_candidate_are_no_renewals() {
        swapped(0, 1, Outcome.DONE, record("a_1", 7, "1"));
        swapped(1, 1, Outcome.DONE, record("", 7, "2"));
        swapped(2, 1, Outcome.DONE, record("b_1", 8, "3"));
        swapped(3, 1, Outcome.DONE, record("a_1", 9, "4"));
        assertThat(log.renewals("e")).isEmpty();
        assertThat(log.renewals("other")).isEmpty();
    }

    @Test
    void only_the_last_are_kept() {
        for (int i = 0; i < 1000; i++) {
            swapped(i * 1000L, 1, Outcome.DONE, record("a_1", 7, "attempt-" + i));
        }
        assertThat(log.renewals("e")).hasSize(120);
    }

    /** One that is not passed on would silently fall back to what the interface does by default. */
    @Test
    void every_method_of_a_backend_is_passed_on() {
        for (Method method : ElectionBackend.class.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                assertThatCode(() ->
                                ObservedBackend.class.getDeclaredMethod(method.getName(), method.getParameterTypes()))
                        .as(method.toString())
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void an_observer_that_fails_changes_nothing_for_the_caller() throws Exception {
        List<StoreCall> calls = new ArrayList<>();
        try (ElectionBackend backend = ObservedBackend.of(
                MemoryBackend.create(),
                call -> {
                    throw new IllegalStateException("a mistake");
                },
                calls::add)) {
            assertThat(backend.read("e", TIMEOUT).isAbsent()).isTrue();
            backend.compareAndSet("e", Version.ABSENT, record("", 7, "1"), TIMEOUT);
            backend.compareAndSet("e", Version.ABSENT, record("", 7, "2"), TIMEOUT);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> backend.compareAndSet("e", Version.ABSENT, record("a", 7, "3"), TIMEOUT));
            backend.watch("e", ignored(), TIMEOUT).close();
        }
        assertThat(calls)
                .extracting(call -> call.operation() + " " + call.outcome())
                .containsExactly("READ DONE", "SWAP DONE", "SWAP CONFLICT", "SWAP UNKNOWN", "WATCH DONE");
    }
}
