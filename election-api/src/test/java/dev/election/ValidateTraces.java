package dev.election;

import java.io.PrintStream;
import java.util.List;

/** The command line of the validation of traces: {@code script/validate-traces}. */
final class ValidateTraces {

    private static final String USAGE = """
            Usage: script/validate-traces [--seeds=N] [--seed=S] [--bugs=N]

              --seeds=N   how many worlds; default: 60
              --seed=S    the first world's seed; default: 1
              --bugs=N    in how many worlds each planted mistake is looked for; default: 6, 0 for none
            """;

    /** Those that a specification in terms of writes and terms can tell from what is right. */
    static final List<SimulationBug> BUGS = List.of(
            SimulationBug.VALIDITY_FROM_REPLY,
            SimulationBug.START_BEFORE_WRITE,
            SimulationBug.UNKNOWN_IS_APPLIED,
            SimulationBug.WAITS_FOR_RENEW_DEADLINE,
            SimulationBug.RENEWAL_NOT_NOTICED,
            SimulationBug.REFRESHED_VERSION,
            SimulationBug.TOKEN_FROM_TRANSITIONS,
            SimulationBug.RELEASE_BEFORE_STOP,
            SimulationBug.STOP_NOT_TOLD);

    private int seeds = 60;
    private long seed = 1;
    private int bugs = 6;

    public static void main(String[] arguments) throws Exception {
        System.exit(new ValidateTraces().run(System.out, arguments));
    }

    /** Returns the exit code. */
    int run(PrintStream out, String... arguments) throws Exception {
        for (String argument : arguments) {
            if (argument.equals("--help")) {
                out.print(USAGE);
                return 0;
            }
            if (!set(argument)) {
                out.println("error: " + argument + "\n" + USAGE);
                return 2;
            }
        }
        long began = System.nanoTime();
        TraceValidation validation = new TraceValidation();
        int timings = TracedWorld.TIMINGS.size();
        for (int i = 0; i < timings; i++) {
            int count = seeds * (i + 1) / timings - seeds * i / timings;
            if (count > 0) {
                validation.validate(seed + seeds * i / timings, count, TracedWorld.TIMINGS.get(i));
                out.println("... " + validation.line());
            }
        }
        validation.complaints().forEach(out::println);
        int found = bugs == 0 ? 0 : findBugs(out);
        int wanted = bugs == 0 ? 0 : BUGS.size();
        out.printf(
                "%s bugs_rejected=%d/%d seconds=%d%n",
                validation.line(), found, wanted, (System.nanoTime() - began) / 1_000_000_000);
        return validation.complaints().isEmpty() && found == wanted ? 0 : 1;
    }

    private boolean set(String argument) {
        int equals = argument.indexOf('=');
        try {
            long value = Long.parseLong(argument.substring(equals + 1));
            switch (argument.substring(0, Math.max(0, equals))) {
                case "--seeds" -> seeds = Math.toIntExact(value);
                case "--seed" -> seed = value;
                case "--bugs" -> bugs = Math.toIntExact(value);
                default -> {
                    return false;
                }
            }
            return seeds > 0 && bugs >= 0;
        } catch (ArithmeticException | NumberFormatException e) {
            return false;
        }
    }

    private int findBugs(PrintStream out) throws Exception {
        int found = 0;
        for (SimulationBug bug : BUGS) {
            // At the edge of what is safe, where the lease leaves nothing to spare.
            String rejection = TraceValidation.rejection(bug, seed, bugs, TracedWorld.TIMINGS.get(1));
            out.println(bug.label() + ": " + (rejection.isEmpty() ? "NOT REJECTED" : rejection));
            found += rejection.isEmpty() ? 0 : 1;
        }
        return found;
    }
}
