package dev.election.http.command;

import java.time.Duration;
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

    private final String what;
    private Runnable closing = () -> {}; // guarded by this
    private boolean over; // guarded by this

    private UntilSignal(String what) {
        this.what = what;
    }

    /**
     * From now on a signal ends the process; what is to be closed first may not be there yet.
     *
     * @param what closing is, in words for the log, should it take too long: "stop looking"
     */
    static UntilSignal begin(String what) {
        UntilSignal signal = new UntilSignal(what);
        Runtime.getRuntime().addShutdownHook(new Thread(signal::end, "election-shutdown"));
        return signal;
    }

    /**
     * Has something closed before the process ends.
     *
     * @return false when it ends already, and that will not be closed
     */
    synchronized boolean thenClose(Runnable closing) {
        this.closing = closing;
        return !over;
    }

    /** The process ends in another way: signals have their usual effect from now on. */
    synchronized void over() {
        over = true;
    }

    private void end() {
        Runnable closing;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            closing = this.closing;
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
}
