package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.command.Standing.State;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who leads, found out from records alone, in a time that is advanced and not slept through. */
class InspectorTest {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Map<String, Supplier<@Nullable LockRecord>> records = new HashMap<>();
    private Duration passed = Duration.ZERO;
    private @Nullable BackendException failure;

    private final Inspector.Time time = new Inspector.Time() {
        @Override
        public Instant now() {
            return START.plus(passed);
        }

        @Override
        public long nanos() {
            return passed.toNanos() + 42;
        }

        @Override
        public void sleep(Duration duration) {
            assertThat(duration).isPositive();
            passed = passed.plus(duration);
        }
    };

    private final class Records implements ElectionBackend {
        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public Snapshot read(String election, Duration timeout) throws BackendException {
            assertThat(timeout).isPositive();
            if (failure != null) {
                throw failure;
            }
            LockRecord record = records.get(election).get();
            return record == null ? Snapshot.ABSENT : new Snapshot(record, new Any());
        }

        @Override
        public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout) {
            throw new AssertionError("an inspector does not write");
        }

        @Override
        public void close() {}
    }

    private record Any() implements Version {
        @Override
        public long revision() {
            return 1;
        }
    }

    private static LockRecord held(Duration lease, Instant renewed) {
        return new LockRecord("a_i1", lease, START.minusSeconds(60), renewed, 1, 7, "x" + renewed);
    }

    private Standing inspect(Supplier<@Nullable LockRecord> record) throws InterruptedException {
        records.put("e", record);
        return inspect(List.of("e")).get(0);
    }

    private List<Standing> inspect(List<String> elections) throws InterruptedException {
        return new Inspector(new Records(), TIMEOUT, time.nanos() + TIMEOUT.toNanos(), time).inspect(elections);
    }

    @Test
    void a_fresh_renewal_is_believed_at_once() throws Exception {
        Standing standing = inspect(() -> held(LEASE, START.minusSeconds(9)));
        assertThat(standing.state()).isEqualTo(State.KNOWN);
        assertThat(standing.remark()).isEmpty();
        assertThat(passed).isZero();
    }

    @Test
    void no_record_and_a_free_one_are_led_by_nobody() throws Exception {
        assertThat(inspect(() -> null).state()).isEqualTo(State.NONE);
        assertThat(inspect(() -> new LockRecord("", LEASE, START, START, 1, 7, "x"))
                        .remark())
                .isEqualTo("the lock is free");
        assertThat(passed).isZero();
    }

    @Test
    void an_old_record_that_stays_as_it_is_has_run_out_after_its_lease() throws Exception {
        Standing standing = inspect(() -> held(LEASE, START.minusSeconds(11)));
        assertThat(standing.state()).isEqualTo(State.NONE);
        assertThat(standing.remark()).isEqualTo("the lease of a ran out");
        assertThat(passed).isBetween(LEASE, LEASE.plusSeconds(1));
    }

    @Test
    void who_renews_leads_though_its_clock_is_an_hour_slow() throws Exception {
        Standing standing =
                inspect(() -> held(LEASE, START.minusSeconds(3600).plusSeconds(passed.toSeconds() / 3 * 3)));
        assertThat(standing.state()).isEqualTo(State.KNOWN);
        assertThat(standing.remark()).startsWith("its clock differs from ours");
        assertThat(passed).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    }

    @Test
    void a_clock_that_is_ahead_is_not_believed_either() throws Exception {
        Standing standing = inspect(() -> held(LEASE, START.plusSeconds(3600)));
        assertThat(standing.state()).isEqualTo(State.NONE);
        assertThat(passed).isGreaterThanOrEqualTo(LEASE);
    }

    @Test
    void a_lease_longer_than_our_patience_is_not_decided() throws Exception {
        Standing standing = inspect(() -> held(Duration.ofMinutes(50), START.minusSeconds(3600)));
        assertThat(standing.state()).isEqualTo(State.UNKNOWN);
        assertThat(standing.remark()).isEqualTo("no sign of life from a in 30s, but its lease lasts 50m");
        assertThat(passed).isBetween(TIMEOUT, TIMEOUT.plusSeconds(1));
    }

    @Test
    void a_record_without_a_lease_is_waited_for_as_followers_do() throws Exception {
        assertThat(inspect(() -> held(Duration.ZERO, START.minusSeconds(3600))).state())
                .isEqualTo(State.NONE);
        assertThat(passed).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(16));
    }

    @Test
    void a_release_while_we_wait_ends_the_wait() throws Exception {
        Standing standing = inspect(() -> passed.toSeconds() < 2
                ? held(LEASE, START.minusSeconds(60))
                : new LockRecord("", LEASE, START, START, 1, 7, "y"));
        assertThat(standing.remark()).isEqualTo("the lock is free");
        assertThat(passed).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void a_store_that_fails_leaves_it_unknown() throws Exception {
        failure = BackendException.denied("it takes the permission to get", null);
        Standing standing = inspect(() -> null);
        assertThat(standing.state()).isEqualTo(State.UNKNOWN);
        assertThat(standing.remark()).isEqualTo("it takes the permission to get");
    }

    @Test
    void several_are_waited_for_at_the_same_time() throws Exception {
        for (String election : List.of("a", "b", "c")) {
            records.put(election, () -> held(LEASE, START.minusSeconds(11)));
        }
        List<Standing> all = inspect(List.of("c", "a", "b"));
        assertThat(all).extracting(Standing::election).containsExactly("c", "a", "b");
        assertThat(all).allMatch(each -> each.state() == State.NONE);
        assertThat(passed).isLessThan(LEASE.plusSeconds(2));
    }
}
