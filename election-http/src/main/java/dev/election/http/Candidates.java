package dev.election.http;

import dev.election.ElectionTiming;
import dev.election.LeaderElector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Those of one election in this process. They may be expected first, and come when their store was opened. Thread-safe. */
final class Candidates {

    private final String election;
    private final List<String> identities;
    private final ElectionTiming timing;
    private final long since = System.nanoTime();
    private volatile List<LeaderElector> electors = List.of();

    Candidates(String election, List<String> identities, ElectionTiming timing) {
        this.election = election;
        this.identities = identities;
        this.timing = timing;
    }

    /** @param electors of one election; at least one */
    static Candidates of(List<LeaderElector> electors) {
        List<String> identities = electors.stream().map(LeaderElector::identity).toList();
        LeaderElector first = electors.get(0);
        Candidates candidates = new Candidates(first.election(), identities, first.timing());
        candidates.electors = electors;
        return candidates;
    }

    List<LeaderElector> electors() {
        return electors;
    }

    /** @throws IllegalArgumentException when these are others */
    void requireExpected(List<LeaderElector> electors) {
        List<String> come = electors.stream().map(LeaderElector::identity).toList();
        if (!come.equals(identities)) {
            throw new IllegalArgumentException(
                    "of " + election + " the candidates " + identities + " were expected, and not " + come);
        }
    }

    /** @param electors those that were expected */
    void come(List<LeaderElector> electors) {
        this.electors = electors;
    }

    Status status() {
        List<LeaderElector> present = electors;
        return present.isEmpty()
                ? Status.expected(election, identities, timing, Duration.ofNanos(System.nanoTime() - since))
                : Status.of(present);
    }

    /** Gives up what they lead; completes with whether the lock is free of them. */
    CompletableFuture<Boolean> resign() {
        return electors.stream()
                .filter(LeaderElector::isLeader)
                .map(LeaderElector::resign)
                .reduce(
                        CompletableFuture.completedFuture(true),
                        (one, other) -> one.thenCombine(other, Boolean::logicalAnd));
    }
}
