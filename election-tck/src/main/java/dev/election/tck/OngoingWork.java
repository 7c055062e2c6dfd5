package dev.election.tck;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * What takes real time while virtual time stands still: work that was begun and has not ended, less what of it sleeps
 * in virtual time.
 */
final class OngoingWork {

    /** Enough to tell what hangs, and not a page for each thread. */
    private static final int FRAMES = 25;

    /** A thread that waits for virtual time to pass. It counts as working again from the instant it is woken. */
    static final class Sleeper {

        private final Thread thread = Thread.currentThread();
        private final BooleanSupplier condition;
        private boolean woken; // guarded by the work
        private boolean satisfied; // likewise

        Sleeper(BooleanSupplier condition) {
            this.condition = condition;
        }
    }

    private final Duration patience;
    private final Map<Object, String> begun = new LinkedHashMap<>();
    private final Set<Thread> enlisted = new HashSet<>();
    private final Set<Sleeper> sleepers = new HashSet<>();

    /** @param patience how long, in real time, work may take before it is taken to hang */
    OngoingWork(Duration patience) {
        this.patience = patience;
    }

    Duration patience() {
        return patience;
    }

    /** Work begins; what is returned ends it, once. */
    synchronized Runnable begins(String what) {
        Object work = new Object();
        begun.put(work, what);
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                ends(work);
            }
        };
    }

    private synchronized void ends(Object work) {
        begun.remove(work);
        notifyAll();
    }

    /** The calling thread works until it ends. */
    synchronized void enlist() {
        enlisted.add(Thread.currentThread());
    }

    /** Waits until {@link #wake}; answers whether that was for the sake of its condition. */
    boolean sleep(Sleeper sleeper) throws InterruptedException {
        synchronized (this) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (sleepers.size() >= begun.size() + enlisted.size()) {
                throw new IllegalStateException("only work can wait for virtual time to pass: a call to a backend,"
                        + " a callback, or a thread that called enlist()");
            }
            sleepers.add(sleeper);
            notifyAll();
        }
        while (true) {
            // It leaves the thread's interrupt flag alone, by which others see that this one no longer sleeps.
            LockSupport.park(this);
            synchronized (this) {
                if (sleeper.woken) {
                    return sleeper.satisfied;
                }
                if (sleeper.thread.isInterrupted()) {
                    sleepers.remove(sleeper);
                    Thread.interrupted();
                    notifyAll();
                    throw new InterruptedException();
                }
            }
        }
    }

    synchronized void wake(Sleeper sleeper, boolean satisfied) {
        if (sleepers.remove(sleeper)) {
            sleeper.woken = true;
            sleeper.satisfied = satisfied;
            LockSupport.unpark(sleeper.thread);
        }
    }

    /** Waits until all work has ended or sleeps, and no sleeper's condition holds. */
    void awaitStandstill() {
        do {
            awaitEnds();
        } while (wakeSatisfied());
    }

    private boolean wakeSatisfied() {
        List<Sleeper> waiting;
        synchronized (this) {
            if (sleepers.isEmpty()) {
                return false;
            }
            waiting = List.copyOf(sleepers);
        }
        boolean any = false;
        for (Sleeper sleeper : waiting) {
            if (sleeper.condition.getAsBoolean()) { // foreign code, so without the lock
                wake(sleeper, true);
                any = true;
            }
        }
        return any;
    }

    private synchronized void awaitEnds() {
        long deadline = System.nanoTime() + patience.toNanos();
        while (isGoingOn()) {
            if (System.nanoTime() - deadline >= 0) {
                throw new IllegalStateException(describe());
            }
            try {
                wait(enlisted.isEmpty() ? 100 : 1); // nobody notifies of the end of a thread
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while virtual time was advanced", e);
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("interrupted while virtual time was advanced");
        }
    }

    private boolean isGoingOn() {
        enlisted.removeIf(thread -> !thread.isAlive());
        return begun.size() + enlisted.size() > sleepers.size()
                || sleepers.stream().anyMatch(sleeper -> sleeper.thread.isInterrupted());
    }

    private String describe() {
        Set<Thread> asleep =
                sleepers.stream().map(sleeper -> sleeper.thread).collect(Collectors.toCollection(HashSet::new));
        StringBuilder text = new StringBuilder("virtual time stands still, because work has not ended for " + patience
                + " of real time. Code that waits inside a call to a backend or a callback has to do so by"
                + " VirtualTime.sleep or await. Of this work, " + sleepers.size() + " sleep in virtual time:");
        new ArrayList<>(begun.values()).forEach(what -> text.append("\n  ").append(what));
        enlisted.forEach(thread -> text.append("\n  ").append(thread.getName()));
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            if (!asleep.contains(thread) && thread != Thread.currentThread() && isOfElections(frames)) {
                text.append("\n").append(thread.getName());
                for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
                    text.append("\n    at ").append(frames[i]);
                }
            }
        });
        return text.toString();
    }

    /** Whether a thread runs a job of a pool, rather than waiting for one. */
    private static boolean isOfElections(StackTraceElement[] frames) {
        boolean runs = false;
        for (StackTraceElement frame : frames) {
            boolean ofPool = frame.getClassName().equals("dev.election.ElasticPool");
            if (ofPool && frame.getMethodName().equals("next")) {
                return false;
            }
            runs |= frame.getClassName().startsWith("dev.election.");
        }
        return runs;
    }
}
