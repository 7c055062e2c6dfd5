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
 * @param revision of the snapshot; of the last record when there is none, so that older news of it are known as such
 * @param since when this very record was first seen; a changed label does not count
 * @param heard when the store last told anything
 * @param takeableAt from when on the record may be taken; an absent one may be created at once, but only as free
 * @param fullLease how long to wait, in nanoseconds, when it is unclear whether somebody still leads
 * @param tokenFloor the greatest fencing token ever seen
 * @param hadRecord whether there ever was a record
 */
record Sighting(
        Snapshot snapshot,
        long revision,
        long since,
        long heard,
        long takeableAt,
        long fullLease,
        long tokenFloor,
        boolean hadRecord) {

    /** The first look at the record. */
    static Sighting first(Snapshot seen, long at, Settings self) {
        long lease = self.timing().leaseDuration().toNanos();
        return new Sighting(Snapshot.ABSENT, 0, at, at, at, lease, 0, false).changed(seen, at, self);
    }

    /** Another look at the same record, at the same version or another. */
    Sighting sameAt(Snapshot seen, long at) {
        return new Sighting(seen, latest(seen), since, at, takeableAt, fullLease, tokenFloor, hadRecord);
    }

    /** The same, of a record that nobody can have held before. */
    Sighting takeableNow() {
        return new Sighting(snapshot, revision, since, heard, since, fullLease, tokenFloor, hadRecord);
    }

    /** A look at another record. */
    Sighting changed(Snapshot seen, long at, Settings self) {
        LockRecord record = seen.record();
        if (record == null) {
            return new Sighting(seen, latest(seen), at, at, at, fullLease, tokenFloor, hadRecord);
        }
        long floor = Math.max(tokenFloor, record.fencingToken());
        if (record.isFree()) {
            long wait = releasedByItsHolder(record, at) ? 0 : fullLease;
            return new Sighting(seen, latest(seen), at, at, at + wait, fullLease, floor, true);
        }
        long wait = waitFor(record, self);
        long longest = Math.max(self.timing().leaseDuration().toNanos(), wait);
        return new Sighting(seen, latest(seen), at, at, at + wait, longest, floor, true);
    }

    /**
     * Whether a record that is free was given up by the one who held it.
     *
     * <p>Our own release is known by its attempt, and by a token that did not fall, as it does when a record is deleted
     * and created anew by somebody who never saw it. A record that was only just created, which shows no transitions,
     * says nothing of who led before it was deleted.
     *
     * <p>A release by client-go carries no proof. It counts when the last holder was not one of us, for then it is
     * client-go's own promise to keep; but not when it clears a record of ours, which client-go can do by mistake.
     */
    private boolean releasedByItsHolder(LockRecord free, long at) {
        if (free.isOurs()) {
            return free.transitions() > 0 && free.fencingToken() >= tokenFloor;
        }
        LockRecord before = snapshot.record();
        // At the first look, that nobody of us ever held it.
        boolean nobodyOfUsSince = free.fencingToken() == tokenFloor;
        boolean wasFree = before != null && before.isFree() && takeableAt <= at;
        boolean wasForeign = before != null && !before.isFree() && !before.isOurs();
        boolean wasNever = !hadRecord;
        return nobodyOfUsSince && (wasFree || wasForeign || wasNever);
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
            return at < clearAt() ? new LeaderView.Unknown() : new LeaderView.None();
        }
        return new LeaderView.Known(
                record.identity(),
                record.isOurs() ? OptionalLong.of(record.fencingToken()) : OptionalLong.empty(),
                Duration.ofNanos(Math.max(0, at - since)));
    }

    /** The monotonic time at which {@link #view} will next change by itself; {@code Long.MAX_VALUE} for never. */
    long viewChangesAt(long at, Settings self) {
        long trusted = trustedUntil(self);
        if (at >= trusted) {
            return Long.MAX_VALUE; // not before something is heard, though the record may still have to be waited out
        }
        return at < clearAt() && !isHeldByAnother(self.holder()) ? Math.min(clearAt(), trusted) : trusted;
    }

    /** From when on nobody can still lead by what was there before. */
    private long clearAt() {
        return snapshot.isAbsent() && hadRecord ? since + fullLease : takeableAt;
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

    /** Whether a record was stored before what was seen last. */
    boolean isNewerThan(Snapshot record) {
        long other = record.version().revision();
        return other < revision || (other == revision && snapshot.isAbsent());
    }

    private long latest(Snapshot seen) {
        return seen.isAbsent() ? revision : seen.version().revision();
    }

    static boolean isSameRecord(@Nullable LockRecord one, Snapshot other) {
        return one != null && one.equals(other.record());
    }
}
