package dev.election;

import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate last saw of the record, since when, and from when on it may be taken over (rule E3). Immutable;
 * times are monotonic nanoseconds of the one who looks.
 *
 * @param snapshot what was seen, at its latest version
 * @param since when this very record was first seen; a changed label does not count
 * @param heard when the store last told anything
 * @param takeableAt from when on the record may be taken
 * @param fullLease how long to wait, in nanoseconds, when it is unclear whether somebody still leads
 * @param tokenFloor the greatest fencing token ever seen
 */
record Sighting(Snapshot snapshot, long since, long heard, long takeableAt, long fullLease, long tokenFloor) {

    /** The first look at the record. */
    static Sighting first(Snapshot seen, long at, Settings self) {
        long lease = self.timing().leaseDuration().toNanos();
        LockRecord record = seen.record();
        long wait;
        if (record == null) {
            wait = 0;
        } else if (record.isFree()) {
            // Cleared by somebody else's hand after one of us held it: its holder may not have noticed.
            wait = record.isOurs() || record.fencingToken() == 0 ? 0 : lease;
        } else {
            wait = waitFor(record, self);
        }
        return new Sighting(seen, at, at, at + wait, Math.max(lease, wait), record == null ? 0 : record.fencingToken());
    }

    /** The next look at the record. */
    Sighting next(Snapshot seen, long at, Settings self) {
        LockRecord record = seen.record();
        LockRecord before = snapshot.record();
        if (record == null ? before == null : record.equals(before)) {
            return new Sighting(seen, since, at, takeableAt, fullLease, tokenFloor);
        }
        long wait;
        if (record == null) {
            wait = fullLease;
        } else if (record.isFree()) {
            wait = releasedByItsHolder(record, at) ? 0 : fullLease;
        } else {
            wait = waitFor(record, self);
        }
        long floor = record == null ? tokenFloor : Math.max(tokenFloor, record.fencingToken());
        long longest = record == null || record.isFree()
                ? fullLease
                : Math.max(self.timing().leaseDuration().toNanos(), wait);
        return new Sighting(seen, at, at, at + wait, longest, floor);
    }

    /** The store told that nothing changed. */
    Sighting heardAt(long at) {
        return new Sighting(snapshot, since, at, takeableAt, fullLease, tokenFloor);
    }

    /**
     * Whether a record that turned free was given up by the one who held it. Our own release is known by its attempt,
     * and by a token that did not fall, as it does when a record is deleted and created anew by somebody who never saw
     * it. A release by client-go carries no proof: it counts when the last holder was not one of us, for then it is
     * client-go's own promise to keep, but not when it clears a record of ours, which client-go can do by mistake.
     */
    private boolean releasedByItsHolder(LockRecord free, long at) {
        if (free.isOurs()) {
            return free.fencingToken() >= tokenFloor;
        }
        LockRecord before = snapshot.record();
        boolean nobodyOfUsSince = free.fencingToken() == tokenFloor;
        boolean wasFree = before != null && before.isFree() && takeableAt <= at;
        boolean wasForeign = before != null && !before.isFree() && !before.isOurs();
        return nobodyOfUsSince && (wasFree || wasForeign);
    }

    private static long waitFor(LockRecord held, Settings self) {
        if (held.holder().equals(self.holder())) {
            return 0;
        }
        Duration lease = held.leaseDuration().isZero() ? self.timing().leaseDuration() : held.leaseDuration();
        return (lease.compareTo(ElectionTiming.MAX_LEASE) > 0 ? ElectionTiming.MAX_LEASE : lease).toNanos();
    }

    /** Whether somebody other than this candidate holds the lock. */
    boolean isHeldByAnother(String self) {
        LockRecord record = snapshot.record();
        return record != null && !record.isFree() && !record.holder().equals(self);
    }

    /**
     * What may be said, at a moment, of who leads. Of our own record it only says that nobody else leads: whether we
     * do is for our own term to say.
     */
    LeaderView view(long at, Settings self) {
        if (at >= trustedUntil(self)) {
            return new LeaderView.Unknown();
        }
        LockRecord record = snapshot.record();
        if (record == null || !isHeldByAnother(self.holder())) {
            boolean unclear = (record == null || record.isFree()) && at < takeableAt;
            return unclear ? new LeaderView.Unknown() : new LeaderView.None();
        }
        return new LeaderView.Known(
                identityOf(record),
                record.isOurs() ? OptionalLong.of(record.fencingToken()) : OptionalLong.empty(),
                Duration.ofNanos(Math.max(0, at - since)));
    }

    /** The monotonic time at which {@link #view} will next change by itself; {@code Long.MAX_VALUE} for never. */
    long viewChangesAt(long at, Settings self) {
        if (at < takeableAt && !isHeldByAnother(self.holder())) {
            return Math.min(takeableAt, trustedUntil(self));
        }
        return at < trustedUntil(self) ? trustedUntil(self) : Long.MAX_VALUE;
    }

    /** Held: as long as the lease may last. Free: as long as somebody would have told us if that had changed. */
    private long trustedUntil(Settings self) {
        if (isHeldByAnother(self.holder())) {
            return takeableAt;
        }
        LockRecord record = snapshot.record();
        long lease = self.timing().leaseDuration().toNanos();
        return record == null || record.isFree() ? heard + 2 * lease : since + lease;
    }

    /** The name of a holder for people: without the incarnation that this library appends to its own. */
    static String identityOf(LockRecord record) {
        int underscore = record.isOurs() ? record.holder().lastIndexOf('_') : -1;
        return underscore > 0 ? record.holder().substring(0, underscore) : record.holder();
    }

    /** Revision of what was seen; 0 for absence. */
    long revision() {
        return snapshot.version().revision();
    }

    static boolean isSameRecord(@Nullable LockRecord one, Snapshot other) {
        return one != null && one.equals(other.record());
    }
}
