package dev.election.tck;

import dev.election.spi.ElectionBackend;
import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test advances it. Elections on it go through hours in milliseconds, and in the same
 * way each time:
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * ElectionBackend backend = time.attach(MemoryBackend.open("example"));
 * Elections elections = Elections.of(backend, time);
 * LeaderElector elector = elections.elector("example").start();
 * time.advance(Duration.ofSeconds(1));
 * assertTrue(elector.isLeader());
 * }</pre>
 *
 * <p>Timers run on the thread that advances. Calls to the backend and callbacks run on threads of their own, as they
 * always do, and take no virtual time: it stands still until they have ended. Code among them that wants virtual time
 * to pass says so by {@link #sleep} or {@link #await}. For the events of a watch to take no virtual time either, the
 * backend is {@linkplain #attach attached}.
 *
 * <p>A {@code LeadershipTask} has a thread of its own that time does not wait for, since nobody knows what it waits
 * for; unless it {@linkplain #enlist() enlists}.
 *
 * <p>All methods may be called from any thread; one thread at a time advances.
 */
public final class VirtualTime implements TimeSource, VirtualSleep {

    static final Instant ORIGIN = Instant.parse("2030-01-01T00:00:00Z");

    /** The monotonic time at which every clock begins; nobody may rely on it being zero. */
    static final long ORIGIN_NANOS = 1_000_000_000L;

    /** Far beyond what a call takes on a busy machine, below the patience of whoever waits for a test. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** More than thousands of elections have to do at one instant; what goes on for longer does so for ever. */
    private static final int MOST_AT_AN_INSTANT = 200_000;

    private static final long STEP_MILLIS = 10;
    private static final long LONGEST_STEP_MILLIS = 1000;

    private record Task(VirtualClock clock, long at, long number, Runnable action) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final OngoingWork work;
    private final EventsUnderWay events = new EventsUnderWay(this);
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(); // guarded by itself
    private final AtomicReference<@Nullable Thread> driver = new AtomicReference<>();
    private final VirtualClock own;
    private long lastNumber; // guarded by the tasks
    private volatile long now;

    /** Time that has not begun to pass. */
    public VirtualTime() {
        this(PATIENCE);
    }

    VirtualTime(Duration patience) {
        this.work = new OngoingWork(patience);
        this.own = new VirtualClock(this, 1, Duration.ZERO);
    }

    // ---- For tests ----

    /**
     * Lets time pass, and runs what falls due, in order, on the caller's thread. Before each step and at the end it
     * waits, in real time, until all work has ended.
     *
     * @throws IllegalStateException when work does not end, saying which; when tasks follow upon each other without end
     *     at one instant; when interrupted
     */
    public void advance(Duration by) {
        pass(now + by.toNanos(), () -> false);
    }

    /** Runs what is due now, and waits until all work has ended. */
    public void settle() {
        advance(Duration.ZERO);
    }

    /**
     * Lets time pass until a condition holds. It is looked at before each step, while all stands still.
     *
     * @return whether the condition held in time
     */
    public boolean advanceUntil(BooleanSupplier condition, Duration atMost) {
        return pass(now + atMost.toNanos(), condition);
    }

    /**
     * Runs on another thread what waits for virtual time to pass, or for elections to end, such as {@link
     * dev.election.LeaderElector#close()}, and lets time pass until it has returned.
     *
     * <p>Nobody knows for what that thread waits; so it advances by steps, which grow from {@value #STEP_MILLIS} ms to
     * {@value #LONGEST_STEP_MILLIS} ms, and leaves the thread a moment of real time after each.
     *
     * @param atMost how much time may pass; after that the thread is still waited for, as work is
     * @throws IllegalStateException when it does not return
     */
    public void advanceWhile(Runnable blocking, Duration atMost) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(blocking, "virtual-time-blocked");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((which, thrown) -> failure.set(thrown));
        long until = now + atMost.toNanos();
        long step = STEP_MILLIS;
        long givenUpAt = System.nanoTime() + work.patience().toNanos(); // it may just be slow
        thread.start();
        try {
            while (thread.isAlive()) {
                settle();
                thread.join(1);
                if (!thread.isAlive()) {
                    break;
                }
                if (now < until) {
                    advance(Duration.ofMillis(step));
                    step = Math.min(2 * step, LONGEST_STEP_MILLIS);
                } else if (System.nanoTime() - givenUpAt >= 0) {
                    throw stillRunning(thread, atMost);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        if (failure.get() != null) {
            throw new IllegalStateException("what blocked has failed", failure.get());
        }
    }

    private static IllegalStateException stillRunning(Thread thread, Duration atMost) {
        IllegalStateException error = new IllegalStateException("still runs after " + atMost + "; it is at:");
        error.setStackTrace(thread.getStackTrace());
        return error;
    }

    /**
     * The clocks of another process.
     *
     * @param rate how fast they run; 1.05 for a clock that gains 5 %
     */
    public VirtualClock clock(double rate) {
        return clock(rate, Duration.ZERO);
    }

    /** The same, with a wall clock that is ahead by so much, or behind. */
    public VirtualClock clock(double rate, Duration wallOffset) {
        return new VirtualClock(this, rate, wallOffset);
    }

    /** Sets the wall clock forward, or back by a negative duration. The monotonic clock does not care. */
    public void jumpWallClock(Duration by) {
        own.jumpWallClock(by);
    }

    /**
     * The same backend, whose events of changes made through attached backends take no virtual time: when a write has
     * been applied, time stands still until the watches that were open have told of it. Without this they come at some
     * real, and so at any virtual, time. All that are attached to one time are views of one store.
     */
    public ElectionBackend attach(ElectionBackend backend) {
        return new AttachedBackend(backend, events);
    }

    // ---- For code that runs while time is advanced ----

    /**
     * Waits, on the caller's thread, until time has passed. For code that runs inside a call to a backend or a callback,
     * or on a thread that {@linkplain #enlist() was enlisted}.
     */
    @Override
    public void sleep(Duration duration) throws InterruptedException {
        own.sleep(duration);
    }

    /**
     * Waits as {@link #sleep} does, but no longer than until a condition holds.
     *
     * @param condition looked at whenever time stands still, on the thread that advances it
     * @return whether the condition held
     */
    public boolean await(BooleanSupplier condition, Duration atMost) throws InterruptedException {
        return own.await(condition, atMost);
    }

    /** From now on time stands still while the calling thread runs, unless it sleeps by this, until it ends. */
    public void enlist() {
        work.enlist();
    }

    // ---- For elections ----

    @Override
    public long nanoTime() {
        return own.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return own.wallTime();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        return own.schedule(delay, task);
    }

    @Override
    public Runnable workBegins() {
        return work.begins("work begun " + text(now));
    }

    Runnable workBegins(String what) {
        return work.begins(what);
    }

    // ---- The timeline ----

    /** Nanoseconds since the beginning. */
    long now() {
        return now;
    }

    Scheduled schedule(VirtualClock clock, long delay, Runnable action) {
        synchronized (tasks) {
            Task task = new Task(clock, now + delay, ++lastNumber, Objects.requireNonNull(action));
            tasks.add(task);
            return () -> {
                synchronized (tasks) {
                    tasks.remove(task);
                }
            };
        }
    }

    boolean await(VirtualClock clock, BooleanSupplier condition, long atMost) throws InterruptedException {
        if (driver.get() == Thread.currentThread()) {
            throw new IllegalStateException("who advances time cannot wait for it to pass");
        }
        OngoingWork.Sleeper sleeper = new OngoingWork.Sleeper(condition);
        Scheduled end = schedule(clock, atMost, () -> work.wake(sleeper, false));
        try {
            return work.sleep(sleeper);
        } finally {
            end.cancel();
        }
    }

    private boolean pass(long until, BooleanSupplier condition) {
        if (!driver.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("time is being advanced by " + driver.get());
        }
        try {
            int atThisInstant = 0;
            while (true) {
                work.awaitStandstill();
                if (condition.getAsBoolean()) {
                    return true;
                }
                Task next = nextDue(until);
                if (next == null) {
                    now = Math.max(now, until);
                    return condition.getAsBoolean();
                }
                atThisInstant = next.at() > now ? 0 : atThisInstant + 1;
                if (atThisInstant > MOST_AT_AN_INSTANT) {
                    throw new IllegalStateException("time does not come on: " + MOST_AT_AN_INSTANT + " tasks have run "
                            + text(now) + ", and there is still one: " + next.action());
                }
                now = Math.max(now, next.at());
                next.action().run();
            }
        } finally {
            driver.set(null);
        }
    }

    private @Nullable Task nextDue(long until) {
        synchronized (tasks) {
            List<Task> ofPaused = new ArrayList<>();
            Task next = tasks.poll();
            while (next != null && next.clock().isPaused()) {
                ofPaused.add(next);
                next = tasks.poll();
            }
            tasks.addAll(ofPaused);
            if (next != null && next.at() > until) {
                tasks.add(next);
                return null;
            }
            return next;
        }
    }

    /** How much time has passed. */
    @Override
    public String toString() {
        return "VirtualTime[" + text(now) + "]";
    }

    private static String text(long nanos) {
        return "at " + nanos / 1e9 + " s";
    }
}
