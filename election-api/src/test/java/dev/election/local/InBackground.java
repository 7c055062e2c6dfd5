package dev.election.local;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A call on a thread of its own, which a test can see waiting, and interrupt. */
final class InBackground<T> {

    private final FutureTask<T> task;
    private final Thread thread;

    private InBackground(Callable<T> call) {
        task = new FutureTask<>(call);
        thread = new Thread(task, "in-background");
        thread.setDaemon(true);
        thread.start();
    }

    static <T> InBackground<T> run(Callable<T> call) {
        return new InBackground<>(call);
    }

    /** Waits until the call waits with a timeout for something. */
    InBackground<T> awaitWaiting() {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            if (task.isDone()) {
                throw new AssertionError("the call ended without waiting");
            }
            Thread.onSpinWait();
        }
        return this;
    }

    void interrupt() {
        thread.interrupt();
    }

    /** What the call returned; throws what it threw, as the cause of an ExecutionException. */
    T get() throws Exception {
        return task.get();
    }
}
