package dev.election;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of many worlds. Thread-safe. */
final class SimulationFigures {

    private static final double NANOS_PER_HOUR = 3.6e12;
    private static final double HOURS_PER_YEAR = 8_760;

    private final long began = System.nanoTime();
    private final long[] faults = new long[SimulationFault.values().length];
    private final List<SimulationViolation> violations = new ArrayList<>();
    private int worlds;
    private long operations;
    private long events;
    private long terms;
    private double hours;
    private long hash;

    synchronized void add(Simulation world) {
        worlds++;
        operations += world.operations;
        events += world.time.scheduled();
        terms += world.terms();
        hours += world.now() / NANOS_PER_HOUR;
        hash += world.trace.hash(); // in whatever order worlds end
        for (int i = 0; i < faults.length; i++) {
            faults[i] += world.count(i);
        }
    }

    synchronized void add(SimulationViolation violation) {
        violations.add(violation);
    }

    synchronized List<SimulationViolation> violations() {
        return List.copyOf(violations);
    }

    synchronized int worlds() {
        return worlds;
    }

    synchronized double hours() {
        return hours;
    }

    /** How often each kind of fault struck. */
    synchronized long count(SimulationFault fault) {
        return faults[fault.ordinal()];
    }

    /** The same for the same worlds. */
    synchronized long hash() {
        return hash;
    }

    /** One line. */
    synchronized String line() {
        double minutes = (System.nanoTime() - began) / 6e10;
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "years=%.2f hours=%.0f worlds=%d operations=%d events=%d terms=%d violations=%d hours_per_minute=%.0f"
                        + " hash=%016x",
                hours / HOURS_PER_YEAR,
                hours,
                worlds,
                operations,
                events,
                terms,
                violations.size(),
                hours / minutes,
                hash));
        long all = 0;
        for (long count : faults) {
            all += count;
        }
        line.append(" faults=").append(all);
        for (SimulationFault fault : SimulationFault.values()) {
            line.append(' ').append(fault.label()).append('=').append(faults[fault.ordinal()]);
        }
        return line.toString();
    }
}
