package dev.election.http.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every term that was seen, and whether two of them were ever held at the same time. Thread-safe.
 *
 * <p>A candidate that says twice that it leads with the same fencing token led all the time from when the first answer
 * was received to when the last request was sent, because a term that is over is over for ever. Two terms for which
 * these times overlap are two leaders, beyond doubt.
 */
final class Terms {

    /**
     * One term. Times are of {@link System#nanoTime()}.
     *
     * @param noticed when the candidate's {@code /isLeader} was first received as true
     * @param from since when it surely led
     * @param until until when it surely led
     */
    record Term(String candidate, long token, long noticed, long from, long until) {

        private boolean overlaps(Term other) {
            return from < other.until && other.from < until;
        }
    }

    private final TreeMap<Long, Term> byToken = new TreeMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private long samples;

    /** Counts an answer of any kind. */
    synchronized void sampled() {
        samples++;
    }

    /**
     * A candidate said that it leads.
     *
     * @param noticed when its {@code /isLeader} was received as true
     * @param sent when the request was sent whose answer had the token
     * @param received when that answer was received
     */
    synchronized void led(String candidate, long token, long noticed, long sent, long received) {
        Term known = byToken.get(token);
        Term now;
        if (known == null) {
            now = new Term(candidate, token, noticed, received, received);
            if (!byToken.isEmpty() && byToken.lastKey() > token) {
                mistakes.add(candidate + " leads with token " + token + " after there was " + byToken.lastKey());
            }
        } else {
            now = new Term(known.candidate, token, known.noticed, known.from, sent);
            if (!known.candidate.equals(candidate)) {
                mistakes.add(candidate + " and " + known.candidate + " both lead with token " + token);
            }
        }
        for (Term other : byToken.values()) {
            if (other.token != token && other.overlaps(now) && (known == null || !other.overlaps(known))) {
                mistakes.add(candidate + " (token " + token + ") and " + other.candidate + " (token " + other.token
                        + ") lead at the same time");
            }
        }
        byToken.put(token, now);
        if (known == null) {
            notifyAll();
        }
    }

    /** Waits for a term with a greater token; empty when the time passed. */
    synchronized Optional<Term> awaitAfter(long token, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (latest().isEmpty() || latest().get().token <= token) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            wait(left / 1_000_000 + 1);
        }
        return latest();
    }

    /** The term with the greatest token. */
    synchronized Optional<Term> latest() {
        @Nullable Long token = byToken.isEmpty() ? null : byToken.lastKey();
        return token == null ? Optional.empty() : Optional.of(byToken.get(token));
    }

    /** What must not happen and did, for people. */
    synchronized List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    /** How many answers were looked at. */
    synchronized long samples() {
        return samples;
    }
}
