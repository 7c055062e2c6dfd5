package dev.election.http.command;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process in order at SIGTERM and SIGINT: with exit code 0, which would otherwise read as a failure, or 1 when
 * that took too long.
 */
final class UntilSignal {

    private static final Logger log = LoggerFactory.getLogger(UntilSignal.class);

    /** Kubernetes kills a pod 30 s after the signal, and others share that time; docker stop waits for 10 s. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(8);

    private final AtomicBoolean over = new AtomicBoolean();

    private UntilSignal() {}

    /**
     * Closes something at a signal, and then ends the process.
     *
     * @param what in words for the log, should it take too long: "stop looking"
     */
    static UntilSignal thenClose(Runnable closing, String what) {
        UntilSignal signal = new UntilSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.end(closing, what), "election-shutdown"));
        return signal;
    }

    private void end(Runnable closing, String what) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        log.info("stopping");
        Thread thread = new Thread(closing, "election-close");
        thread.setDaemon(true);
        thread.start();
        boolean closed = false;
        try {
            thread.join(STOP_LIMIT.toMillis());
            closed = !thread.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!closed) {
            log.warn("could not {} in {}", what, GoDuration.format(STOP_LIMIT));
        }
        Runtime.getRuntime().halt((closed ? ExitCode.OK : ExitCode.FAILED).code());
    }

    /** The process ends in another way: signals have their usual effect from now on. */
    void over() {
        over.set(true);
    }
}
