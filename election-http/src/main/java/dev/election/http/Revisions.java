package dev.election.http;

import java.time.Clock;

/**
 * Numbers for what changes, each greater than all before it, also than those of an earlier process unless its wall clock
 * was ahead; below 2^53, so that JavaScript can hold them.
 */
final class Revisions {

    private static final int PER_MILLI = 1000;

    private final Clock clock;
    private final long first;
    private long last;

    Revisions(Clock clock) {
        this.clock = clock;
        this.last = clock.millis() * PER_MILLI;
        this.first = last + 1;
    }

    long next() {
        last = Math.max(last + 1, clock.millis() * PER_MILLI);
        return last;
    }

    /** Whether this process gave the number out, as far as can be told. */
    boolean isOurs(long revision) {
        return revision >= first && revision <= last;
    }
}
