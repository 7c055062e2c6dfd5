package dev.election;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs short blocking jobs on a few shared threads, and on more while jobs hang, so that a store that does not answer
 * for some elections holds up none of the others.
 *
 * <p>Up to {@code core} threads start when there is work for them. Beyond that, while jobs wait, the number of threads
 * doubles whenever no job came to its end for {@value #STUCK_MILLIS} ms, or the oldest has waited for
 * {@value #PATIENCE_MILLIS} ms. There is no upper bound of its own: an election has no more than three calls on their
 * way. Threads without work end after a second.
 */
final class ElasticPool implements Executor, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ElasticPool.class);

    /** Far above what a job takes that does not hang, far below the shortest call timeout in use. */
    private static final long STUCK_MILLIS = 10;

    private static final long PATIENCE_MILLIS = 100;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What is to be run; {@code ended} tells the time source that it has been, or never will be. */
    private static final class Job {

        private final Runnable task;
        private final long queuedAt;
        private @Nullable Runnable ended;

        Job(Runnable task, long queuedAt) {
            this.task = task;
            this.queuedAt = queuedAt;
        }
    }

    private final int core;
    private final TimeSource time;
    private final ThreadFactory factory;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Queue<Job> queue = new ArrayDeque<>();
    private final Queue<Job> behind = new ArrayDeque<>();
    private final Set<Thread> threads = new HashSet<>();
    private int idle;

    /** Threads that were started and have not come to take a job yet: on a busy machine that takes its time. */
    private int coming;

    private long progressAt;
    private boolean watched;
    private boolean closed;

    ElasticPool(String name, int core, TimeSource time) {
        this.core = core;
        this.time = time;
        this.factory = Threads.daemons(name);
    }

    @Override
    public void execute(Runnable task) {
        add(task, queue);
    }

    /** Runs a task when no other waits: one that will probably hang, as the last of its kind still does. */
    void executeBehind(Runnable task) {
        add(task, behind);
    }

    private void add(Runnable task, Queue<Job> lane) {
        lock.lock();
        try {
            if (closed) {
                throw new RejectedExecutionException("closed");
            }
            Job job = new Job(task, time.nanoTime());
            lane.add(job);
            if (idle >= waiting()) {
                job.ended = time.workBegins();
                work.signal();
            } else if (threads.size() < core && addThread()) {
                return;
            } else if (!watched) {
                watched = true;
                progressAt = time.nanoTime();
                time.schedule(Duration.ofMillis(STUCK_MILLIS), this::relieve);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds threads if jobs wait and none comes to its end. Runs on the timer's thread. */
    private void relieve() {
        lock.lock();
        try {
            watched = waiting() > 0 && !closed;
            if (!watched) {
                return;
            }
            long now = time.nanoTime();
            boolean stuck = now - progressAt >= TimeUnit.MILLISECONDS.toNanos(STUCK_MILLIS);
            boolean late = isLate(queue.peek(), now) || isLate(behind.peek(), now);
            if (stuck || late) {
                int more = Math.min(waiting() - idle - coming, Math.max(1, threads.size()));
                while (more > 0 && addThread()) {
                    more--;
                }
            }
            time.schedule(Duration.ofMillis(STUCK_MILLIS), this::relieve);
        } finally {
            lock.unlock();
        }
    }

    private int waiting() {
        return queue.size() + behind.size();
    }

    private static boolean isLate(@Nullable Job oldest, long now) {
        return oldest != null && now - oldest.queuedAt >= TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    }

    /** Answers false when the system gives no more threads: the job then waits for one that there is. */
    private boolean addThread() {
        Runnable started = time.workBegins();
        Thread thread = factory.newThread(() -> run(started));
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            started.run();
            log.warn("the system gives no more threads; {} run", threads.size(), e);
            return false;
        }
        threads.add(thread);
        coming++;
        return true;
    }

    /** @param started to be run when the thread has come to its first job, or found none */
    private void run(Runnable started) {
        try {
            for (Job job = first(started); job != null; job = next(Objects.requireNonNull(job.ended))) {
                try {
                    job.task.run();
                } catch (Throwable e) { // a job that fails must not take a thread with it
                    log.error("a job failed", e);
                }
            }
        } finally {
            lock.lock();
            threads.remove(Thread.currentThread());
            lock.unlock();
        }
    }

    private @Nullable Job first(Runnable started) {
        lock.lock();
        try {
            coming--;
            return next(started);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next job, or null when this thread is to end.
     *
     * @param ended tells that the last one has ended; run after the next one has begun, so that virtual time does not
     *     pass between them
     */
    private @Nullable Job next(Runnable ended) {
        lock.lock();
        try {
            progressAt = time.nanoTime();
            Job waiting = poll();
            if (waiting != null) {
                return waiting;
            }
            ended.run();
            ended = () -> {};
            long patience = IDLE_NANOS;
            idle++;
            while (waiting() == 0 && !closed && patience > 0) {
                try {
                    patience = work.awaitNanos(patience);
                } catch (InterruptedException e) {
                    // Meant for the last job, or for all by close(). To end here would strand a job that counts on us.
                }
            }
            idle--;
            return poll();
        } finally {
            lock.unlock();
            ended.run();
        }
    }

    private @Nullable Job poll() {
        Thread.interrupted(); // as above
        Job job = queue.isEmpty() ? behind.poll() : queue.poll();
        if (job != null && job.ended == null) {
            job.ended = time.workBegins();
        }
        return job;
    }

    /** Interrupts what runs and drops what waits; does not wait. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            drop(queue);
            drop(behind);
            work.signalAll();
            threads.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
    }

    private static void drop(Queue<Job> jobs) {
        for (Job job = jobs.poll(); job != null; job = jobs.poll()) {
            if (job.ended != null) {
                job.ended.run();
            }
        }
    }

    /** Waits, after {@link #close}, until all threads have ended; answers whether they have. */
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Set<Thread> running;
        lock.lock();
        try {
            running = new HashSet<>(threads);
        } finally {
            lock.unlock();
        }
        running.remove(Thread.currentThread());
        for (Thread thread : running) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                break;
            }
            thread.join(left);
        }
        return running.stream().noneMatch(Thread::isAlive);
    }
}
