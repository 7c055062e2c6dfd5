package dev.election.http;

import dev.election.http.wire.Answer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients that want to hear of changes: by a stream of events, or by an answer that waits for one. For one thread. */
final class Watchers {

    private static final Logger log = LoggerFactory.getLogger(Watchers.class);

    private static final String EVENT_STREAM = "text/event-stream";

    /** @param of the only election that the client wants to hear of; null for all */
    private record Streaming(@Nullable TrackedElection of, EventFeed feed) {}

    private record Polling(TrackedElection of, long after, long deadline) {}

    private final Map<Exchange, Streaming> streams = new LinkedHashMap<>();
    private final Map<Exchange, Polling> polls = new LinkedHashMap<>();

    /** When a heartbeat or the end of a poll may be due; none is before. */
    private long dueAt = System.nanoTime();

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
            dueBy(feed.heartbeatAt(System.nanoTime()));
        }
    }

    /** Answers when the revision is another one, or after the timeout. */
    void poll(Exchange exchange, TrackedElection of, long after, Duration timeout) {
        if (exchange.hold(() -> polls.remove(exchange))) {
            Polling poll = new Polling(of, after, System.nanoTime() + timeout.toNanos());
            polls.put(exchange, poll);
            dueBy(poll.deadline());
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

    private void dueBy(long at) {
        dueAt = at - dueAt < 0 ? at : dueAt;
    }

    long nanosUntilDue(long now) {
        return streams.isEmpty() && polls.isEmpty() ? Long.MAX_VALUE : dueAt - now;
    }

    /** Sends the heartbeats and ends the polls that are due. */
    void tick(long now) {
        if (nanosUntilDue(now) > 0) {
            return;
        }
        List<Exchange> silent = new ArrayList<>();
        streams.forEach((exchange, streaming) -> {
            if (streaming.feed().beatsAt(now)) {
                silent.add(exchange);
            }
        });
        silent.forEach(Exchange::more);
        answerPolls(poll -> now - poll.deadline() >= 0);
        dueAt = now + EventFeed.HEARTBEAT_NANOS;
        streams.values().forEach(each -> dueBy(each.feed().heartbeatAt(now)));
        polls.values().forEach(each -> dueBy(each.deadline()));
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
            each.answer(answer(poll));
        }
    }

    /** An answer in any case, or the client would wait for ever, and others for their turn. */
    private static Answer answer(Polling poll) {
        try {
            return Answers.election(poll.of().seen());
        } catch (RuntimeException e) {
            log.error("could not answer who waits for {}", poll.of().name(), e);
            return Answer.problem(500, "this is a bug; the log says more");
        }
    }
}
