package dev.election;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clocks of this machine, and a timer of one daemon thread. */
final class SystemTime implements TimeSource, AutoCloseable {

    private final long origin = System.nanoTime();
    private final ScheduledThreadPoolExecutor timer;

    SystemTime(String threadName) {
        timer = new ScheduledThreadPoolExecutor(1, Threads.daemons(threadName), new ThreadPoolExecutor.DiscardPolicy());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime() - origin;
    }

    @Override
    public Instant wallTime() {
        return Instant.now();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        ScheduledFuture<?> scheduled = timer.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    /** Tasks that have not begun never run. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
