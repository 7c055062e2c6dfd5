package dev.election.http.command;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells a person at a terminal what is being waited for, in one line of standard error that is gone in the end. Does
 * nothing where nobody watches, and for what is over in a moment.
 */
final class Progress implements AutoCloseable {

    private static final Duration MOMENT = Duration.ofMillis(700);

    /** Carriage return, and erase to the end of the line (ECMA-48 EL). */
    private static final String CLEAR = "\r\u001b[K";

    private final CountDownLatch over = new CountDownLatch(1);
    private final PrintStream err;
    private boolean shown;

    private Progress(PrintStream err) {
        this.err = err;
    }

    /** Begins to wait. */
    static Progress of(Terminal terminal, String waitingFor) {
        Progress progress = new Progress(terminal.err());
        if (terminal.showsProgress()) {
            Thread thread = new Thread(() -> progress.show(waitingFor), "election-progress");
            thread.setDaemon(true);
            thread.start();
        }
        return progress;
    }

    private void show(String waitingFor) {
        long begin = System.nanoTime();
        try {
            for (Duration wait = MOMENT;
                    !over.await(wait.toMillis(), TimeUnit.MILLISECONDS);
                    wait = Duration.ofSeconds(1)) {
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
                print(CLEAR + "waiting for " + waitingFor + (seconds < 2 ? " " : " (" + seconds + "s) "));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void print(String line) {
        if (over.getCount() > 0) {
            err.print(line);
            err.flush();
            shown = true;
        }
    }

    /** Takes the line away, before something is printed. Idempotent. */
    synchronized void end() {
        over.countDown();
        if (shown) {
            err.print(CLEAR);
            err.flush();
            shown = false;
        }
    }

    @Override
    public void close() {
        end();
    }
}
