package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a caller learned of one write: an outcome or what was thrown, one of them.
 *
 * @param interrupted whether an interrupt was noticed and passed on, by an exception or by the thread's flag
 */
record Answer(@Nullable CasOutcome outcome, @Nullable Exception thrown, boolean interrupted) {

    /** Writes, and clears the thread's interrupt flag. */
    @SuppressWarnings("IllegalCatch") // whatever is thrown is an answer, to be judged by the test
    static Answer to(ElectionBackend view, String election, Version expected, LockRecord next, Duration timeout) {
        CasOutcome outcome = null;
        Exception thrown = null;
        try {
            outcome = view.compareAndSet(election, expected, next, timeout);
        } catch (Exception e) {
            thrown = e;
        }
        return new Answer(outcome, thrown, Thread.interrupted() || thrown instanceof InterruptedException);
    }

    /** Whether it says that the write was applied. */
    boolean isApplied() {
        return outcome instanceof CasOutcome.Applied;
    }

    boolean isConflict() {
        return outcome instanceof CasOutcome.Conflict;
    }

    /** Whether it says that nothing was written, nor will be. */
    boolean isDenial() {
        return isConflict() || thrown instanceof BackendException;
    }

    /** Whether it leaves open what became of the write, as everything does that is no fact. */
    boolean isOpen() {
        return !isApplied() && !isDenial();
    }

    /** The state that it tells of, if any. */
    @Nullable
    Snapshot told() {
        if (outcome instanceof CasOutcome.Applied applied) {
            return applied.current();
        }
        return outcome instanceof CasOutcome.Conflict conflict ? conflict.current() : null;
    }

    @Override
    public String toString() {
        return String.valueOf(outcome == null ? thrown : outcome);
    }
}
