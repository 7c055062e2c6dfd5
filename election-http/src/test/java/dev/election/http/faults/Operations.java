package dev.election.http.faults;

import dev.election.http.faults.BlackBox.Field;
import java.util.Collection;

/**
 * What became of the operations on the store.
 *
 * @param ok were answered or applied, met another version included
 * @param failed surely did nothing
 * @param unknown may have been applied or not
 */
record Operations(long ok, long conflicts, long failed, long unknown) {

    static Operations of(Collection<CandidateProcess> candidates) {
        return new Operations(
                sum(candidates, Field.READ_OK)
                        + sum(candidates, Field.WRITE_OK)
                        + sum(candidates, Field.WRITE_CONFLICT),
                sum(candidates, Field.WRITE_CONFLICT),
                sum(candidates, Field.READ_FAILED) + sum(candidates, Field.WRITE_FAILED),
                sum(candidates, Field.WRITE_UNKNOWN));
    }

    private static long sum(Collection<CandidateProcess> candidates, Field field) {
        return candidates.stream().mapToLong(each -> each.box().get(field)).sum();
    }

    @Override
    public String toString() {
        return "operations=" + (ok + failed + unknown) + " ok=" + ok + " of_which_conflicts=" + conflicts + " failed="
                + failed + " unknown=" + unknown;
    }
}
