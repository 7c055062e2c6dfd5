package dev.election;

import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** Composes the records that a candidate writes, as the store will hold them. */
record RecordWriter(Settings settings) {

    /** As client-go writes it: the API server refuses 0. */
    private static final Duration RELEASED_LEASE = Duration.ofSeconds(1);

    /** A free record where there is none; it keeps the floor of the tokens (rule E6). */
    LockRecord create(Sighting seen, Instant now, String attempt) {
        return free(seen.snapshot(), 0, seen.tokenFloor(), now, attempt);
    }

    /** Ours, with the token of a new term (rule E6). */
    LockRecord acquire(Sighting seen, Instant now, String attempt) {
        Snapshot replaced = seen.snapshot();
        LockRecord current = Objects.requireNonNull(replaced.record());
        long next = Math.max(seen.tokenFloor() + 1, replaced.version().revision());
        boolean changesHands = !current.holder().equals(settings.holder());
        int transitions = changesHands && current.transitions() < Integer.MAX_VALUE
                ? current.transitions() + 1
                : current.transitions();
        return held(replaced, now, now, transitions, Math.max(next, settings.minimumToken()), attempt);
    }

    /** The same term, with a new sign of life. */
    LockRecord renew(Snapshot held, Instant now, String attempt) {
        LockRecord current = Objects.requireNonNull(held.record());
        return held(held, current.acquired(), now, current.transitions(), current.fencingToken(), attempt);
    }

    LockRecord release(Snapshot ours, Instant now, String attempt) {
        LockRecord current = Objects.requireNonNull(ours.record());
        return free(ours, current.transitions(), current.fencingToken(), now, attempt);
    }

    private LockRecord held(
            Snapshot replaced, Instant acquired, Instant now, int transitions, long token, String attempt) {
        Duration lease = settings.timing().leaseDuration();
        return settings.asStored()
                .apply(new LockRecord(settings.holder(), lease, acquired, now, transitions, token, attempt), replaced);
    }

    private LockRecord free(Snapshot replaced, int transitions, long token, Instant now, String attempt) {
        return settings.asStored()
                .apply(new LockRecord("", RELEASED_LEASE, now, now, transitions, token, attempt), replaced);
    }
}
