package dev.election.http;

import dev.election.ElectionTiming;
import dev.election.LeaderView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** States of an election for tests: candidate a of election example, with the default timing. */
final class Statuses {

    static final LeaderView NONE = new LeaderView.None();
    static final LeaderView UNKNOWN = new LeaderView.Unknown();

    private Statuses() {}

    static LeaderView known(String identity, long token) {
        return new LeaderView.Known(identity, OptionalLong.of(token), Duration.ofMillis(35));
    }

    static Status leading(long token) {
        return leading(token, Duration.ofNanos(8_123_999_999L));
    }

    static Status leading(long token, Duration remaining) {
        Status.Term term = new Status.Term(token, remaining);
        return status(known("a", token), Optional.of(term), Optional.empty());
    }

    static Status following(LeaderView leader) {
        return status(leader, Optional.empty(), Optional.empty());
    }

    static Status troubled(String problem) {
        return status(UNKNOWN, Optional.empty(), Optional.of(problem));
    }

    static Status late(Duration overdue) {
        return new Status(
                "example", UNKNOWN, candidates(Optional.empty()), ElectionTiming.DEFAULT, Optional.empty(), overdue);
    }

    static Status named(String election, LeaderView leader) {
        return new Status(
                election,
                leader,
                candidates(Optional.empty()),
                ElectionTiming.DEFAULT,
                Optional.empty(),
                Duration.ZERO);
    }

    private static Status status(LeaderView leader, Optional<Status.Term> term, Optional<String> problem) {
        return new Status("example", leader, candidates(term), ElectionTiming.DEFAULT, problem, Duration.ZERO);
    }

    private static List<Status.Candidate> candidates(Optional<Status.Term> term) {
        return List.of(new Status.Candidate("a", term));
    }
}
