package dev.election;

import dev.election.spi.BackendException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What keeps an election from doing its work. It is reported anew only when it is of another kind, because a store in
 * trouble finds ever new words.
 */
final class Problems {

    private record Problem(@Nullable Kind kind, String text) {}

    private static final Problem EXHAUSTED = new Problem(
            Kind.UNREADABLE,
            "the record's fencing token is the greatest there is, so no greater one can follow; delete the record after"
                    + " stopping all candidates");

    private static final Problem WORK_IS_LATE = new Problem(
            null, "the work of the last term still runs; this candidate does not contend before it has ended");

    private @Nullable Problem reading;
    private @Nullable Problem writing;
    private boolean exhausted;
    private boolean workIsLate;
    private @Nullable Problem reported;

    /** A call of the store failed. */
    void store(boolean write, Kind kind, String text) {
        if (write) {
            writing = new Problem(kind, text);
        } else {
            reading = new Problem(kind, text);
        }
    }

    /** The record can be read, which does not say that it can be written. */
    void readingIsWell() {
        reading = null;
    }

    /** The record was written, or nothing is to be written. */
    void storeIsWell() {
        reading = null;
        writing = null;
    }

    boolean isStoreInTrouble() {
        return reading != null || writing != null;
    }

    /** Whether no greater fencing token is left. */
    void exhausted(boolean now) {
        exhausted = now;
    }

    void workIsLate(boolean now) {
        workIsLate = now;
    }

    /** What to report, if that has changed since the last report. */
    @Nullable
    Effect change() {
        Problem problem = reading;
        // As long as work is late nothing is written, so that no trouble with that is seen to end.
        if (problem == null) {
            problem = workIsLate ? WORK_IS_LATE : writing;
        }
        if (problem == null && exhausted) {
            problem = EXHAUSTED;
        }
        boolean same = problem == null || reported == null ? problem == reported : problem.kind() == reported.kind();
        reported = same ? reported : problem;
        return same ? null : new Effect.HealthChanged(problem == null ? null : problem.text());
    }
}
