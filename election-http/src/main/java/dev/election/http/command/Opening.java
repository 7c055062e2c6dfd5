package dev.election.http.command;

import dev.election.spi.ElectionBackend;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens a store in time. A provider does no I/O, but what it is made of may: a kubeconfig can name a program that gets
 * credentials, and that hangs when it waits for a person or for a network that is away.
 */
final class Opening {

    private Opening() {}

    static ElectionBackend of(String uri, Duration timeout) throws TimeoutException, InterruptedException {
        return inTime(() -> ElectionBackend.open(uri), timeout);
    }

    /** On a thread that is left behind when it hangs. */
    static <T> T inTime(Callable<T> opening, Duration timeout) throws TimeoutException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(opening);
        Thread thread = new Thread(task, "election-open");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new TimeoutException("it could not be opened within " + GoDuration.format(timeout)
                    + "; what gets its credentials may hang");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException wrongUse) {
                throw wrongUse;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
