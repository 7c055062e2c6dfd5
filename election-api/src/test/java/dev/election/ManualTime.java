package dev.election;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Time that stands still until a test moves it; what is due then runs on the test's thread. */
final class ManualTime implements TimeSource {

    private record Task(long at, Runnable action) {}

    private final List<Task> tasks = new ArrayList<>();
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicInteger standstills = new AtomicInteger();
    private volatile long nanos = 1_000_000_000L;
    private volatile Instant wall = Instant.parse("2030-01-01T00:00:00Z");

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant wallTime() {
        return wall;
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable action) {
        Task task = new Task(nanos + Math.max(0, delay.toNanos()), action);
        synchronized (tasks) {
            tasks.add(task);
        }
        return () -> {
            synchronized (tasks) {
                tasks.remove(task);
            }
        };
    }

    @Override
    public Runnable workBegins() {
        work.incrementAndGet();
        return () -> {
            if (work.decrementAndGet() == 0) {
                standstills.incrementAndGet();
            }
        };
    }

    /** How much work has begun and not ended. */
    int work() {
        return work.get();
    }

    /** How often all work had ended. */
    int standstills() {
        return standstills.get();
    }

    /** Moves both clocks, and runs nothing: the thread of the timers hangs. */
    void passWithoutTimers(Duration by) {
        move(nanos + by.toNanos());
    }

    /** Moves both clocks, and runs what falls due, in order. */
    void advance(Duration by) {
        long until = nanos + by.toNanos();
        while (true) {
            Task next;
            synchronized (tasks) {
                next = firstUntil(until);
                tasks.remove(next);
            }
            if (next == null) {
                move(until);
                return;
            }
            move(Math.max(nanos, next.at()));
            next.action().run();
        }
    }

    /** A plain loop, because a model checker walks through it step by step. */
    private Task firstUntil(long until) {
        Task first = null;
        for (Task task : tasks) {
            if (task.at() <= until && (first == null || task.at() < first.at())) {
                first = task;
            }
        }
        return first;
    }

    /** Runs what is due now. */
    void run() {
        advance(Duration.ZERO);
    }

    void jumpWall(Duration by) {
        wall = wall.plus(by);
    }

    private void move(long to) {
        wall = wall.plusNanos(to - nanos);
        nanos = to;
    }
}
