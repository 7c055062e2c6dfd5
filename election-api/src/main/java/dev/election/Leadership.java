package dev.election;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One term of leadership. Once it reads invalid it is over for ever (rule E1).
 *
 * <p>Thread-safe. Every method looks at the clock on the caller's thread, so a process that was stopped or slept reads
 * {@code false} at once when it goes on, before any timer of its own could fire (rule E2).
 */
public final class Leadership {

    private final long term;
    private final long fencingToken;
    private final long deadlineNanos;
    private final TimeSource time;
    private final Runnable onFoundExpired;

    /** The sending of the last write that was acknowledged; null once the term is over. */
    private final AtomicReference<@Nullable Moment> validFrom;

    Leadership(
            long term,
            long fencingToken,
            Moment sent,
            Duration renewDeadline,
            TimeSource time,
            Runnable onFoundExpired) {
        this.term = term;
        this.fencingToken = fencingToken;
        this.deadlineNanos = renewDeadline.toNanos();
        this.time = time;
        this.onFoundExpired = onFoundExpired;
        this.validFrom = new AtomicReference<>(sent);
    }

    /**
     * A number greater than that of every earlier term of this election. Hand it to the resource that the work writes
     * to, and let the resource refuse numbers smaller than the greatest it has seen: that holds even where clocks do
     * not. Positive.
     */
    public long fencingToken() {
        return fencingToken;
    }

    /** Whether this term still lasts. What follows the answer may come later than its end; see {@link #remaining}. */
    public boolean isValid() {
        return remainingNanos() > 0;
    }

    /**
     * How long this term lasts if no further renewal is acknowledged; zero when it is over. After the end,
     * {@link ElectionTiming#stopBudget()} is left for the work to stop before another candidate can lead.
     */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    private long remainingNanos() {
        while (true) {
            Moment from = validFrom.get();
            if (from == null) {
                return 0;
            }
            long left = deadlineNanos - Moment.of(time).leaderElapsedSince(from);
            if (left > 0) {
                return left;
            }
            // Latched, so that a wall clock that is set back revives nothing; unless a renewal was just acknowledged.
            if (validFrom.compareAndSet(from, null)) {
                onFoundExpired.run();
                return 0;
            }
        }
    }

    long term() {
        return term;
    }

    /** Counts the validity from a later sending. Does nothing when the term is over. */
    void extend(Moment sent) {
        Moment from = validFrom.get();
        while (from != null && !validFrom.compareAndSet(from, sent)) {
            from = validFrom.get();
        }
    }

    void end() {
        validFrom.set(null);
    }

    @Override
    public String toString() {
        return "Leadership[fencingToken=" + fencingToken + ", remaining=" + remaining() + "]";
    }
}
