package dev.election;

import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps account of a candidate's own writes: which of them the store is known to hold, and which may still turn out to
 * have been applied (rule E5).
 *
 * <p>All writes in doubt expect the same version. So at most one of them was or will be applied, and once the record
 * is seen at any other version, either it shows which one, or none of them will ever matter again.
 */
final class OwnWrites {

    /** What a write is for. */
    enum Purpose {
        CREATE,
        ACQUIRE,
        RENEW,
        RELEASE
    }

    /** One write; {@code sent} is when it was asked for until the true instant, which is later, is known. */
    record Attempt(long call, Purpose purpose, Snapshot replaced, LockRecord next, Moment sent) {

        Attempt sentAt(Moment at) {
            return new Attempt(call, purpose, replaced, next, at);
        }
    }

    private final List<Attempt> open = new ArrayList<>();
    private @Nullable Snapshot held;

    /** A write is on its way. */
    void begin(Attempt attempt) {
        open.add(attempt);
    }

    /** The instant at which a write was handed to the store has become known. */
    void noteSent(long call, Moment sent) {
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i).call() == call) {
                open.set(i, open.get(i).sentAt(sent));
            }
        }
    }

    /** A write was not applied, nor will it be. */
    void dropCall(long call) {
        open.removeIf(attempt -> attempt.call() == call);
    }

    /** The attempt of a call, unless it has been settled by other evidence. */
    @Nullable
    Attempt ofCall(long call) {
        for (Attempt attempt : open) {
            if (attempt.call() == call) {
                return attempt;
            }
        }
        return null;
    }

    /** Whether a record is what one of the writes in doubt would leave. */
    boolean couldBe(Snapshot seen) {
        return thatWrote(seen) != null;
    }

    /**
     * Settles the writes in doubt by what the store holds now.
     *
     * @return the write that was applied, if one of them was and still stands
     */
    @Nullable
    Attempt settle(Snapshot seen) {
        if (open.isEmpty() || open.get(0).replaced().version().equals(seen.version())) {
            return null;
        }
        Attempt applied = thatWrote(seen);
        open.clear();
        return applied;
    }

    /** The store holds this write of ours. */
    void applied(Attempt attempt, Snapshot current) {
        open.clear(); // the others expect the version that this one replaced
        held = attempt.purpose() == Purpose.CREATE || attempt.purpose() == Purpose.RELEASE ? null : current;
    }

    /** Our record, unchanged, is now at another version. */
    void moved(Snapshot current) {
        held = current;
    }

    /** The store holds something else. */
    void lost() {
        held = null;
    }

    /** The record by which we hold the lock, as far as we know. */
    @Nullable
    Snapshot held() {
        return held;
    }

    /**
     * What has to be replaced so that neither our record nor a late acquisition remains; null when there is nothing to
     * give back. A late creation leaves the lock free by itself.
     */
    @Nullable
    Snapshot toGiveBack() {
        if (held != null) {
            return held;
        }
        for (Attempt attempt : open) {
            if (attempt.purpose() == Purpose.ACQUIRE) {
                return attempt.replaced();
            }
        }
        return null;
    }

    private @Nullable Attempt thatWrote(Snapshot seen) {
        for (Attempt attempt : open) {
            if (attempt.next().equals(seen.record())) {
                return attempt;
            }
        }
        return null;
    }
}
