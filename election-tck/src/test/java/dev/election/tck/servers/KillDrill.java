package dev.election.tck.servers;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.Leadership;
import dev.election.spi.ElectionBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Kills the leader of a store's own cluster again and again while candidates contend in an election on it, and keeps
 * account of who led when.
 *
 * <p>Every other time the election's leader resigns in the same moment, so that a hand-over runs into the kill too.
 */
public final class KillDrill {

    /** The cluster, and the way to it. */
    public interface Cluster {

        /** Opens the store as another process would. */
        ElectionBackend open() throws Exception;

        /** Kills, by SIGKILL, the member that leads the store. */
        void killLeader() throws Exception;

        /** Starts the member that was killed, and returns when all members serve again. */
        void restart() throws Exception;
    }

    /**
     * What was seen.
     *
     * @param kills how often the store's leader was killed
     * @param terms how many terms of leadership there were
     * @param overlaps pairs of terms that were valid at one time
     * @param tokensOutOfOrder terms whose token was not greater than that of every term before
     * @param longestGap the longest time without a valid leader, once there was one
     */
    public record Figures(int kills, int terms, int overlaps, int tokensOutOfOrder, Duration longestGap) {
        @Override
        public String toString() {
            return "kills=" + kills + " terms=" + terms + " overlaps=" + overlaps + " tokens_out_of_order="
                    + tokensOutOfOrder + " longest_gap_ms=" + longestGap.toMillis();
        }
    }

    private static final int CANDIDATES = 3;

    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofMillis(500));

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Elections> opened = new ArrayList<>();
    private final List<LeaderElector> candidates = new ArrayList<>();

    private KillDrill() {}

    /**
     * Runs the drill.
     *
     * @param election a name that is not in use
     * @throws AssertionError when nobody leads again in time after a kill
     */
    public static Figures run(String election, int kills, Cluster cluster) throws Exception {
        return new KillDrill().drill(election, kills, cluster);
    }

    private Figures drill(String election, int kills, Cluster cluster) throws Exception {
        try {
            for (int i = 0; i < CANDIDATES; i++) {
                Elections elections = Elections.of(cluster.open());
                opened.add(elections);
                candidates.add(elections
                        .elector(election)
                        .identity("candidate-" + i)
                        .timing(TIMING)
                        .start());
            }
            Account account = new Account();
            Thread sampler = new Thread(() -> sample(account), "kill-drill-sampler");
            sampler.start();
            try {
                awaitLeaderSince(System.nanoTime(), "in the beginning");
                for (int kill = 1; kill <= kills; kill++) {
                    if (kill % 2 == 0) {
                        leading().ifPresent(LeaderElector::resign);
                    }
                    long killed = System.nanoTime();
                    cluster.killLeader();
                    awaitLeaderSince(killed, "after kill " + kill);
                    cluster.restart();
                }
            } finally {
                sampler.interrupt();
                sampler.join();
            }
            sampleOnce(account); // the last term may be too young for the sampler to have met it
            return account.figures(kills);
        } finally {
            opened.forEach(Elections::close);
        }
    }

    private Optional<LeaderElector> leading() {
        return candidates.stream().filter(LeaderElector::isLeader).findFirst();
    }

    /** Waits for a leader with a write that the store acknowledged, and that was sent after this instant. */
    private void awaitLeaderSince(long instant, String when) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (candidates.stream().noneMatch(candidate -> hasSentSince(candidate, instant))) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("no leader within " + PATIENCE.toSeconds() + " s " + when + ": " + candidates
                        + candidates.stream().map(LeaderElector::health).toList());
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** A term lasts for the renew deadline from the sending of its last acknowledged write. */
    private static boolean hasSentSince(LeaderElector candidate, long instant) {
        long now = System.nanoTime();
        return candidate
                .leadership()
                .map(term -> now
                        + term.remaining().toNanos()
                        - TIMING.renewDeadline().toNanos()
                        - instant)
                .filter(sentAfter -> sentAfter > 0)
                .isPresent();
    }

    private void sample(Account account) {
        while (!Thread.currentThread().isInterrupted()) {
            sampleOnce(account);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void sampleOnce(Account account) {
        for (LeaderElector candidate : candidates) {
            long before = System.nanoTime();
            Leadership term = candidate.leadership().orElse(null);
            if (term != null && term.isValid()) {
                account.wasValid(term, before, System.nanoTime());
            }
        }
    }

    /**
     * Who led when. A term is valid without a break until it ends, so it was so for certain from the first sample that
     * said it to the last: two terms overlap if these spans do, even where no two samples coincide.
     */
    private static final class Account {

        private static final class Span {
            private final long token;
            private final long first;
            private long last;

            Span(long token, long first) {
                this.token = token;
                this.first = first;
                this.last = first;
            }
        }

        private final Map<Leadership, Span> byTerm = new IdentityHashMap<>();
        private final List<Span> spans = new ArrayList<>();
        private long longestGap;
        private @Nullable Span latest;

        /** Samples come in order. @param before when this was asked @param after when it was answered */
        void wasValid(Leadership term, long before, long after) {
            if (latest != null) {
                longestGap = Math.max(longestGap, after - latest.last);
            }
            Span span = byTerm.get(term);
            if (span == null) {
                span = new Span(term.fencingToken(), after);
                byTerm.put(term, span);
                spans.add(span);
            } else {
                span.last = Math.max(span.last, before);
            }
            if (latest == null || span.last - latest.last >= 0) {
                latest = span;
            }
        }

        Figures figures(int kills) {
            int overlaps = 0;
            int outOfOrder = 0;
            long highest = 0;
            for (int i = 0; i < spans.size(); i++) {
                Span span = spans.get(i);
                for (Span earlier : spans.subList(0, i)) {
                    overlaps += earlier.last - span.first >= 0 ? 1 : 0;
                }
                outOfOrder += span.token > highest ? 0 : 1;
                highest = Math.max(highest, span.token);
            }
            return new Figures(kills, spans.size(), overlaps, outOfOrder, Duration.ofNanos(longestGap));
        }
    }
}
