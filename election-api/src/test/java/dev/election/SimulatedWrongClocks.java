package dev.election;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Clocks with one thing wrong; see {@link SimulationBug}. */
final class SimulatedWrongClocks {

    private SimulatedWrongClocks() {}

    /** A clock with one thing wrong. */
    abstract static class Clock implements TimeSource {

        private final TimeSource right;

        Clock(TimeSource right) {
            this.right = right;
        }

        @Override
        public long nanoTime() {
            return right.nanoTime();
        }

        @Override
        public Instant wallTime() {
            return right.wallTime();
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            return right.schedule(delay, task);
        }
    }

    /** Its timer waits for somebody. */
    static final class BlockingClock extends Clock {

        private final List<Runnable> waiting = new ArrayList<>();
        private boolean blocked;

        BlockingClock(TimeSource right) {
            super(right);
        }

        void block() {
            blocked = true;
        }

        void unblock() {
            blocked = false;
            List<Runnable> tasks = List.copyOf(waiting);
            waiting.clear();
            tasks.forEach(Runnable::run);
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            boolean[] cancelled = new boolean[1];
            Runnable unlessCancelled = () -> {
                if (!cancelled[0]) {
                    task.run();
                }
            };
            super.schedule(delay, () -> {
                if (blocked) {
                    waiting.add(unlessCancelled);
                } else {
                    unlessCancelled.run();
                }
            });
            return () -> cancelled[0] = true;
        }
    }
}
