package dev.election.http;

import dev.election.LeaderView;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One election as clients see it: its state with the revision of that state, and the last changes. For one thread. */
final class TrackedElection {

    private static final int CHANGES_KEPT = 100;

    /** A leader at a time. */
    record Change(Instant time, LeaderView leader) {}

    /**
     * A state, numbered.
     *
     * @param since when this process first saw the present leader's term; null when nobody is known to lead
     */
    record Seen(Status status, long revision, @Nullable Instant since) {}

    /** What makes a state another one: all but how much time has passed. */
    private record Essence(Object leader, List<Optional<Long>> tokens, Optional<String> problem) {

        static Essence of(Status status) {
            List<Optional<Long>> tokens = status.candidates().stream()
                    .map(candidate -> candidate.term().map(Status.Term::fencingToken))
                    .toList();
            return new Essence(term(status.leader()), tokens, status.problem());
        }

        private static Object term(LeaderView view) {
            return view instanceof LeaderView.Known known ? new Term(known.identity(), known.fencingToken()) : view;
        }
    }

    private record Term(String leader, OptionalLong fencingToken) {}

    private final Supplier<Status> source;
    private final Revisions revisions;
    private final Clock clock;
    private final Deque<Change> changes = new ArrayDeque<>();
    private @Nullable Essence essence;
    private Seen seen;

    TrackedElection(Supplier<Status> source, Revisions revisions, Clock clock) {
        this.source = source;
        this.revisions = revisions;
        this.clock = clock;
        this.seen = new Seen(source.get(), 0, null);
        look();
    }

    String name() {
        return seen.status().election();
    }

    /** The state when it was last looked at. */
    Seen seen() {
        return seen;
    }

    /** The last changes of the leader, the oldest first. */
    List<Change> changes() {
        return List.copyOf(changes);
    }

    /** Looks at the election; true if its state is another one than before. */
    boolean look() {
        Status status = source.get();
        Essence now = Essence.of(status);
        Essence before = essence;
        if (now.equals(before)) {
            seen = new Seen(status, seen.revision(), seen.since());
            return false;
        }
        essence = now;
        Instant since = seen.since();
        if (before == null || !now.leader().equals(before.leader())) {
            Instant time = clock.instant();
            since = status.leader() instanceof LeaderView.Known ? time : null;
            changes.addLast(new Change(time, status.leader()));
            if (changes.size() > CHANGES_KEPT) {
                changes.removeFirst();
            }
        }
        seen = new Seen(status, revisions.next(), since);
        return true;
    }
}
