package dev.election;

import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.util.function.BiFunction;

/**
 * What one machine is told at its start.
 *
 * @param identity the candidate's identity, for views
 * @param incarnation makes the holder on the wire unique among all processes, ever (rule E10); contains no underscore
 * @param timing the times, in the candidate's own clock
 * @param contends whether it wants to lead, or only looks on
 * @param watches whether the store can be watched
 * @param minimumToken the least fencing token to give out; for a store that was restored or replaced (rule S5)
 * @param asStored the record as the store will hold it; see {@link dev.election.spi.ElectionBackend#asStored}
 */
record Settings(
        String identity,
        String incarnation,
        ElectionTiming timing,
        boolean contends,
        boolean watches,
        long minimumToken,
        BiFunction<LockRecord, Snapshot, LockRecord> asStored) {

    /** The holder on the wire. */
    String holder() {
        return identity + "_" + incarnation;
    }
}
