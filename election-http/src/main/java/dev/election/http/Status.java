package dev.election.http;

import dev.election.ElectionHealth;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import java.time.Duration;
import java.util.Optional;

/**
 * What one candidate knows at one moment: all that an answer is made of.
 *
 * @param identity the candidate's own
 * @param term the candidate's own term; empty when it does not lead
 */
record Status(String election, String identity, LeaderView leader, Optional<Term> term, ElectionHealth health) {

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

    /**
     * Asks the elector. The handle is taken first and looked at last: a term that is valid then was valid in between,
     * so that no answer says of a leading candidate that another leads.
     */
    static Status of(LeaderElector elector) {
        Optional<Leadership> leadership = elector.leadership();
        LeaderView leader = elector.leader();
        ElectionHealth health = elector.health();
        return new Status(elector.election(), elector.identity(), leader, leadership.flatMap(Term::of), health);
    }
}
