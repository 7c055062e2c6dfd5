package dev.election.tck.stress;

import dev.election.ElectionTiming;
import dev.election.EndReason;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import dev.election.LeadershipTask;
import dev.election.tck.OneLeaderCheck;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An application that checks what it is told, and that throws, hangs, gives up and closes as it likes. */
final class StressCandidate implements LeadershipListener, LeadershipTask {

    private final String name;
    private final StressProcess process;
    private final Consumer<String> broken;
    private final StressFigures figures;
    private final SplittableRandom random;
    private final AtomicBoolean inside = new AtomicBoolean();
    private @Nullable Leadership started; // guarded by this
    private @Nullable Leadership working; // guarded by this
    private volatile @Nullable LeaderElector elector;
    private volatile boolean sawALeader;

    /** @param broken is told what was wrong */
    StressCandidate(String name, StressProcess process, Consumer<String> broken, StressFigures figures, long seed) {
        this.name = name;
        this.process = process;
        this.broken = broken;
        this.figures = figures;
        this.random = new SplittableRandom(seed);
    }

    /** Begins to contend. */
    void start(String election, ElectionTiming timing, OneLeaderCheck check) {
        LeaderElector built = process.elections
                .elector(election)
                .identity(name.substring(0, 1)) // which several have
                .timing(timing)
                .listener(check.listener(name, this))
                .task(this)
                .build();
        elector = built;
        check.observe(name, built);
        built.start();
    }

    StressProcess process() {
        return process;
    }

    LeaderElector elector() {
        LeaderElector known = elector;
        if (known == null) {
            throw new IllegalStateException("not built");
        }
        return known;
    }

    // ---- What is done to it ----

    CompletableFuture<Boolean> resign() {
        Leadership before = elector().leadership().orElse(null);
        CompletableFuture<Boolean> done = elector().resign();
        require(before == null || !before.isValid(), "its term is valid after it resigned");
        return done.thenApply(released -> {
            require(!released || before == null || !works(before), "gave the lock back, and its work goes on");
            return released;
        });
    }

    /** Waits, for it is not called by user code. */
    void close() throws InterruptedException {
        elector().close();
        require(!elector().isLeader(), "leads, though it was closed");
        // Returns early for one reason only: that it is closed. Closing gives up waiting long after the bound.
        long before = System.nanoTime();
        require(elector().awaitLeadership(StressRound.PATIENCE).isEmpty(), "came to lead after it was closed");
        require(System.nanoTime() - before < StressRound.PATIENCE.toNanos(), "does not come to its end");
    }

    boolean sawALeader() {
        return sawALeader;
    }

    /** Waits until all that began has ended. */
    synchronized void awaitQuiet() throws InterruptedException {
        long end = System.nanoTime() + StressRound.PATIENCE.toNanos();
        while ((started != null || working != null) && System.nanoTime() - end < 0) {
            wait(100);
        }
        require(started == null, "was told that its term started, and never that it stopped");
        require(working == null, "its work was never told to stop");
    }

    // ---- The application ----

    @Override
    public void onStartedLeading(Leadership leadership) {
        enter();
        synchronized (this) {
            require(started == null, "was told twice that it leads");
            started = leadership;
        }
        try {
            act();
        } finally {
            leave();
        }
    }

    @Override
    public void onStoppedLeading(EndReason reason) {
        enter();
        figures.ended(reason);
        Leadership over;
        synchronized (this) {
            over = started;
            started = null;
            notifyAll();
        }
        require(over != null, "was told that it leads no longer, and never that it does");
        require(over == null || !over.isValid(), "was told that a term is over that is valid");
        try {
            act();
        } finally {
            leave();
        }
    }

    @Override
    public void onNewLeader(LeaderView leader) {
        enter();
        if (leader instanceof LeaderView.Known) {
            sawALeader = true;
        }
        try {
            act();
        } finally {
            leave();
        }
    }

    @Override
    public void run(Leadership leadership) throws Exception {
        int end;
        synchronized (this) {
            require(working == null, "works for two terms at once");
            working = leadership;
            end = random.nextInt(10);
        }
        try {
            switch (end) {
                case 0 -> LockSupport.parkNanos(1_000_000); // and is done
                case 1 -> throw new IllegalStateException("work that throws");
                case 2 -> process.close();
                default -> new CountDownLatch(1).await(); // until it is interrupted
            }
        } finally {
            synchronized (this) {
                working = null;
                notifyAll();
            }
        }
    }

    private void act() {
        int what;
        synchronized (this) {
            what = random.nextInt(60);
        }
        switch (what) {
            case 0 -> throw new IllegalStateException("a listener that throws");
            case 1 -> process.close();
            case 2 -> elector().close();
            case 3, 4 -> elector().resign();
            case 5, 6, 7, 8, 9, 10 -> LockSupport.parkNanos(2_000_000);
            default -> {}
        }
    }

    private void enter() {
        require(inside.compareAndSet(false, true), "was told two things at once");
    }

    private void leave() {
        inside.set(false);
    }

    private synchronized boolean works(Leadership term) {
        return working == term;
    }

    private void require(boolean held, String otherwise) {
        if (!held) {
            broken.accept(name + " " + otherwise);
        }
    }
}
