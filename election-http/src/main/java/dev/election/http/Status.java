package dev.election.http;

import dev.election.ElectionTiming;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this process knows of one election at one moment: all that an answer is made of.
 *
 * @param candidates those of this process
 * @param problem what keeps the election from doing its work
 * @param overdue by how much the candidates themselves are late ({@link LeaderElector#overdue()}), the latest of them
 */
record Status(
        String election,
        LeaderView leader,
        List<Candidate> candidates,
        ElectionTiming timing,
        Optional<String> problem,
        Duration overdue) {

    /**
     * One candidate of this process.
     *
     * @param term its own, empty when it does not lead
     */
    record Candidate(String name, Optional<Term> term) {}

    /**
     * A term that is valid at that moment.
     *
     * @param remaining for how long it stays valid without a further renewal; positive
     */
    record Term(long fencingToken, Duration remaining) {

        /** Looks at the clock once, so that leading and remaining never contradict each other. */
        private static Optional<Term> of(Leadership leadership) {
            Duration remaining = leadership.remaining();
            return remaining.isZero() ? Optional.empty() : Optional.of(new Term(leadership.fencingToken(), remaining));
        }
    }

    /** Whether a candidate of this process leads. */
    boolean isLeading() {
        return candidates.stream().anyMatch(candidate -> candidate.term().isPresent());
    }

    /**
     * Of candidates that are not there yet: nothing is known of who leads, and they do not.
     *
     * @param since for how long they are expected
     */
    static Status expected(String election, List<String> identities, ElectionTiming timing, Duration since) {
        List<Candidate> candidates = identities.stream()
                .map(identity -> new Candidate(identity, Optional.empty()))
                .toList();
        return new Status(election, new LeaderView.Unknown(), candidates, timing, Optional.empty(), since);
    }

    /**
     * Asks the candidates of one election. Their handles are taken first and looked at last: a term that is valid then
     * was valid in between, so that no answer says of a leading candidate that another leads.
     *
     * @param electors of one election; at least one
     */
    static Status of(List<LeaderElector> electors) {
        List<Optional<Leadership>> handles =
                electors.stream().map(LeaderElector::leadership).toList();
        List<LeaderView> views = electors.stream().map(LeaderElector::leader).toList();
        Optional<String> problem = electors.stream()
                .map(elector -> elector.health().problem())
                .flatMap(Optional::stream)
                .findFirst();
        Duration overdue = electors.stream()
                .map(LeaderElector::overdue)
                .reduce(Duration.ZERO, (a, b) -> a.compareTo(b) > 0 ? a : b);
        List<Optional<Term>> terms =
                handles.stream().map(handle -> handle.flatMap(Term::of)).toList();
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < electors.size(); i++) {
            candidates.add(new Candidate(electors.get(i).identity(), terms.get(i)));
        }
        LeaderElector first = electors.get(0);
        return new Status(first.election(), best(views, terms), candidates, first.timing(), problem, overdue);
    }

    /** The view of a candidate that leads, else of one that knows who does. */
    private static LeaderView best(List<LeaderView> views, List<Optional<Term>> terms) {
        for (int i = 0; i < views.size(); i++) {
            if (terms.get(i).isPresent()) {
                return views.get(i);
            }
        }
        return views.stream()
                .filter(view -> view instanceof LeaderView.Known)
                .findFirst()
                .orElse(views.get(0));
    }
}
