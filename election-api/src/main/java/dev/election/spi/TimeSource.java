package dev.election.spi;

import java.time.Duration;
import java.time.Instant;

/**
 * The one seam for time: a monotonic clock for decisions, a wall clock for people, and a timer. Replaced by a virtual
 * one in tests; nothing in the core reads a clock of its own.
 *
 * <p>Both clocks may be read from any thread.
 */
public interface TimeSource {

    /** A task that was scheduled. */
    interface Scheduled {
        /** Keeps the task from running if it has not begun. */
        void cancel();
    }

    /** Monotonic nanoseconds since an arbitrary origin, such as the opening of this source; never negative. */
    long nanoTime();

    /** Wall-clock time. */
    Instant wallTime();

    /**
     * Runs a task after a delay, on the timer's one thread: tasks never run at the same time, and those due at the
     * same instant run in the order in which they were scheduled. Returns at once; may be called from any thread.
     *
     * @param delay how long to wait; zero or less to run as soon as possible
     * @param task short, never blocks, never throws
     */
    Scheduled schedule(Duration delay, Runnable task);

    /**
     * Tells that work begins which takes real time, such as a call to a store: virtual time stands still until it has
     * ended. Real time does not ask, and this does nothing.
     *
     * @return to be run once when the work has ended
     */
    default Runnable workBegins() {
        return () -> {};
    }
}
