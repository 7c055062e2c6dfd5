package dev.election;

import dev.election.spi.LockRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is promised of one election whatever happens, looked at after every event. */
final class SimulationChecks {

    private final Simulation world;
    private final int election;
    private final List<SimulatedCandidate> inTerm = new ArrayList<>(4);
    private final boolean mixedFleet;
    private long notExclusiveUntil;
    private long lastStored;
    private long lastStarted;
    private int terms;

    SimulationChecks(Simulation world, int election) {
        this.world = world;
        this.election = election;
        // Beyond its weakest member no fleet is safe: client-go counts from the reply, and may clear our record (E14).
        this.mixedFleet = election == 0 && world.plan.foreigners() > 0;
    }

    int terms() {
        return terms;
    }

    /** Against candidates that start, or look for the first time, after a deletion nothing is promised (E14). */
    void operatorHidesThePast() {
        notExclusiveUntil =
                world.now() + 2 * world.plan.timing().leaseDuration().toNanos();
    }

    private boolean isExclusive() {
        return !mixedFleet && world.now() >= notExclusiveUntil;
    }

    /** E1, E3, E13: never two valid leaders. Who is not in a term, as it was told, has no leadership to look at. */
    void afterEvent() {
        if (inTerm.size() < 2 || !isExclusive()) {
            return;
        }
        SimulatedCandidate valid = null;
        for (SimulatedCandidate candidate : inTerm) {
            if (candidate.leads()) {
                if (valid != null) {
                    throw world.violation("two valid leaders: " + valid + " and " + candidate);
                }
                valid = candidate;
            }
        }
    }

    /** A write was applied. */
    void applied(String by, @Nullable LockRecord before, LockRecord next) {
        if (next.isOurs() && before != null && !before.isFree() && isExclusive()) {
            requireOver(by, before);
        }
        requireToken(by, before, next);
    }

    /** E3, E7: nobody writes over the record of another's term that still lasts. */
    private void requireOver(String by, LockRecord before) {
        for (SimulatedCandidate candidate : inTerm) {
            boolean others = !candidate.process.toString().equals(by);
            if (others && candidate.isItsTerm(before) && candidate.leads()) {
                throw world.violation(by + " writes over the term of " + candidate);
            }
        }
    }

    /** E6: the token of every term that is written is greater than all before it, whoever led in between. */
    private void requireToken(String by, @Nullable LockRecord before, LockRecord next) {
        if (next.isFree() || !next.isOurs()) {
            return;
        }
        boolean sameTerm = before != null
                && before.holder().equals(next.holder())
                && before.fencingToken() == next.fencingToken()
                && before.acquired().equals(next.acquired());
        if (!sameTerm) {
            if (next.fencingToken() <= lastStored) {
                throw world.violation(by + " writes token " + next.fencingToken() + " after " + lastStored);
            }
            lastStored = next.fencingToken();
        }
    }

    void started(SimulatedCandidate by, long token) {
        terms++;
        inTerm.add(by);
        if (!isExclusive()) {
            lastStarted = Math.max(lastStarted, token);
            return;
        }
        if (token <= lastStarted) {
            throw world.violation(by + " starts with token " + token + " after " + lastStarted);
        }
        lastStarted = token;
        for (SimulatedCandidate other : world.candidates(election)) {
            if (other != by && other.worksWithinItsBudget()) {
                throw world.violation(by + " leads while the work of " + other + " has not stopped");
            }
        }
    }

    void ended(SimulatedCandidate by) {
        inTerm.remove(by);
    }
}
