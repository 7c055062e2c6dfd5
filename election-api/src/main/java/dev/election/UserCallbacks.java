package dev.election;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a candidate's listener, one call at a time and in order, and its task, on a thread of its own.
 *
 * <p>Starts and stops come in strict pairs (rule E4): a start that is not yet delivered when its term ends is dropped
 * with its stop. No lock is held while user code runs.
 */
final class UserCallbacks implements UserCode {

    private static final Logger log = LoggerFactory.getLogger(UserCallbacks.class);

    /** The candidate whose user code the current thread runs. */
    private static final ThreadLocal<@Nullable UserCallbacks> CURRENT = new ThreadLocal<>();

    private final String election;
    private final LeadershipListener listener;
    private final @Nullable LeadershipTask task;
    private final Executor threads;
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private final AtomicReference<@Nullable LeaderView> newLeader = new AtomicReference<>();
    private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
    private boolean draining;
    private volatile @Nullable Run run;

    UserCallbacks(String election, LeadershipListener listener, @Nullable LeadershipTask task, Executor threads) {
        this.election = election;
        this.listener = listener;
        this.task = task;
        this.threads = threads;
    }

    @Override
    public void started(Leadership leadership, Reports reports) {
        Run started = new Run(leadership, reports);
        run = started;
        enqueue(started::start);
    }

    @Override
    public void ended(Leadership leadership, EndReason reason, Reports reports) {
        Run ended = run;
        if (ended != null && ended.leadership == leadership) {
            run = null;
            ended.end();
            enqueue(() -> ended.stop(reason));
        }
    }

    @Override
    public void leaderChanged(LeaderView view) {
        if (newLeader.getAndSet(view) == null) {
            enqueue(() -> {
                LeaderView latest = newLeader.getAndSet(null);
                Run current = run;
                if (latest != null && !runs(() -> listener.onNewLeader(latest)) && current != null) {
                    current.reports.giveUp(current.leadership, EndReason.TASK_FAILED);
                }
            });
        }
    }

    @Override
    public void changed() {
        subscribers.forEach(Subscriber::changed);
    }

    LeaderElector.Subscription subscribe(Runnable action) {
        Subscriber subscriber = new Subscriber(action);
        subscribers.add(subscriber);
        return subscriber;
    }

    @Override
    public boolean isCurrentThread() {
        return CURRENT.get() == this;
    }

    /** Runs user code; answers whether it came to its end without throwing. */
    private boolean runs(UserAction action) {
        UserCallbacks outer = CURRENT.get();
        CURRENT.set(this);
        try {
            action.run();
            return true;
        } catch (Throwable e) { // user code may throw anything, and must not end the election (rule E9)
            log.error("{}: the application's code for leadership threw", election, e);
            return false;
        } finally {
            CURRENT.set(outer);
        }
    }

    private interface UserAction {
        void run() throws Exception;
    }

    private void enqueue(Runnable job) {
        synchronized (queue) {
            queue.add(job);
            if (draining) {
                return;
            }
            draining = true;
        }
        threads.execute(this::drain);
    }

    private void drain() {
        while (true) {
            Runnable job;
            synchronized (queue) {
                job = queue.poll();
                if (job == null) {
                    draining = false;
                    return;
                }
            }
            try {
                job.run();
            } catch (Throwable e) { // one job that fails must not stop those behind it
                log.error("{}: telling the application failed", election, e);
            }
        }
    }

    /** Who wants to hear of changes: out of the queue's turn, since it has no part in a term. */
    private final class Subscriber implements LeaderElector.Subscription {

        private final Runnable action;
        private final AtomicInteger untold = new AtomicInteger();
        private volatile boolean closed;

        Subscriber(Runnable action) {
            this.action = action;
        }

        void changed() {
            if (untold.getAndIncrement() == 0) {
                threads.execute(this::tell);
            }
        }

        private void tell() {
            int told;
            do {
                told = untold.get();
                if (!closed) {
                    runs(action::run);
                }
            } while (!untold.compareAndSet(told, 0));
        }

        @Override
        public void close() {
            closed = true;
            subscribers.remove(this);
        }
    }

    /** The user code of one term. */
    private final class Run {

        private final Leadership leadership;
        private final Reports reports;
        private boolean over;
        private boolean delivered;
        private boolean stopped;
        private @Nullable Thread worker;

        Run(Leadership leadership, Reports reports) {
            this.leadership = leadership;
            this.reports = reports;
        }

        /** In the queue's turn. */
        void start() {
            synchronized (this) {
                if (over) {
                    return;
                }
                delivered = true;
            }
            if (!runs(this::startTask) || !runs(() -> listener.onStartedLeading(leadership))) {
                reports.giveUp(leadership, EndReason.TASK_FAILED);
            }
        }

        private synchronized void startTask() {
            if (task != null && !over) {
                Thread thread =
                        Threads.daemons("election-" + election + "-task").newThread(() -> work(task));
                thread.start();
                worker = thread;
            }
        }

        private void work(LeadershipTask work) {
            boolean returned = runs(() -> {
                try {
                    work.run(leadership);
                } catch (InterruptedException e) {
                    if (!isOver()) {
                        throw e;
                    } // else it did as it was told
                }
            });
            reports.giveUp(leadership, returned ? EndReason.TASK_FINISHED : EndReason.TASK_FAILED);
            boolean last;
            synchronized (this) {
                worker = null;
                last = stopped;
            }
            if (last) {
                reports.workStopped(leadership);
            }
        }

        private synchronized boolean isOver() {
            return over;
        }

        /** At once, ahead of the queue: losing never waits behind a start that is still running. */
        synchronized void end() {
            over = true;
            if (worker != null) {
                worker.interrupt();
            }
        }

        /** In the queue's turn. */
        void stop(EndReason reason) {
            if (delivered) {
                runs(() -> listener.onStoppedLeading(reason));
            }
            boolean last;
            synchronized (this) {
                stopped = true;
                last = worker == null;
            }
            if (last) {
                reports.workStopped(leadership);
            }
        }
    }
}
