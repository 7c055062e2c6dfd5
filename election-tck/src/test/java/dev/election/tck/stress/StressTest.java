package dev.election.tck.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Closing, resigning, losing, watching, deleting and starting race each other, on the shipped driver, pools and
 * callbacks, over a store in memory with and without faults. {@code -Delection.rounds=N} for more of it.
 */
class StressTest {

    private static final int ROUNDS = Integer.getInteger("election.rounds", 1_500);
    private static final long SEED = Long.getLong("election.seed", System.nanoTime() % 1_000_000 * 1_000_000);

    /** More than there are processors, since in a round most wait. */
    private static final int AT_ONCE = 12;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES) // for machines that are busy
    void whateverRacesTermsArePairedAndOneLeads() throws Exception {
        Set<Thread> before = threads();
        StressFigures figures = new StressFigures();
        AtomicInteger next = new AtomicInteger();
        Queue<String> broken = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (RealTime time = new RealTime()) {
            List<Future<?>> runners = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                runners.add(threads.submit(() -> {
                    for (int round = next.getAndIncrement();
                            round < ROUNDS && broken.isEmpty();
                            round = next.getAndIncrement()) {
                        broken.addAll(new StressRound(SEED + round, time, figures).run(threads));
                    }
                    return null;
                }));
            }
            for (Future<?> runner : runners) {
                runner.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(broken).isEmpty();
        Set<Thread> left = threads();
        left.removeAll(before);
        for (Thread thread : left) {
            thread.join(StressRound.PATIENCE.toMillis());
            assertThat(thread.isAlive()).as("still runs: %s", thread).isFalse();
        }
        System.out.println("stress: rounds=" + ROUNDS + " seed=" + SEED + " " + figures.line());
        assertThat(figures.neverSeen())
                .as("ways for a term to end that never were")
                .isEmpty();
    }

    /** Those of all elections, as their names tell. */
    private static Set<Thread> threads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(thread -> !thread.getName().startsWith("election-"));
        return threads;
    }
}
