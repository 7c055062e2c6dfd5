package dev.election.http;

import dev.election.ElectionTiming;
import dev.election.spi.LockRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Remembers the last renewals of this process's own terms, with how much time each left: an {@linkplain
 * ObservedBackend#of observer} of the backend. A few kilobytes for each election. Thread-safe.
 *
 * <p>A renewal whose answer got lost, and which only a later read acknowledges, is not among them.
 */
public final class RenewalLog implements Consumer<StoreCall> {

    /** Ten minutes of the default timing, twenty of the classic one. */
    private static final int KEPT = 120;

    /**
     * One acknowledged renewal.
     *
     * @param election the election's name
     * @param time wall-clock time of the acknowledgement
     * @param sincePrevious from when the write before it was sent, since when its term counted, until this one was
     *     acknowledged: the renew deadline less this is the {@linkplain #margin margin}
     * @param took from the sending of this one to its acknowledgement
     */
    public record Renewal(String election, Instant time, Duration sincePrevious, Duration took) {

        /** The time that was left of the term when it was extended; negative when it came too late. */
        public Duration margin(ElectionTiming timing) {
            return timing.renewDeadline().minus(sincePrevious);
        }
    }

    /** The write from which a term counts (rule E1). */
    private record Sent(LockRecord record, long at) {

        boolean isRenewedBy(LockRecord next) {
            return record.fencingToken() == next.fencingToken()
                    && record.acquired().equals(next.acquired());
        }
    }

    private final Map<String, Deque<Renewal>> renewals = new ConcurrentHashMap<>();

    /** By holder, which is another for each candidate of the process. */
    private final Map<String, Sent> lastSent = new ConcurrentHashMap<>();

    private final List<Consumer<Renewal>> listeners = new CopyOnWriteArrayList<>();

    /** Remembers nothing yet. */
    public RenewalLog() {}

    /** Has it told of each renewal, on the thread of the call: returns at once. */
    public void onRenewal(Consumer<Renewal> listener) {
        listeners.add(listener);
    }

    /** The last renewals of an election, the oldest first. */
    public List<Renewal> renewals(String election) {
        Deque<Renewal> kept = renewals.get(election);
        return kept == null ? List.of() : List.copyOf(kept);
    }

    @Override
    public void accept(StoreCall call) {
        LockRecord written = call.written();
        if (!call.isApplied() || written == null || written.isFree()) {
            return;
        }
        String candidate = call.election() + " " + written.holder();
        Sent before = lastSent.put(candidate, new Sent(written, call.sent()));
        if (before != null && before.isRenewedBy(written)) {
            long acknowledged = call.sent() + call.took().toNanos();
            Renewal renewal = new Renewal(
                    call.election(), Instant.now(), Duration.ofNanos(acknowledged - before.at()), call.took());
            keep(renewal);
            listeners.forEach(listener -> listener.accept(renewal));
        }
    }

    private void keep(Renewal renewal) {
        Deque<Renewal> kept = renewals.computeIfAbsent(renewal.election(), name -> new ConcurrentLinkedDeque<>());
        kept.addLast(renewal);
        if (kept.size() > KEPT) {
            kept.pollFirst();
        }
    }
}
