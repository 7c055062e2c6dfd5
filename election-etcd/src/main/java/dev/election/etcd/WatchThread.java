package dev.election.etcd;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/** The one thread that serves all watches of a backend, so that no listener runs on a thread of the network. */
final class WatchThread {

    private WatchThread() {}

    /** Starts its thread when there is something to do. */
    static ScheduledExecutorService executor() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "election-etcd-watch");
                    thread.setDaemon(true);
                    return thread;
                },
                // What streams still have to say when the backend is closed, nobody listens to.
                new ThreadPoolExecutor.DiscardPolicy());
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }
}
