package dev.election;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link Simulate} is asked to do. */
final class SimulationOptions {

    static final String USAGE = """
            Usage: script/simulate [OPTION...]

            Runs the election that ships in simulated worlds, and checks after every event what is promised. The last
            line tells the figures.

              --years=N            how much time to simulate; default: 1
              --seed=S             the first world's seed; default: 1. Without --years only this world is run, and told
              --bug=NAME           plants a known mistake, and shows how it is found
              --list-bugs          names the mistakes
              --faults=A,B,...     only these kinds of faults; "none" for none. Default: as the seed has it
              --candidates=N       default: as the seed has it, mostly 3
              --default-timing     15 s, 10 s and 2 s, one election and no other implementation, in all worlds
              --leases=N           how long each world lasts, in leases; default: 240
              --threads=N          default: 2
              --trace=FILE         writes every event of the one world of --seed to a file, separated by tabs
              --help

            Exit code: 0 if all held, or the planted mistake was found; 1 if not; 2 for wrong use.
            """;

    @Nullable
    Double years;

    long seed = 1;
    boolean seeded;
    SimulationBug bug = SimulationBug.NONE;
    boolean listBugs;
    boolean help;
    int threads = 2;

    @Nullable
    Path trace;

    private @Nullable Set<SimulationFault> faults;
    private int candidates;
    private int leases;
    private boolean defaultTiming;

    /** @throws IllegalArgumentException for wrong use; the message tells what is wrong */
    static SimulationOptions parse(String... arguments) {
        SimulationOptions options = new SimulationOptions();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            String value = equals < 0 ? "" : argument.substring(equals + 1);
            try {
                options.set(name, value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(argument + ": not a number", e);
            }
        }
        return options;
    }

    private void set(String name, String value) {
        switch (name) {
            case "--years" -> years = Double.parseDouble(value);
            case "--seed" -> {
                seed = Long.parseLong(value);
                seeded = true;
            }
            case "--bug" -> bug = bug(value);
            case "--list-bugs" -> listBugs = true;
            case "--faults" -> faults = faults(value);
            case "--candidates" -> candidates = Integer.parseInt(value);
            case "--default-timing" -> defaultTiming = true;
            case "--leases" -> leases = Integer.parseInt(value);
            case "--threads" -> threads = Integer.parseInt(value);
            case "--trace" -> trace = Path.of(value);
            case "--help" -> help = true;
            default -> throw new IllegalArgumentException(name + ": there is no such option; --help lists them");
        }
    }

    private static SimulationBug bug(String label) {
        return Arrays.stream(SimulationBug.planted())
                .filter(bug -> bug.label().equals(label))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(label + ": --list-bugs names what there is"));
    }

    private static Set<SimulationFault> faults(String labels) {
        Set<SimulationFault> set = EnumSet.noneOf(SimulationFault.class);
        for (String label : labels.equals("none") ? new String[0] : labels.split(",")) {
            try {
                set.add(SimulationFault.valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_')));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        label + ": the faults are " + EnumSet.allOf(SimulationFault.class), e);
            }
        }
        return set;
    }

    /** Whether one world is meant, to be looked at. */
    boolean isOneWorld() {
        return trace != null || (seeded && years == null && bug == SimulationBug.NONE);
    }

    SimulationPlan plan(long ofSeed) {
        SimulationPlan plan = faults == null ? SimulationPlan.of(ofSeed) : SimulationPlan.of(ofSeed, faults);
        plan = candidates > 0 ? plan.withCandidates(candidates) : plan;
        plan = leases > 0 ? plan.withLeases(leases) : plan;
        return defaultTiming ? plan.withTiming(ElectionTiming.DEFAULT).alone() : plan;
    }

    /** The options that make worlds what they are, as they were given. */
    String replay(long ofSeed) {
        return "script/simulate --seed=" + ofSeed
                + (bug == SimulationBug.NONE ? "" : " --bug=" + bug.label())
                + (faults == null ? "" : " --faults=" + labels(faults))
                + (candidates > 0 ? " --candidates=" + candidates : "")
                + (leases > 0 ? " --leases=" + leases : "")
                + (defaultTiming ? " --default-timing" : "");
    }

    private static String labels(Set<SimulationFault> faults) {
        return faults.isEmpty()
                ? "none"
                : String.join(",", faults.stream().map(SimulationFault::label).toList());
    }
}
