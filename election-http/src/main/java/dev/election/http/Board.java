package dev.election.http;

import dev.election.http.wire.Clockwork;
import dev.election.http.wire.Exchange;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All elections of the process, and who watches them. For one thread, which looks at them when it is told of a change,
 * when it is asked, and when a term would be over if it were not renewed: should whoever tells of changes hang, those who
 * watch still hear that nobody leads any more.
 */
final class Board implements Clockwork {

    private static final Logger log = LoggerFactory.getLogger(Board.class);

    /** Rounding must not make us look before the end. */
    private static final Duration JUST_AFTER = Duration.ofMillis(1);

    /** Also when none could be looked at, and said until when it may stay so. */
    private static final long LATEST_LOOK_NANOS = Duration.ofSeconds(10).toNanos();

    private final Revisions revisions;
    private final Watchers watchers = new Watchers();
    private final List<TrackedElection> elections;
    private long lookAgainAt;

    /** @param sources one for each election; at least one */
    Board(List<Supplier<Status>> sources, Clock clock) {
        this.revisions = new Revisions(clock);
        this.elections = sources.stream()
                .map(source -> new TrackedElection(source, revisions, clock))
                .toList();
        this.lookAgainAt = System.nanoTime();
    }

    List<TrackedElection> all() {
        return elections;
    }

    Watchers watchers() {
        return watchers;
    }

    @Nullable
    TrackedElection find(String name) {
        for (TrackedElection each : elections) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return null;
    }

    /** The present state; watchers hear of it if it is another one than before. */
    TrackedElection.Seen look(TrackedElection election) {
        if (election.look()) {
            watchers.changed(election);
        }
        long now = System.nanoTime();
        long at = now + untilNextLook(election.seen().status()).toNanos();
        lookAgainAt = at - lookAgainAt < 0 ? at : lookAgainAt;
        return election.seen();
    }

    private static Duration untilNextLook(Status status) {
        return status.candidates().stream()
                .flatMap(candidate -> candidate.term().stream())
                .map(term -> term.remaining().plus(JUST_AFTER))
                .reduce(status.timing().renewDeadline(), (one, other) -> one.compareTo(other) < 0 ? one : other);
    }

    void lookAtAll() {
        elections.forEach(this::look);
    }

    @Override
    public long nanosUntilDue(long now) {
        return Math.min(lookAgainAt - now, watchers.nanosUntilDue(now));
    }

    @Override
    public void tick(long now) {
        if (lookAgainAt - now <= 0) {
            lookAgainAt = now + LATEST_LOOK_NANOS;
            elections.forEach(this::tryToLook);
        }
        watchers.tick(now);
    }

    /** One that cannot be looked at must not keep the others from it. */
    private void tryToLook(TrackedElection election) {
        try {
            look(election);
        } catch (RuntimeException e) {
            log.error("could not look at the election {}", election.name(), e);
        }
    }

    /** Streams events to a client, beginning with those that it has not had: all, unless it says what it had. */
    void stream(Exchange exchange, @Nullable TrackedElection only) {
        long had = exchange.request()
                .header("Last-Event-ID")
                .filter(id -> id.matches("\\d{1,16}"))
                .map(Long::parseLong)
                .filter(revisions::isOurs)
                .orElse(0L);
        List<TrackedElection> first = (only == null ? elections : List.of(only))
                .stream().filter(each -> each.seen().revision() > had).toList();
        watchers.stream(exchange, only, first);
    }
}
