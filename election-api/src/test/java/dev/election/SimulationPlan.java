package dev.election;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a world is like. All of it follows from the seed, unless it is asked for otherwise.
 *
 * @param seed of everything that is left to chance in the world
 * @param candidates how many processes take part, each with one candidate in each election
 * @param elections how many elections the processes share
 * @param foreigners how many members with client-go's rules take part in the first election
 * @param timing of all candidates
 * @param faults what may go wrong
 * @param oddsOfLoss one message of how many meets a fault, while faults are on
 * @param pauseOfChaos the mean time between two faults that last, in nanoseconds
 * @param leases how long the world lasts, in lease durations
 */
record SimulationPlan(
        long seed,
        int candidates,
        int elections,
        int foreigners,
        ElectionTiming timing,
        Set<SimulationFault> faults,
        int oddsOfLoss,
        long pauseOfChaos,
        int leases) {

    /** With the default lease of 15 s, an hour. */
    private static final int LEASES = 240;

    /** What changes what is promised, or keeps the world busy with one thing, so that most worlds do without. */
    private static final Set<SimulationFault> RARE = EnumSet.of(
            SimulationFault.STALE_READ,
            SimulationFault.CLIENT_GO,
            SimulationFault.RECORD_HOSTILE,
            SimulationFault.WATCH_MISSED,
            SimulationFault.TWIN_IDENTITY,
            SimulationFault.CRASH_FOR_GOOD);

    /** The world of a seed. */
    static SimulationPlan of(long seed) {
        SplittableRandom random = new SplittableRandom(~seed);
        boolean everything = random.nextInt(4) == 0;
        Set<SimulationFault> faults = EnumSet.noneOf(SimulationFault.class);
        for (SimulationFault fault : SimulationFault.values()) {
            boolean chosen = RARE.contains(fault) ? random.nextInt(8) == 0 : everything || random.nextInt(3) > 0;
            if (chosen) {
                faults.add(fault);
            }
        }
        if (faults.contains(SimulationFault.SLEEP)) {
            // Set back while the machine sleeps, the wall clock hides the sleep: that is not promised.
            faults.remove(SimulationFault.WALL_CLOCK_JUMP);
        }
        if (random.nextInt(4) == 0) {
            faults.remove(SimulationFault.SLEEP);
            faults.add(SimulationFault.WALL_CLOCK_JUMP);
        }
        return of(seed, random, faults);
    }

    /** The world of a seed with these faults only. */
    static SimulationPlan of(long seed, Set<SimulationFault> faults) {
        return of(seed, new SplittableRandom(~seed), faults);
    }

    private static SimulationPlan of(long seed, SplittableRandom random, Set<SimulationFault> faults) {
        ElectionTiming timing = random.nextInt(4) > 0 ? ElectionTiming.DEFAULT : timing(random);
        int[] odds = {200, 50, 15};
        double[] pauses = {0.5, 2, 6};
        return new SimulationPlan(
                seed,
                3 + (random.nextInt(4) == 0 ? random.nextInt(3) : 0),
                random.nextInt(8) == 0 ? 2 : 1,
                faults.contains(SimulationFault.CLIENT_GO) ? 1 + random.nextInt(2) : 0,
                timing,
                faults,
                odds[random.nextInt(odds.length)],
                (long) (timing.leaseDuration().toNanos() * pauses[random.nextInt(pauses.length)]),
                LEASES);
    }

    /** Safe ones; mostly at the edge, where mistakes show. */
    private static ElectionTiming timing(SplittableRandom random) {
        double[] drifts = {0, 0.01, 0.05, 0.2};
        double[] uses = {0.5, 0.75, 0.9, 0.99};
        double[] retries = {0.1, 0.2, 0.4, 0.8};
        double drift = drifts[random.nextInt(drifts.length)];
        int lease = random.nextInt(2_000, 30_000);
        long deadline = (long) (lease * (1 - drift) / (1 + drift) * uses[random.nextInt(uses.length)]);
        long retry = (long) Math.max(5, deadline * retries[random.nextInt(retries.length)]);
        return new ElectionTiming(
                Duration.ofMillis(lease), Duration.ofMillis(deadline), Duration.ofMillis(retry), drift);
    }

    /** How much time the world is to last at least. */
    double hours() {
        return leases * (timing.leaseDuration().toNanos() / 3.6e12);
    }

    boolean has(SimulationFault fault) {
        return faults.contains(fault);
    }

    SimulationPlan withLeases(int count) {
        return new SimulationPlan(
                seed, candidates, elections, foreigners, timing, faults, oddsOfLoss, pauseOfChaos, count);
    }

    SimulationPlan withCandidates(int count) {
        return new SimulationPlan(seed, count, elections, foreigners, timing, faults, oddsOfLoss, pauseOfChaos, leases);
    }

    /** One election, and candidates of ours only. */
    SimulationPlan alone() {
        Set<SimulationFault> ours = EnumSet.noneOf(SimulationFault.class);
        ours.addAll(faults);
        ours.remove(SimulationFault.CLIENT_GO);
        return new SimulationPlan(seed, candidates, 1, 0, timing, ours, oddsOfLoss, pauseOfChaos, leases);
    }

    SimulationPlan withTiming(ElectionTiming other) {
        return new SimulationPlan(
                seed, candidates, elections, foreigners, other, faults, oddsOfLoss, pauseOfChaos, leases);
    }
}
