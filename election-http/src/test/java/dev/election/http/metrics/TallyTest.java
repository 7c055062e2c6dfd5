package dev.election.http.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.StoreCall;
import dev.election.http.StoreCall.Operation;
import dev.election.http.StoreCall.Outcome;
import dev.election.spi.LockRecord;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TallyTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Tally tally = new Tally();
    private int attempts;

    private LockRecord record(String holder, long token) {
        attempts++;
        return new LockRecord(
                holder,
                Duration.ofSeconds(10),
                START.plusSeconds(token),
                START,
                (int) token,
                token,
                "attempt " + attempts);
    }

    private void swap(LockRecord written, Outcome outcome) {
        tally.add(new StoreCall("e", Operation.SWAP, outcome, 0, Duration.ofMillis(1), written));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"DONE", "CONFLICT", "UNKNOWN"})
    void a_failure_counts_by_its_kind(Outcome kind) {
        tally.add(new StoreCall("e", Operation.READ, kind, 0, Duration.ZERO, null));
        tally.errors().forEach((each, count) -> assertThat(count.sum()).isEqualTo(each == kind ? 1 : 0));
        assertThat(tally.unknown.sum()).isZero();
    }

    @Test
    void to_lose_is_no_error_and_not_to_know_is_counted_apart() {
        swap(record("a", 1), Outcome.CONFLICT);
        swap(record("a", 1), Outcome.UNKNOWN);
        assertThat(tally.errors().values()).allMatch(count -> count.sum() == 0);
        assertThat(tally.unknown.sum()).isEqualTo(1);
    }

    @Test
    void a_renewal_after_a_failed_one_took_the_slow_path_once() {
        swap(record("a", 1), Outcome.DONE);
        swap(record("a", 1), Outcome.DONE);
        assertThat(tally.slowPaths.sum()).isZero();
        swap(record("a", 1), Outcome.UNKNOWN);
        swap(record("a", 1), Outcome.TRANSIENT);
        swap(record("a", 1), Outcome.DONE);
        swap(record("a", 1), Outcome.DONE);
        assertThat(tally.slowPaths.sum()).isEqualTo(1);
    }

    @Test
    void a_candidate_that_lost_before_it_led_took_no_slow_path() {
        swap(record("a", 2), Outcome.CONFLICT);
        swap(record("a", 3), Outcome.DONE);
        swap(record("a", 3), Outcome.DONE);
        assertThat(tally.slowPaths.sum()).isZero();
    }

    @Test
    void a_new_term_does_not_make_up_for_a_renewal_of_the_last() {
        swap(record("a", 1), Outcome.DONE);
        swap(record("a", 1), Outcome.CONFLICT);
        swap(record("a", 3), Outcome.DONE);
        swap(record("a", 3), Outcome.DONE);
        assertThat(tally.slowPaths.sum()).isZero();
    }

    @Test
    void a_term_counts_once_however_often_and_late_it_is_seen() {
        tally.saw(record("a", 1));
        tally.saw(record("a", 1));
        tally.saw(record("", 1));
        tally.saw(record("b", 2));
        tally.saw(record("a", 1));
        assertThat(tally.transitions.sum()).isEqualTo(2);
    }

    @Test
    void a_term_of_another_implementation_counts_by_its_beginning() {
        tally.saw(record("a", 5));
        tally.saw(new LockRecord("foreign", Duration.ofSeconds(10), START.plusSeconds(60), START, 6, 0, ""));
        tally.saw(new LockRecord("foreign", Duration.ofSeconds(10), START.plusSeconds(60), START, 6, 0, ""));
        assertThat(tally.transitions.sum()).isEqualTo(2);
    }

    @Test
    void durations_fall_into_the_bucket_that_ends_with_them() {
        Histogram histogram = new Histogram(0.5, 1);
        for (long millis : new long[] {0, 500, 501, 1000, 60_000}) {
            histogram.add(Duration.ofMillis(millis));
        }
        Exposition exposition = new Exposition();
        histogram.write(exposition, "h", "name", "e");
        assertThat(exposition.toString()).isEqualTo("""
                h_bucket{name="e",le="0.5"} 2
                h_bucket{name="e",le="1"} 4
                h_bucket{name="e",le="+Inf"} 5
                h_sum{name="e"} 62.001
                h_count{name="e"} 5
                """);
    }
}
