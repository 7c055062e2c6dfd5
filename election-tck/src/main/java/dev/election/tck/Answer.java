package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a caller learned of one write: an outcome or what was thrown, one of them.
 *
 * @param interrupted whether an interrupt was noticed and passed on, by an exception or by the thread's flag
 */
record Answer(@Nullable CasOutcome outcome, @Nullable Exception thrown, boolean interrupted) {

    /** Writes once, and clears the thread's interrupt flag. */
    static Answer to(ElectionBackend view, String election, Version expected, LockRecord next, Duration timeout) {
        return patiently(PatientBackend.bare(view), election, expected, next, timeout);
    }

    /** Writes as the view does, be it patient or not, and clears the thread's interrupt flag. */
    @SuppressWarnings("IllegalCatch") // whatever is thrown is an answer, to be judged by the test
    static Answer patiently(
            ElectionBackend view, String election, Version expected, LockRecord next, Duration timeout) {
        CasOutcome outcome = null;
        Exception thrown = null;
        try {
            outcome = view.compareAndSet(election, expected, next, timeout);
        } catch (Exception e) {
            thrown = e;
        }
        return new Answer(outcome, thrown, Thread.interrupted() || thrown instanceof InterruptedException);
    }

    /**
     * Swaps what will not fit, until that is told, or {@link PatientBackend#TRIES} answers left it open: what is open
     * once is no mistake, but what is open each time is.
     *
     * @param next makes a record with a new attempt
     */
    static Answer toMisfit(
            ElectionBackend view, String election, Version expected, Supplier<LockRecord> next, Duration timeout) {
        Answer answer = to(view, election, expected, next.get(), timeout);
        for (int tries = 1; answer.isDoubtful() && tries < PatientBackend.TRIES; tries++) {
            answer = to(view, election, expected, next.get(), timeout);
        }
        return answer;
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

    /** Whether a store that keeps every rule may say this to any write, on a bad day. */
    boolean isDoubtful() {
        return outcome instanceof CasOutcome.Unknown
                || thrown instanceof BackendException failure && failure.kind() == BackendException.Kind.TRANSIENT;
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
