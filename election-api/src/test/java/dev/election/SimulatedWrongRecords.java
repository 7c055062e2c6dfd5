package dev.election;

import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import java.time.Duration;

/** Records that are written, or read, with one thing wrong; see {@link SimulationBug}. */
final class SimulatedWrongRecords {

    private SimulatedWrongRecords() {}

    static LockRecord withToken(LockRecord record, long token) {
        return new LockRecord(
                record.holder(),
                record.leaseDuration(),
                record.acquired(),
                record.renewed(),
                record.transitions(),
                token,
                record.attempt());
    }

    static LockRecord withLease(LockRecord record, Duration lease) {
        return new LockRecord(
                record.holder(),
                lease,
                record.acquired(),
                record.renewed(),
                record.transitions(),
                record.fencingToken(),
                record.attempt());
    }

    static LockRecord lastTokenPlusOne(LockRecord next, Snapshot replaced) {
        LockRecord last = replaced.record();
        boolean renews = last != null && last.acquired().equals(next.acquired());
        long token = last == null ? 0 : renews || next.isFree() ? last.fencingToken() : last.fencingToken() + 1;
        return withToken(next, token);
    }

    static LockRecord ownTokenAgain(LockRecord next, Snapshot replaced) {
        LockRecord last = replaced.record();
        String identity = next.holder().split("_")[0];
        boolean again = last != null && !next.isFree() && last.holder().startsWith(identity);
        return again ? withToken(next, last.fencingToken()) : next;
    }

    /** Rounded down to the next power of two of seconds. */
    static LockRecord rounded(LockRecord next) {
        long seconds = next.leaseDuration().toSeconds();
        return next.isFree() ? next : withLease(next, Duration.ofSeconds(Math.max(1, Long.highestOneBit(seconds))));
    }

    static Snapshot withLease(Snapshot seen, Duration lease) {
        LockRecord record = seen.record();
        return record == null || record.isFree() || record.leaseDuration().compareTo(lease) < 0
                ? seen
                : new Snapshot(withLease(record, lease), seen.version());
    }

    static Snapshot leftByWallClock(Snapshot seen, TimeSource clock) {
        LockRecord record = seen.record();
        if (record == null || record.isFree()) {
            return seen;
        }
        Duration left = Duration.between(clock.wallTime(), record.renewed().plus(record.leaseDuration()));
        Duration wait = left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
        return new Snapshot(withLease(record, wait), seen.version());
    }
}
