package dev.election;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether an election can do its work, as far as one process knows.
 *
 * @param problem what is wrong, for people; empty when all is well
 * @param since wall-clock time at which this became so
 */
public record ElectionHealth(Optional<String> problem, Instant since) {

    /** Whether all is well. */
    public boolean isHealthy() {
        return problem.isEmpty();
    }
}
