package dev.election;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A world of processes, with a candidate in each election, and stores, in virtual time, on one thread: nothing in it
 * depends on anything but its plan. It runs the shipped machine and driver; clocks, timers, network, stores and user
 * code are its own.
 *
 * <p>After every event it checks what is promised. From time to time the faults stop, and somebody has to lead within a
 * stated bound. A broken promise is a {@link SimulationViolation}.
 */
final class Simulation {

    final SimulationPlan plan;
    final SimulationBug bug;
    final SplittableRandom random;
    final SimulatedTime time = new SimulatedTime();
    final SimulationTrace trace;

    /** Calls that were handed to the network. */
    long operations;

    private final long[] faultCounts = new long[SimulationFault.values().length];
    private final List<SimulatedStore> stores = new ArrayList<>();
    private final List<SimulationChecks> checks = new ArrayList<>();
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final List<SimulatedClientGo> foreigners = new ArrayList<>();
    private final long lease;
    private long faultsUntil;
    private long outageUntil;
    private long longestLease;
    private @Nullable SimulationViolation broken;

    Simulation(SimulationPlan plan, SimulationBug bug, SimulationTrace.@Nullable Sink sink) {
        this.plan = plan;
        this.bug = bug;
        this.random = new SplittableRandom(plan.seed());
        this.trace = new SimulationTrace(time, sink);
        this.lease = plan.timing().leaseDuration().toNanos();
        this.longestLease = lease;
        for (int election = 0; election < plan.elections(); election++) {
            stores.add(new SimulatedStore(this, election));
            checks.add(new SimulationChecks(this, election));
        }
        boolean twins = plan.has(SimulationFault.TWIN_IDENTITY) && count(SimulationFault.TWIN_IDENTITY);
        for (int i = 0; i < plan.candidates(); i++) {
            processes.add(new SimulatedProcess(this, i, "node" + (twins && i == 1 ? 0 : i)));
        }
        for (int i = 0; i < plan.foreigners(); i++) {
            count(SimulationFault.CLIENT_GO);
            foreigners.add(new SimulatedClientGo(this, i));
        }
    }

    /** Lets bad times and good times take turns; in the end all shut down. */
    void run() {
        SimulationChaos chaos = new SimulationChaos(this);
        long end = plan.leases() * lease;
        processes.forEach(process -> time.after(random.nextLong(lease), process::boot));
        foreigners.forEach(SimulatedClientGo::start);
        while (now() < end) {
            if (!plan.faults().isEmpty()) {
                faultsUntil = now() + random.nextLong(10 * lease, 40 * lease);
                chaos.begin();
            }
            runUntil(faultsUntil);
            requireLeaders();
            runUntil(now() + random.nextLong(5 * lease));
        }
        processes.stream().filter(SimulatedProcess::isAlive).forEach(process -> process.shutDown(() -> {}));
        runUntil(now() + 3 * lease);
        requireFreedom();
    }

    // ---- Time ----

    long now() {
        return time.now();
    }

    /** Whether things may go wrong now. */
    boolean faulty() {
        return now() < faultsUntil;
    }

    /** Cuts what is part of a fault to the time that is left for faults. */
    long clip(long nanos) {
        return Math.min(nanos, Math.max(0, faultsUntil - now()));
    }

    private void runUntil(long end) {
        while (time.step(end)) {
            for (int election = 0; election < checks.size(); election++) {
                checks.get(election).afterEvent();
            }
            if (broken != null) {
                throw broken; // though the loop, into which it was thrown, goes on whatever its user code throws
            }
        }
    }

    // ---- What is in it ----

    SimulatedStore store(int election) {
        return stores.get(election);
    }

    SimulationChecks checks(int election) {
        return checks.get(election);
    }

    SimulatedProcess process(int index) {
        return processes.get(index);
    }

    List<SimulatedCandidate> candidates(int election) {
        List<SimulatedCandidate> all = new ArrayList<>();
        for (SimulatedProcess process : processes) {
            if (process.isAlive()) {
                all.add(process.candidates().get(election));
            }
        }
        return all;
    }

    /** How many have not died for good. */
    int survivors() {
        return (int) processes.stream().filter(process -> !process.isGone()).count();
    }

    boolean everybodyIsAlive() {
        return processes.stream().allMatch(process -> process.isAlive() || process.isGone());
    }

    int terms() {
        return checks.stream().mapToInt(SimulationChecks::terms).sum();
    }

    // ---- Faults ----

    /** Whether a fault strikes now, by chance. */
    boolean strikes(SimulationFault fault, SplittableRandom chance, int odds) {
        return faulty() && plan.has(fault) && chance.nextInt(odds) == 0 && count(fault);
    }

    boolean count(SimulationFault fault) {
        faultCounts[fault.ordinal()]++;
        return true;
    }

    long count(int fault) {
        return faultCounts[fault];
    }

    void outage(long nanos) {
        outageUntil = now() + nanos;
    }

    boolean storeIsOut() {
        return now() < outageUntil;
    }

    long storeIsOutUntil() {
        return outageUntil;
    }

    /** Somebody may wait out a lease as long as this. */
    void expectLease(Duration longest) {
        longestLease = Math.max(longestLease, longest.toNanos());
    }

    // ---- Checks at times ----

    /**
     * When faults have stopped, somebody leads within a lease, by the slowest clock, and the slack: four retry periods
     * and three calls for finding out, the poll of a lease and its jitter where a watch may have kept silent, and what
     * is left of the cool-down when all stand back (rule E8).
     */
    private void requireLeaders() {
        double slow = 1 / (1 - plan.timing().driftBound());
        long slack = 4 * plan.timing().retryPeriod().toNanos()
                + 3 * plan.timing().callTimeout().toNanos();
        long poll = plan.has(SimulationFault.WATCH_MISSED) ? lease * 6 / 5 : 0;
        long standingBack = 0;
        for (int election = 0; election < plan.elections(); election++) {
            long first = Long.MAX_VALUE;
            for (SimulatedCandidate candidate : candidates(election)) {
                first = Math.min(first, Math.max(0, candidate.standsBackUntil() - now()));
            }
            standingBack = Math.max(standingBack, first == Long.MAX_VALUE ? 0 : first);
        }
        long bound = (long) (slow * (longestLease + slack + poll)) + standingBack;
        longestLease = lease;
        runUntil(now() + bound);
        for (int election = 0; election < plan.elections(); election++) {
            boolean foreign = election == 0 && foreigners.stream().anyMatch(SimulatedClientGo::leads);
            if (!foreign && candidates(election).stream().noneMatch(SimulatedCandidate::leads)) {
                throw violation("nobody leads #" + election + " " + Duration.ofNanos(bound) + " after the last fault");
            }
        }
        for (SimulatedProcess process : processes) {
            if (process.candidates().stream().anyMatch(SimulatedCandidate::hasFailed)) {
                throw violation("a step of " + process + " threw");
            }
        }
    }

    /** Who shuts down in good times leaves the lock free. */
    private void requireFreedom() {
        for (int election = 0; election < plan.elections(); election++) {
            var record = store(election).current().record();
            boolean foreign = election == 0 && plan.foreigners() > 0;
            if (!foreign && record != null && !record.isFree()) {
                throw violation("all have shut down, and the record is left to " + record.holder());
            }
        }
    }

    /** Whether the store still holds a term that is being given up because it would not; with no reason to think so. */
    boolean stillHolds(SimulatedCandidate candidate, long token) {
        var record = store(candidate.election).current().record();
        return !plan.has(SimulationFault.STALE_READ)
                && !plan.has(SimulationFault.RECORD_CORRUPTED)
                && record != null
                && !record.isFree()
                && record.isOurs()
                && record.fencingToken() == token;
    }

    SimulationViolation violation(String what) {
        SimulationViolation violation = new SimulationViolation(what, plan, now());
        broken = broken == null ? violation : broken;
        return violation;
    }
}
