package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StopTimesTest {

    private static final Duration BUDGET = Duration.ofMillis(4000);

    private static StopTimes at(long now, long remainingMillis) {
        return StopTimes.of(now, Duration.ofMillis(remainingMillis), BUDGET);
    }

    @Test
    void the_command_is_told_at_the_end_of_the_term_and_killed_before_the_lease_ends() {
        assertThat(at(1000, 5000)).isEqualTo(new StopTimes(1500, 1520, 1800));
    }

    @Test
    void with_little_time_the_guardian_comes_sooner_after_us() {
        assertThat(StopTimes.of(1000, Duration.ofSeconds(1), Duration.ofMillis(400)))
                .isEqualTo(new StopTimes(1100, 1105, 1120));
    }

    @Test
    void rounding_makes_nothing_later() {
        StopTimes times = StopTimes.of(1000, Duration.ofMillis(5009), Duration.ofMillis(4007));
        assertThat(times.validUntil()).isEqualTo(1500);
        assertThat(times.killAt()).isEqualTo(1800);
    }

    @Test
    void the_kill_leaves_time_before_the_end_of_the_lease_whatever_the_timing() {
        for (int lease = 900; lease < 60_000; lease += 97) {
            ElectionTiming timing = ElectionTiming.of(
                    Duration.ofMillis(lease), Duration.ofMillis(lease / 2), Duration.ofMillis(lease / 4));
            StopTimes times = StopTimes.of(0, timing.renewDeadline(), timing.stopBudget());
            long end = timing.renewDeadline().plus(timing.stopBudget()).toMillis();
            assertThat(times.validUntil()).isLessThan(times.termAt());
            assertThat(times.termAt()).isLessThan(times.killAt());
            long budget = timing.stopBudget().toMillis();
            assertThat(end - times.killAt() * 10)
                    .isBetween(Math.max(budget / 4, Math.min(500, budget / 2)), Math.max(budget / 4, 500) + 30);
        }
    }

    @Test
    void a_renewal_is_told_from_rounding() {
        StopTimes times = at(1000, 5000);
        assertThat(at(1001, 5000).isLaterThan(times)).isFalse();
        assertThat(at(1100, 4000).isLaterThan(times)).isFalse();
        assertThat(at(1010, 5000).isLaterThan(times)).isTrue();
    }

    @Test
    void stopping_takes_no_longer_than_the_grace_nor_than_the_lease_allows() {
        StopTimes times = at(1000, 5000);
        assertThat(times.stopping(1100, Duration.ofSeconds(2))).isEqualTo(new StopTimes(1100, 1300, 1300));
        assertThat(times.stopping(1100, Duration.ofSeconds(20))).isEqualTo(new StopTimes(1100, 1800, 1800));
        assertThat(times.stopping(1700, Duration.ofSeconds(2))).isEqualTo(new StopTimes(1500, 1800, 1800));
    }

    @Test
    void renewals_are_looked_for_the_more_often_the_less_is_left() {
        assertThat(StopTimes.untilNextLook(Duration.ofSeconds(5))).isEqualTo(Duration.ofMillis(500));
        assertThat(StopTimes.untilNextLook(Duration.ofMillis(200))).isEqualTo(Duration.ofMillis(20));
        assertThat(StopTimes.untilNextLook(Duration.ofMillis(1))).isEqualTo(Duration.ofMillis(10));
        assertThat(StopTimes.untilNextLook(Duration.ofHours(1))).isEqualTo(Duration.ofSeconds(1));
    }
}
