package dev.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which times are refused, and with which words: rule E13. */
class ElectionTimingTest {

    @ParameterizedTest(name = "{0}, {1}, {2}, drift {3}: {4}")
    @CsvSource(delimiter = '|', textBlock = """
            PT0S     | PT10S   | PT2S     | 0.05 | the lease duration must be positive and at most a day: 0 ms
            PT-1S    | PT10S   | PT2S     | 0.05 | the lease duration must be positive
            PT15S    | PT0S    | PT2S     | 0.05 | the renew deadline must be positive
            PT15S    | PT10S   | PT0S     | 0.05 | the retry period must be positive
            PT15S    | PT10S   | PT-2S    | 0.05 | the retry period must be positive
            PT24H1S  | PT10S   | PT2S     | 0.05 | the lease duration must be positive and at most a day: PT24H1S
            PT2400000000H | PT10S | PT2S  | 0.05 | the lease duration must be positive and at most a day: PT2400000000H
            PT15S    | PT2400000000H | PT2S | 0.05 | the renew deadline must be positive and at most a day
            PT1H0.001S | PT10S | PT2S     | 0.05 | the lease duration must be at most 3600000 ms: lease duration 3600001 ms
            PT15S    | PT10S   | PT0.0049S | 0.05 | the retry period must be at least 5 ms: retry period 4.9 ms
            PT15S    | PT10S   | PT10S    | 0.05 | retry period < renew deadline is broken
            PT15S    | PT10S   | PT11S    | 0.05 | 11000 ms >= 10000 ms
            PT15S    | PT10S   | PT9.991S | 0.05 | (renew deadline - retry period) / 2 >= 5 ms is broken
            PT15S    | PT10S   | PT9.999999999S | 0.05 | (10000 ms - 9999.999999 ms) / 2 < 5 ms
            PT15S    | PT10S   | PT2S     | -0.01 | the drift bound must be from 0 up to, not including, 1: -0.01
            PT15S    | PT10S   | PT2S     | 1    | the drift bound must be from 0 up to, not including, 1: 1.0
            PT15S    | PT10S   | PT2S     | NaN  | the drift bound must be from 0 up to, not including, 1: NaN
            PT15S    | PT10S   | PT2S     | Infinity | the drift bound must be
            PT15S    | PT15S   | PT2S     | 0    | lease duration x (1 - drift bound) / (1 + drift bound) > renew deadline is broken
            PT15S    | PT14S   | PT2S     | 0.05 | 15000 ms x (1 - 0.05) / (1 + 0.05) = 13571.428571 ms <= 14000 ms
            PT10S    | PT15S   | PT2S     | 0    | two candidates could lead at once
            PT15S    | PT10S   | PT2S     | 0.2  | 15000 ms x (1 - 0.2) / (1 + 0.2) = 10000 ms <= 10000 ms
            PT15S    | PT10S   | PT2S     | 0.999 | two candidates could lead at once
            """)
    @DisplayName("E13: Refused, with the inequality that is broken")
    void refused(Duration lease, Duration deadline, Duration retry, double drift, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ElectionTiming(lease, deadline, retry, drift))
                .withMessageContaining(message);
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, drift {3}: budget {4}, call {5}")
    @CsvSource({
        "PT15S, PT10S, PT2S, 0, PT5S, PT2S",
        "PT15S, PT14.999999999S, PT2S, 0, PT0.000000001S, PT2S",
        "PT1H, PT10S, PT2S, 0, PT59M50S, PT2S",
        "PT15S, PT10S, PT9.99S, 0, PT5S, PT0.005S",
        "PT15S, PT10S, PT5S, 0, PT5S, PT2.5S",
        "PT15S, PT9S, PT3S, 0, PT6S, PT3S",
        "PT0.040S, PT0.030S, PT0.005S, 0, PT0.010S, PT0.005S",
    })
    @DisplayName("E13: Accepted, with the time the work has to stop, and the longest a call may take")
    void accepted(Duration lease, Duration deadline, Duration retry, double drift, Duration budget, Duration call) {
        ElectionTiming timing = new ElectionTiming(lease, deadline, retry, drift);
        assertThat(timing.stopBudget()).isEqualTo(budget);
        assertThat(timing.callTimeout()).isEqualTo(call);
    }

    @Test
    @DisplayName("E13: The default is 15 s, 10 s, 2 s and 5 %, and leaves more than three seconds to stop")
    void theDefault() {
        ElectionTiming timing = ElectionTiming.DEFAULT;
        assertThat(timing.leaseDuration()).isEqualTo(Duration.ofSeconds(15));
        assertThat(timing.renewDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(timing.retryPeriod()).isEqualTo(Duration.ofSeconds(2));
        assertThat(timing.driftBound()).isEqualTo(0.05);
        assertThat(timing.stopBudget().toNanos()).isCloseTo(3_571_428_571L, Percentage.withPercentage(0.001));
        assertThat(ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2)))
                .isEqualTo(timing);
    }

    @Test
    @DisplayName("E13: Another drift bound is checked as well")
    void anotherDriftBound() {
        assertThat(ElectionTiming.DEFAULT.withDriftBound(0).stopBudget()).isEqualTo(Duration.ofSeconds(5));
        assertThatIllegalArgumentException().isThrownBy(() -> ElectionTiming.DEFAULT.withDriftBound(0.3));
    }

    @Test
    @DisplayName("S11: A lease is rounded up to milliseconds, never down")
    void aLeaseIsRoundedUp() {
        assertThat(new ElectionTiming(
                                Duration.ofNanos(15_000_000_001L), Duration.ofSeconds(10), Duration.ofSeconds(2), 0)
                        .leaseDuration())
                .isEqualTo(Duration.ofMillis(15_001));
    }
}
