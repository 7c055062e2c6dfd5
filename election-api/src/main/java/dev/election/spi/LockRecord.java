package dev.election.spi;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * The one record that an election keeps in its store: who holds the lock, and since when.
 *
 * <p>Values are canonical: the instants are cut to microseconds and the lease is rounded <em>up</em> to
 * milliseconds, so that a record equals itself after a trip through any store. A store that keeps less than that
 * says so in {@link ElectionBackend#asStored}. Immutable, and equal by all of its fields.
 *
 * @param holder who holds the lock, as on the wire ({@code <identity>_<incarnation>} when written by this library);
 *     empty when the lock is free
 * @param leaseDuration how long others wait, from when they first saw this record, before they may take it over. Not
 *     negative; zero means that the store holds no usable duration
 * @param acquired wall-clock time at which the holder acquired the lock. For people; decides nothing
 * @param renewed wall-clock time of the last renewal. For people, and for client-go, which takes a move of this time
 *     as a sign of life
 * @param transitions how often the lock changed hands, as counted by client-go; at least 0. Not a fencing token: it
 *     restarts when the record is deleted
 * @param fencingToken the token of the holder's term if {@code attempt} is present, else a floor below which no token
 *     may be given out (rule E6); at least 0
 * @param attempt names the very write that produced this record, unique for ever; empty when the record was last
 *     written by another implementation, or its holder changed without us
 */
public record LockRecord(
        String holder,
        Duration leaseDuration,
        Instant acquired,
        Instant renewed,
        int transitions,
        long fencingToken,
        String attempt) {

    public LockRecord {
        Objects.requireNonNull(holder, "holder");
        Objects.requireNonNull(attempt, "attempt");
        if (leaseDuration.isNegative()) {
            throw new IllegalArgumentException("leaseDuration must not be negative: " + leaseDuration);
        }
        if (transitions < 0) {
            throw new IllegalArgumentException("transitions must not be negative: " + transitions);
        }
        if (fencingToken < 0) {
            throw new IllegalArgumentException("fencingToken must not be negative: " + fencingToken);
        }
        leaseDuration = Durations.roundUp(leaseDuration, Duration.ofMillis(1));
        acquired = acquired.truncatedTo(ChronoUnit.MICROS);
        renewed = renewed.truncatedTo(ChronoUnit.MICROS);
    }

    /** The holder as people know it: without the incarnation that this library appends to its own. */
    public String identity() {
        int underscore = isOurs() ? holder.lastIndexOf('_') : -1;
        return underscore > 0 ? holder.substring(0, underscore) : holder;
    }

    /** Whether nobody holds the lock. */
    public boolean isFree() {
        return holder.isEmpty();
    }

    /**
     * Whether this very state was written by this library, so that {@link #fencingToken} is the token of its term and
     * {@link #attempt} names the write.
     */
    public boolean isOurs() {
        return !attempt.isEmpty();
    }
}
