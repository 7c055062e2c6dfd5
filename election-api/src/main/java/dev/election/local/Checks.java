package dev.election.local;

import dev.election.spi.LockRecord;
import dev.election.spi.Version;
import java.time.Duration;

/** What a caller of a backend owes it, checked the same way by both backends here. */
final class Checks {

    private Checks() {}

    static void requirePositive(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must be positive: " + timeout);
        }
    }

    /** Only a free record may be written over absence (rule S4). */
    static void requireWritable(Version expected, LockRecord next) {
        if (expected.equals(Version.ABSENT) && !next.isFree()) {
            throw new IllegalArgumentException(
                    "a missing record is created free and then acquired, but the record to create is held by "
                            + next.holder());
        }
    }
}
