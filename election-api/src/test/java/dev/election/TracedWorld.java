package dev.election;

import dev.election.SimulationTrace.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A short simulated world with those faults that the specification knows, and its trace. */
record TracedWorld(SimulationPlan plan, List<SpecifiedLine> lines) {

    /** With the defaults, and at the edge of what is safe, where mistakes show. */
    static final List<ElectionTiming> TIMINGS = List.of(
            ElectionTiming.DEFAULT,
            new ElectionTiming(Duration.ofSeconds(15), Duration.ofMillis(13_500), Duration.ofSeconds(2), 0.05),
            new ElectionTiming(Duration.ofSeconds(5), Duration.ofMillis(4_950), Duration.ofMillis(800), 0));

    private static final int LEASES = 12;

    /** A store that tells lies, records that no candidate wrote, and other implementations are not in it. */
    private static final Set<SimulationFault> UNKNOWN = EnumSet.of(
            SimulationFault.STALE_READ,
            SimulationFault.CLIENT_GO,
            SimulationFault.RECORD_RECREATED,
            SimulationFault.RECORD_CORRUPTED,
            SimulationFault.RECORD_HOSTILE);

    static TracedWorld of(long seed, ElectionTiming timing, SimulationBug bug) {
        Set<SimulationFault> faults = EnumSet.copyOf(SimulationPlan.of(seed).faults());
        faults.removeAll(UNKNOWN);
        if (faults.contains(SimulationFault.RECORD_DELETED)) {
            faults.remove(SimulationFault.DUPLICATE); // what arrives twice could be done twice
        }
        SimulationPlan plan =
                SimulationPlan.of(seed, faults).withTiming(timing).alone().withLeases(LEASES);
        List<Entry> entries = new ArrayList<>();
        new SimulationReplay(plan, bug, entries::add);
        return new TracedWorld(plan, SpecifiedLine.of(entries));
    }

    /** The line at which the specification could not follow, and what its node did just before. */
    String rejectedAt(int line) {
        SpecifiedLine rejected = lines.get(line);
        List<SpecifiedLine> before = lines.subList(0, line).stream()
                .filter(earlier -> earlier.node().equals(rejected.node()))
                .toList();
        return "seed " + plan.seed() + ", " + plan.timing() + ": line " + line + " was rejected: " + rejected.tla()
                + "\n    after "
                + before.subList(Math.max(0, before.size() - 4), before.size()).stream()
                        .map(SpecifiedLine::tla)
                        .collect(Collectors.joining("\n          "));
    }
}
