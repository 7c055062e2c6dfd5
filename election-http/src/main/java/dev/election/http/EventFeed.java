package dev.election.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.election.http.wire.Exchange;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The events of one client. It holds which elections the client is yet to hear of, and not what: so that a client which
 * reads slowly gets the newest state of each, and costs no queue.
 */
final class EventFeed implements Exchange.Source {

    /** How long there may be silence. */
    static final long HEARTBEAT_NANOS = Duration.ofSeconds(10).toNanos();

    /** How soon a client comes back after a cut. */
    private static final byte[] GREETING = "retry: 1000\n\n".getBytes(UTF_8);

    /** A comment; for proxies that end what is silent, and for us to find out that the client is gone. */
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(UTF_8);

    private final Set<TrackedElection> news = new LinkedHashSet<>();
    private boolean greeted;
    private boolean beats;
    private long lastSent = System.nanoTime();

    /** The client is yet to hear of this. */
    void add(TrackedElection election) {
        news.add(election);
    }

    /** When to ask for a heartbeat if nothing is sent until then; one that the client does not take is not asked for again. */
    long heartbeatAt(long now) {
        return (beats ? now : lastSent) + HEARTBEAT_NANOS;
    }

    /** Has a heartbeat sent if it is due; answers whether it is. */
    boolean beatsAt(long now) {
        beats |= now - lastSent >= HEARTBEAT_NANOS;
        return beats;
    }

    @Override
    public byte @Nullable [] next() {
        byte[] next = greeted ? nextEvent() : GREETING;
        greeted = true;
        if (next != null) {
            lastSent = System.nanoTime();
            beats = false;
        }
        return next;
    }

    /** In the order of revisions: the last one that a client heard of stands for all before it. */
    private byte @Nullable [] nextEvent() {
        TrackedElection first = null;
        for (TrackedElection each : news) {
            if (first == null || each.seen().revision() < first.seen().revision()) {
                first = each;
            }
        }
        if (first == null) {
            return beats ? HEARTBEAT : null;
        }
        news.remove(first);
        return frame(first.seen());
    }

    /** What JSON writes has no line ends. */
    private static byte[] frame(TrackedElection.Seen seen) {
        String data = new String(Answers.bytes(seen), UTF_8);
        return ("event: election\nid: " + seen.revision() + "\ndata: " + data + "\n\n").getBytes(UTF_8);
    }
}
