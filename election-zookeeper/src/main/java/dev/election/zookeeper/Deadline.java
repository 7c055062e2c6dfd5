package dev.election.zookeeper;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment on the monotonic clock, after which nothing is handed to the network (rule S6). */
record Deadline(long nanoTime) {

    static Deadline in(Duration timeout) {
        // Saturates, and a sum that overflows is still as far ahead: only differences count.
        return new Deadline(System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout));
    }

    /** What is left; negative once it has passed. */
    Duration remaining() {
        return Duration.ofNanos(nanoTime - System.nanoTime());
    }

    boolean hasPassed() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
