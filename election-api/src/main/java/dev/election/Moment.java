package dev.election;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * One reading of both clocks.
 *
 * @param nanos monotonic nanoseconds, for decisions
 * @param wall wall-clock time, for people, and as a leader's second opinion
 */
record Moment(long nanos, Instant wall) {

    static Moment of(TimeSource time) {
        return new Moment(time.nanoTime(), time.wallTime());
    }

    /**
     * Nanoseconds since an earlier moment as a leader counts them: the larger of monotonic and wall time (rule E2),
     * because the monotonic clock stands still while some machines sleep. Never negative.
     */
    long leaderElapsedSince(Moment earlier) {
        return Math.max(nanos - earlier.nanos, wallNanosBetween(earlier.wall, wall));
    }

    private static long wallNanosBetween(Instant from, Instant to) {
        Duration elapsed = Duration.between(from, to);
        // A clock that was set by centuries still gives an answer: very long.
        return elapsed.toDays() > 36_500 ? Long.MAX_VALUE : elapsed.isNegative() ? 0 : elapsed.toNanos();
    }
}
