package dev.election.etcd;

import java.time.Duration;

/** A moment on the monotonic clock, after which nothing is handed to the network (rule S6). */
record Deadline(long nanoTime) {

    static Deadline in(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /** What is left, in nanoseconds; zero or negative once it has passed. */
    long remainingNanos() {
        return nanoTime - System.nanoTime();
    }
}
