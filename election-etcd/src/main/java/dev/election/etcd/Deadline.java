package dev.election.etcd;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment on the monotonic clock, after which nothing is handed to the network (rule S6). */
record Deadline(long nanoTime) {

    static Deadline in(Duration timeout) {
        // Saturates, and a sum that overflows is still as far ahead: only differences count.
        return new Deadline(System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout));
    }

    /** What is left, in nanoseconds; zero or negative once it has passed. */
    long remainingNanos() {
        return nanoTime - System.nanoTime();
    }
}
