package dev.election.http.command;

import dev.election.spi.LockRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a store tells of one election.
 *
 * @param record as it was last read; null when there is none, or it could not be read
 * @param read wall-clock time of that
 * @param remark for people: why nobody leads or it is not known; what is odd about the one who leads; else empty
 */
record Standing(String election, State state, @Nullable LockRecord record, Instant read, String remark) {

    /** As the states of {@link dev.election.LeaderView}. */
    enum State {
        KNOWN(ExitCode.OK),
        NONE(ExitCode.NOBODY_LEADS),
        UNKNOWN(ExitCode.NOT_KNOWN);

        private final ExitCode exitCode;

        State(ExitCode exitCode) {
            this.exitCode = exitCode;
        }

        ExitCode exitCode() {
            return exitCode;
        }
    }
}
