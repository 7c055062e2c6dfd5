package dev.election.tck;

import java.util.ArrayList;
import java.util.List;

/** Linearizability as it is defined: tries every order, and every choice of what happened of what is open. */
final class BruteForce {

    private BruteForce() {}

    /** Whether some order explains the history; for a handful of operations. */
    static boolean explains(List<Operation> left, String state) {
        if (left.stream().allMatch(Operation::isOpen)) {
            return true;
        }
        for (Operation next : left) {
            boolean mayBeNext = left.stream().noneMatch(other -> other.returned() < next.invoked());
            if (mayBeNext && next.fits(state)) {
                List<Operation> rest = new ArrayList<>(left);
                rest.remove(next);
                if (explains(rest, next.leaves(state))) {
                    return true;
                }
            }
        }
        return false;
    }
}
