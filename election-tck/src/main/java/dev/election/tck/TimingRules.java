package dev.election.tck;

import static dev.election.tck.Rule.E13;

import dev.election.ElectionTiming;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule E13. */
abstract class TimingRules {

    @Test
    @Proves(E13)
    @DisplayName("times by which two could lead at once are refused, with the inequality that is broken")
    void unsafeTimesAreRefused() {
        IllegalArgumentException refusal = Assertions.assertThrows(
                IllegalArgumentException.class, () -> timing(11, 10, 2, 0.05), "a lease that leaves no time to stop");
        for (String part : new String[] {"lease duration", "drift bound", "renew deadline", "11000 ms", "10000 ms"}) {
            Assertions.assertTrue(
                    refusal.getMessage().contains(part),
                    () -> "the refusal names " + part + ": " + refusal.getMessage());
        }
        Assertions.assertThrows(
                IllegalArgumentException.class, () -> timing(15, 10, 10, 0.05), "no time to try a renewal again");
        Assertions.assertThrows(
                IllegalArgumentException.class, () -> timing(15, 10, 2, 0.3), "more drift than the times allow for");
    }

    @Test
    @Proves(E13)
    @DisplayName("the time that the work has to stop is shown, and positive")
    void theTimeToStopIsShown() {
        Assertions.assertEquals(Duration.ofSeconds(5), timing(15, 10, 2, 0).stopBudget());
        Assertions.assertTrue(ElectionTiming.DEFAULT.stopBudget().compareTo(Duration.ofSeconds(3)) > 0);
        Assertions.assertTrue(timing(12, 10, 2, 0.05).stopBudget().compareTo(Duration.ZERO) > 0);
    }

    private static ElectionTiming timing(int lease, int deadline, int retry, double drift) {
        return new ElectionTiming(
                Duration.ofSeconds(lease), Duration.ofSeconds(deadline), Duration.ofSeconds(retry), drift);
    }
}
