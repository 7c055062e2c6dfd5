package dev.election.tck;

import dev.election.EndReason;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import dev.election.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches the candidates of one election, all in this JVM, and fails when two lead at once, a fencing token does not
 * grow, or starts and stops do not come in pairs:
 *
 * <pre>{@code
 * OneLeaderCheck check = new OneLeaderCheck(time);
 * LeaderElector one = elections.elector("example").listener(check.listener("one")).start();
 * LeaderElector two = others.elector("example").listener(check.listener("two")).start();
 * check.observe("one", one);
 * check.observe("two", two);
 * try (AutoCloseable sampling = check.sampleEvery(Duration.ofMillis(10))) {
 *     ...
 * }
 * check.verify();
 * }</pre>
 *
 * <p>What it reports has happened, also under real time: two terms count as being valid at once only if one of them was
 * found valid both before and after the other one was. What it does not see may have happened between two samples.
 * Thread-safe.
 */
public final class OneLeaderCheck {

    /** Enough to see how it came about. */
    private static final int HISTORY = 200;

    private record Term(String candidate, Leadership leadership) {}

    private final TimeSource time;
    private final long origin;
    private final Map<LeaderElector, String> electors = new LinkedHashMap<>();
    private final List<Term> current = new ArrayList<>();
    private final Set<Leadership> known = new HashSet<>();
    private final Map<String, Leadership> told = new LinkedHashMap<>();
    private final Deque<String> history = new ArrayDeque<>();
    private long greatestToken;
    private @Nullable String violation;

    /** @param time what the history is dated by; the elections' own */
    public OneLeaderCheck(TimeSource time) {
        this.time = time;
        this.origin = time.nanoTime();
    }

    /** A listener for one candidate. */
    public LeadershipListener listener(String candidate) {
        return listener(candidate, new LeadershipListener() {});
    }

    /** A listener for one candidate, which passes on what it is told. */
    public LeadershipListener listener(String candidate, LeadershipListener next) {
        return new LeadershipListener() {
            @Override
            public void onStartedLeading(Leadership leadership) {
                started(candidate, leadership);
                next.onStartedLeading(leadership);
            }

            @Override
            public void onStoppedLeading(EndReason reason) {
                stopped(candidate, reason);
                next.onStoppedLeading(reason);
            }

            @Override
            public void onNewLeader(LeaderView leader) {
                next.onNewLeader(leader);
            }
        };
    }

    /** Samples one candidate from now on. */
    public synchronized void observe(String candidate, LeaderElector elector) {
        electors.put(elector, candidate);
    }

    /** Asks all candidates whether they lead. Never fails; {@link #verify} does. */
    public synchronized void sample() {
        electors.forEach((elector, candidate) ->
                elector.leadership().ifPresent(leadership -> found(new Term(candidate, leadership))));
        lookForTwo();
    }

    /** Samples until what is returned is closed. */
    public AutoCloseable sampleEvery(Duration interval) {
        Sampling sampling = new Sampling(interval);
        sampling.run();
        return sampling;
    }

    private final class Sampling implements AutoCloseable, Runnable {

        private final Duration interval;
        private volatile boolean closed;

        Sampling(Duration interval) {
            this.interval = interval;
        }

        @Override
        public void run() {
            if (!closed) {
                sample();
                time.schedule(interval, this);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /**
     * Fails if anything was wrong so far.
     *
     * @throws AssertionError with what was wrong, and the history up to it
     */
    public synchronized void verify() {
        sample();
        if (violation != null) {
            throw new AssertionError(violation);
        }
    }

    /**
     * Fails as {@link #verify} does, and also if a term was begun and not ended; for when all electors are closed.
     *
     * @throws AssertionError as above
     */
    public synchronized void verifyEnded() {
        told.keySet()
                .forEach(candidate ->
                        violated(candidate + " was told that its term started, and never that it stopped"));
        verify();
    }

    /** What happened, one line each, with the seconds since the beginning. */
    public synchronized String history() {
        return String.join("\n", history);
    }

    private synchronized void started(String candidate, Leadership leadership) {
        note(candidate + " was told that it leads, token " + leadership.fencingToken());
        if (told.put(candidate, leadership) != null) {
            violated(candidate + " was told twice that it started to lead, and not between that it stopped");
        }
        found(new Term(candidate, leadership));
        sample();
    }

    private synchronized void stopped(String candidate, EndReason reason) {
        note(candidate + " was told that it leads no longer: " + reason);
        Leadership over = told.remove(candidate);
        if (over == null) {
            violated(candidate + " was told that it leads no longer, and never before that it does");
        } else if (over.isValid()) {
            violated(candidate + " was told that it leads no longer while its term was still valid");
        }
    }

    private void found(Term term) {
        if (!known.add(term.leadership())) {
            return;
        }
        current.add(term);
        long token = term.leadership().fencingToken();
        note(term.candidate() + " leads with token " + token);
        // A term that is over by now may be older than the one whose token is greater, and only be told of late.
        if (token == greatestToken || token < greatestToken && term.leadership().isValid()) {
            violated(term.candidate() + " leads with token " + token + ", though " + greatestToken
                    + " was given out before");
        }
        greatestToken = Math.max(greatestToken, token);
    }

    private void lookForTwo() {
        List<Term> first =
                current.stream().filter(term -> term.leadership().isValid()).toList();
        // Once invalid, for ever invalid: who is valid now was so between the two looks.
        List<Term> both =
                first.stream().filter(term -> term.leadership().isValid()).toList();
        current.stream()
                .filter(term -> !first.contains(term))
                .forEach(term -> note(term.candidate() + "'s term with token "
                        + term.leadership().fencingToken() + " is over"));
        current.retainAll(first);
        if (both.size() > 1) {
            violated("two lead at once: "
                    + String.join(
                            " and ",
                            both.stream()
                                    .map(term -> term.candidate() + " with token "
                                            + term.leadership().fencingToken() + " for another "
                                            + seconds(term.leadership()
                                                    .remaining()
                                                    .toNanos()) + " s")
                                    .toList()));
        }
    }

    private void violated(String what) {
        note("WRONG: " + what);
        if (violation == null) {
            violation = what + "\n" + history();
        }
    }

    private void note(String what) {
        if (history.size() == HISTORY) {
            history.removeFirst();
        }
        history.add(String.format(Locale.ROOT, "%9s s  %s", seconds(time.nanoTime() - origin), what));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e9);
    }
}
