package dev.election.http.exec;

import java.time.Duration;

/**
 * Until when a command may run if nothing more is heard from us: instants of {@link Uptime}, so that a pause between
 * finding them out and telling them makes nothing longer.
 *
 * @param validUntil when the term ends if no further renewal is acknowledged; nothing is started from then on
 * @param termAt when a guardian sends {@code SIGTERM}: a little later, since we ourselves do it first if we can
 * @param killAt when it sends {@code SIGKILL}
 */
record StopTimes(long validUntil, long termAt, long killAt) {

    /** Below this there is no time for both. */
    static final Duration LEAST_BUDGET = Duration.ofMillis(400);

    /** How long the guardian leaves the {@code SIGTERM} to us. */
    private static final Duration OURS_FIRST = Duration.ofMillis(200);

    /** What it takes to find and end a tree of processes on a busy machine. */
    private static final Duration ENDING = Duration.ofMillis(500);

    /** What a renewal moves is more than what rounding does: times were cut down to hundredths twice. */
    private static final long ROUNDING = 2;

    /**
     * The times of a term. Of the time that the work has to stop, a quarter is left for the ending itself; at least half a
     * second, where that is no more than half of it.
     *
     * @param now read before {@code remaining}: what passes in between makes the sum too early, never too late
     * @param remaining of the term; positive, since nothing is told of a term that is over
     */
    static StopTimes of(long now, Duration remaining, Duration stopBudget) {
        long validUntil = now + hundredths(remaining);
        Duration lag = least(OURS_FIRST, stopBudget.dividedBy(8));
        Duration ending = least(ENDING, stopBudget.dividedBy(2));
        if (ending.compareTo(stopBudget.dividedBy(4)) < 0) {
            ending = stopBudget.dividedBy(4);
        }
        return new StopTimes(
                validUntil, validUntil + hundredths(lag), validUntil + hundredths(stopBudget.minus(ending)));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /**
     * Times for stopping now: the command was told already, so a guardian only kills, after this grace, and not later
     * than before.
     */
    StopTimes stopping(long now, Duration grace) {
        long end = Math.min(killAt, now + hundredths(grace));
        return new StopTimes(Math.min(validUntil, now), end, end);
    }

    /** Whether a renewal was acknowledged between those and these. */
    boolean isLaterThan(StopTimes before) {
        return killAt > before.killAt + ROUNDING;
    }

    /**
     * How long to wait before looking for a renewal again: the more often the less is left, so that the guardian knows
     * of each in time, and some twenty times in the life of a renewal.
     */
    static Duration untilNextLook(Duration remaining) {
        long millis = remaining.toMillis() / 10;
        return Duration.ofMillis(Math.max(10, Math.min(1000, millis)));
    }

    static long hundredths(Duration duration) {
        return duration.toMillis() / 10;
    }
}
