package dev.election;

import static dev.election.Race.require;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A term as its readers, its loop and the clock race for it. */
class LeadershipInterleavings {

    private static final long DEADLINE = 10;

    /** A clock that one thread sets while others read it. */
    private static final class Clock implements TimeSource {

        private volatile long nanos;

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public Instant wallTime() {
            return Instant.EPOCH;
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            throw new UnsupportedOperationException("a term sets no timers");
        }
    }

    /** What races: each reader answers as if all operations came one after the other. */
    public static class Term {

        private final Clock clock = new Clock();
        private final AtomicInteger foundExpired = new AtomicInteger();
        private final Leadership term = new Leadership(
                1, 1, Moment.of(clock), Duration.ofNanos(DEADLINE), clock, foundExpired::incrementAndGet);

        public Term() {
            Race.begins();
        }

        @Operation
        public boolean isValid() {
            return term.isValid();
        }

        @Operation(nonParallelGroup = "timer")
        public void timePasses() {
            clock.nanos += DEADLINE / 2;
        }

        @Operation(nonParallelGroup = "timer")
        public void extend() {
            term.extend(new Moment(clock.nanos, Instant.EPOCH));
        }

        @Operation
        public void end() {
            term.end();
        }

        @Validate
        public void foundExpiredOnce() {
            require(foundExpired.get() <= 1, "its end was found " + foundExpired + " times");
            require(foundExpired.get() == 0 || !term.isValid(), "it is valid, though found expired");
        }
    }

    @Test
    @DisplayName("E1, E2: A term that anybody read as over is over for ever, though a renewal comes at that moment")
    void aTerm() {
        Race.run(Race.linearizable(3, 3), 20, Term.class);
    }
}
