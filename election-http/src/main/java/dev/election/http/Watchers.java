package dev.election.http;

import dev.election.http.wire.Exchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Clients that want to hear of changes: by a stream of events, or by an answer that waits for one. For one thread. */
final class Watchers {

    private static final long HEARTBEAT_NANOS = Duration.ofSeconds(10).toNanos();

    private static final String EVENT_STREAM = "text/event-stream";

    /** @param of the only election that the client wants to hear of; null for all */
    private record Streaming(@Nullable TrackedElection of, EventFeed feed) {}

    private record Polling(TrackedElection of, long after, long deadline) {}

    private final Map<Exchange, Streaming> streams = new LinkedHashMap<>();
    private final Map<Exchange, Polling> polls = new LinkedHashMap<>();

    /**
     * Begins a stream of events.
     *
     * @param of the only election; null for all
     * @param first what the client is to hear of at once
     */
    void stream(Exchange exchange, @Nullable TrackedElection of, List<TrackedElection> first) {
        EventFeed feed = new EventFeed();
        first.forEach(feed::add);
        if (exchange.stream(EVENT_STREAM, feed, () -> streams.remove(exchange))) {
            streams.put(exchange, new Streaming(of, feed));
        }
    }

    /** Answers when the revision is another one, or after the timeout. */
    void poll(Exchange exchange, TrackedElection of, long after, Duration timeout) {
        if (exchange.hold(() -> polls.remove(exchange))) {
            polls.put(exchange, new Polling(of, after, System.nanoTime() + timeout.toNanos()));
        }
    }

    /** The state of an election is another one. */
    void changed(TrackedElection election) {
        for (Map.Entry<Exchange, Streaming> each : List.copyOf(streams.entrySet())) {
            if (each.getValue().of() == null || each.getValue().of() == election) {
                each.getValue().feed().add(election);
                each.getKey().more();
            }
        }
        answerPolls(
                poll -> poll.of() == election && poll.after() != election.seen().revision());
    }

    /** Some time has passed. */
    void tick() {
        List<Exchange> silent = new ArrayList<>();
        streams.forEach((exchange, streaming) -> {
            if (streaming.feed().isSilentFor(HEARTBEAT_NANOS)) {
                silent.add(exchange);
            }
        });
        silent.forEach(Exchange::more);
        long now = System.nanoTime();
        answerPolls(poll -> now - poll.deadline() >= 0);
    }

    private void answerPolls(Predicate<Polling> which) {
        Set<Exchange> answered = new LinkedHashSet<>();
        polls.forEach((exchange, poll) -> {
            if (which.test(poll)) {
                answered.add(exchange);
            }
        });
        for (Exchange each : answered) {
            Polling poll = polls.remove(each);
            each.answer(Answers.election(poll.of().seen()));
        }
    }
}
