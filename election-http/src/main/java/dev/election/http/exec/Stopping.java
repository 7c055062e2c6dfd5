package dev.election.http.exec;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a tree of processes: a signal, the time that there is, then {@code SIGKILL} until none is left. */
final class Stopping {

    private static final Logger log = LoggerFactory.getLogger(Stopping.class);

    /** The processes to end. */
    interface Processes {
        /** Whether there is none. */
        boolean isGone() throws IOException;

        /** Asks them to end. */
        void signal(String signal) throws IOException;

        /** Ends those that there are at this moment. */
        void kill() throws IOException;
    }

    private static final Duration LOOK = Duration.ofMillis(20);

    /** A killed process is gone within milliseconds, unless the kernel or its rights keep it. */
    private static final int LOOKS_UNTIL_LOUD = 100;

    private final Processes processes;
    private final Uptime uptime;
    private final Runnable pause;

    Stopping(Processes processes, Uptime uptime) {
        this(processes, uptime, Stopping::pause);
    }

    /** @param pause between two looks */
    Stopping(Processes processes, Uptime uptime, Runnable pause) {
        this.processes = processes;
        this.uptime = uptime;
        this.pause = pause;
    }

    /**
     * Ends them, and returns when they are gone; not before, and so perhaps never. What interrupts the thread meanwhile
     * is of no account.
     *
     * @param signal what asks them to end
     * @param killAt until when they may do so
     * @param atOnce asked again and again whether there is no time any more
     */
    void end(String signal, long killAt, BooleanSupplier atOnce) {
        if (!isGone() && isBefore(killAt) && !atOnce.getAsBoolean()) {
            ask(signal);
        }
        while (!isGone() && isBefore(killAt) && !atOnce.getAsBoolean()) {
            pause.run();
        }
        kill();
    }

    /** Kills them at once, and returns when they are gone; not before, and so perhaps never. */
    void kill() {
        for (int looks = 0; !isGone(); looks++) {
            if (looks == 0) {
                log.warn("the command is still there; killing {}", processes);
            } else if (looks % LOOKS_UNTIL_LOUD == 0) {
                log.error("cannot end processes {} of the command, so the lock is not released", processes);
            }
            strike();
            pause.run();
        }
    }

    /** When that is not to be known, it is too late. */
    private boolean isBefore(long killAt) {
        try {
            return uptime.now() < killAt;
        } catch (RuntimeException e) {
            log.warn("could not read the uptime", e);
            return false;
        }
    }

    private void ask(String signal) {
        try {
            processes.signal(signal);
        } catch (IOException | RuntimeException e) {
            log.warn("could not send SIG{} to the command", signal, e);
        }
    }

    private void strike() {
        try {
            processes.kill();
        } catch (IOException | RuntimeException e) {
            log.warn("could not kill the command", e);
        }
    }

    /** Not known is not gone. */
    private boolean isGone() {
        try {
            return processes.isGone();
        } catch (IOException | RuntimeException e) {
            log.warn("could not look for processes", e);
            return false;
        }
    }

    private static void pause() {
        LockSupport.parkNanos(LOOK.toNanos());
        Thread.interrupted(); // or it would not park any more
    }
}
