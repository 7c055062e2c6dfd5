package dev.election.spi;

import java.time.Duration;

/** Arithmetic that {@link Duration} lacks. */
public final class Durations {

    private Durations() {}

    /**
     * Rounds a duration up to a whole multiple of a unit, because a lease is never written shorter than it is (rule
     * S11).
     *
     * @param duration what to round; not negative
     * @param unit the positive unit, such as one second
     */
    public static Duration roundUp(Duration duration, Duration unit) {
        long whole = duration.dividedBy(unit);
        Duration floor = unit.multipliedBy(whole);
        return floor.equals(duration) ? floor : floor.plus(unit);
    }
}
