package dev.election;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for an elector's end, but never for ever, and not on a thread whose own end is waited for. */
final class Waiting {

    private static final Logger log = LoggerFactory.getLogger(Waiting.class);

    /** The machine keeps its own bounds; this one is for a timer that has died. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private Waiting() {}

    static void forEnd(CompletableFuture<Void> end, Duration lease, boolean inUserCode) {
        if (inUserCode) {
            return;
        }
        try {
            Duration bound = lease.multipliedBy(2).plus(SLACK);
            end.get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.error("the election did not end within its bound", e);
        }
    }
}
