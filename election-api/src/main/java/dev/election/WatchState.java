package dev.election;

import dev.election.spi.BackendException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Opens a watch again after it was lost: at once if it had worked, else ever more slowly. */
final class WatchState {

    /** A forbidden watch is tried again, because somebody may grant it; rarely, because nobody may. */
    private static final long DENIED_PAUSE_NANOS = 300_000_000_000L;

    private static final int MAX_DOUBLINGS = 5;

    private final long pauseNanos;
    private final RandomGenerator random;
    private long id;
    private boolean wanted;
    private boolean running;
    private boolean open;
    private long openAt;
    private int failures;
    private @Nullable Object complaint;

    /** @param pauseNanos the first pause; it doubles with every failure, up to 32 times as long */
    WatchState(boolean wanted, long pauseNanos, RandomGenerator random) {
        this.wanted = wanted;
        this.pauseNanos = pauseNanos;
        this.random = random;
    }

    /** When to open it, or {@code Long.MAX_VALUE} while it runs or is not wanted. */
    long openAt() {
        return wanted && !running ? openAt : Long.MAX_VALUE;
    }

    /** Whether changes are being reported. */
    boolean isOpen() {
        return open;
    }

    /** Begins to open it; returns the name under which events are accepted from now on. */
    long opening() {
        running = true;
        return ++id;
    }

    boolean opened(long watch) {
        boolean current = isCurrent(watch); // an older one may say so long after it was given up
        open |= current;
        return current;
    }

    boolean isCurrent(long watch) {
        return running && watch == id;
    }

    /**
     * The watch ended, or could not be opened.
     *
     * @return whether it could not be opened for a reason of another kind than the last time
     */
    boolean lost(long now, Throwable cause) {
        running = false;
        boolean worked = open;
        open = false;
        failures = worked ? 0 : Math.min(failures + 1, MAX_DOUBLINGS);
        boolean denied = cause instanceof BackendException refusal && refusal.kind() == BackendException.Kind.DENIED;
        long pause = denied ? DENIED_PAUSE_NANOS : worked ? pauseNanos / 8 : pauseNanos << failures;
        openAt = now + pause / 2 + random.nextLong(Math.max(1, pause / 2));
        Object reason = cause instanceof BackendException refusal ? refusal.kind() : cause.getClass();
        boolean another = !worked && !reason.equals(complaint);
        complaint = worked ? null : reason;
        return another;
    }

    /** Wants no watch any more; returns the name of the one that is running, or 0. */
    long stop() {
        wanted = false;
        open = false;
        long last = running ? id : 0;
        running = false;
        return last;
    }
}
