package dev.election.http;

import dev.election.http.wire.Exchange;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All elections of the process, and who watches them. For one thread, which looks at them often: there is no telling
 * when a term ends by the clock.
 */
final class Board {

    private final Revisions revisions;
    private final Watchers watchers = new Watchers();
    private final List<TrackedElection> elections;

    /** @param sources one for each election; at least one */
    Board(List<Supplier<Status>> sources, Clock clock) {
        this.revisions = new Revisions(clock);
        this.elections = sources.stream()
                .map(source -> new TrackedElection(source, revisions, clock))
                .toList();
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
        return election.seen();
    }

    void lookAtAll() {
        elections.forEach(this::look);
    }

    /** Some time has passed. */
    void tick() {
        lookAtAll();
        watchers.tick();
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
