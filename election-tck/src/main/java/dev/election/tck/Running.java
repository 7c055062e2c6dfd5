package dev.election.tck;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assertions;

/** A call on a thread of its own, as it may hang. */
final class Running<T> {

    private final String what;
    private final FutureTask<T> task;
    private final Thread thread;
    private final Duration grace;

    private Running(Kit kit, String what, Callable<T> call) {
        this.what = what;
        this.grace = kit.patience();
        this.task = new FutureTask<>(call);
        this.thread = new Thread(task, "tck-call");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Starts a call.
     *
     * @param kit whose patience is added to the call's timeout, as the machine may have other things to do
     * @param what for messages: {@code compareAndSet while the store is frozen}
     */
    static <T> Running<T> start(Kit kit, String what, Callable<T> call) {
        return new Running<>(kit, what, call);
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Lets some time pass in which the call goes on; less, if it ends. */
    void letRun(Duration time) throws InterruptedException {
        thread.join(time.toMillis());
    }

    /**
     * What the call returned, or threw.
     *
     * @param timeout that of the call; it fails when it takes much longer
     * @param why what is wrong with a call that does
     */
    T within(Duration timeout, String why) throws Exception {
        try {
            return task.get(timeout.plus(grace).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            AssertionError hangs = new AssertionError(
                    what + " did not return within its time of " + timeout + ", nor " + grace + " later: " + why);
            hangs.setStackTrace(thread.getStackTrace()); // where it hangs is what the author needs
            thread.interrupt();
            throw hangs;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception thrown) {
                throw thrown;
            }
            return Assertions.fail(what + " failed: " + e.getCause(), e.getCause());
        }
    }
}
