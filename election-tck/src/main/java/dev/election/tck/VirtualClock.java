package dev.election.tck;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * The clocks and the timer of one process in {@link VirtualTime}: they may run faster or slower than those of others,
 * and the process may be paused. Made by {@link VirtualTime#clock(double)}. Thread-safe.
 */
public final class VirtualClock implements TimeSource, VirtualSleep {

    private final VirtualTime time;
    private final double rate;
    private final long bornAt;
    private final AtomicReference<Duration> wallOffset;
    private volatile boolean paused;

    VirtualClock(VirtualTime time, double rate, Duration wallOffset) {
        if (!(rate > 0 && rate <= 1000)) {
            throw new IllegalArgumentException("a clock's rate must be positive and at most 1000: " + rate);
        }
        this.time = time;
        this.rate = rate;
        this.bornAt = time.now();
        this.wallOffset = new AtomicReference<>(wallOffset);
    }

    @Override
    public long nanoTime() {
        return VirtualTime.ORIGIN_NANOS + elapsed();
    }

    @Override
    public Instant wallTime() {
        return VirtualTime.ORIGIN.plusNanos(bornAt + elapsed()).plus(wallOffset.get());
    }

    /** Exact for some three months, the range in which a {@code double} holds every nanosecond. */
    private long elapsed() {
        return (long) ((time.now() - bornAt) * rate);
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        return time.schedule(this, inTimeline(delay), task);
    }

    @Override
    public Runnable workBegins() {
        return time.workBegins();
    }

    /**
     * Waits, on the caller's thread, until this clock has gone on. For code that runs inside a call to a backend or a
     * callback, or on a thread that {@linkplain VirtualTime#enlist() was enlisted}: virtual time passes meanwhile.
     */
    @Override
    public void sleep(Duration duration) throws InterruptedException {
        await(() -> false, duration);
    }

    /**
     * Waits as {@link #sleep} does, but no longer than until a condition holds.
     *
     * @param condition looked at whenever time stands still, on the thread that advances it
     * @return whether the condition held
     */
    public boolean await(BooleanSupplier condition, Duration atMost) throws InterruptedException {
        return time.await(this, condition, inTimeline(atMost));
    }

    /** Sets the wall clock forward, or back by a negative duration. The monotonic clock does not care. */
    public void jumpWallClock(Duration by) {
        wallOffset.updateAndGet(offset -> offset.plus(by));
    }

    /**
     * Stops the process of this clock, as SIGSTOP does: its timers do not fire, while its clocks go on. What was going
     * to fire does so late, after {@link #resume()}.
     */
    public void pause() {
        paused = true;
    }

    /** Lets the process of this clock go on. */
    public void resume() {
        paused = false;
    }

    boolean isPaused() {
        return paused;
    }

    /** Nanoseconds of the timeline until this clock has gone on by as much; rounded up, or a timer would be early. */
    private long inTimeline(Duration delay) {
        return delay.isNegative() || delay.isZero() ? 0 : (long) Math.ceil(delay.toNanos() / rate);
    }
}
