package dev.election.zookeeper;

import java.time.Duration;

/** A moment on the monotonic clock, after which nothing is handed to the network (rule S6). */
record Deadline(long nanoTime) {

    static Deadline in(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /** What is left; negative once it has passed. */
    Duration remaining() {
        return Duration.ofNanos(nanoTime - System.nanoTime());
    }

    boolean hasPassed() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
