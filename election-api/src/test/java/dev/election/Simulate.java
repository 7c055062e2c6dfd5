package dev.election;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.util.List;

/** The command line of the simulation: {@code script/simulate}. */
final class Simulate {

    private static final double HOURS_PER_YEAR = 8_760;

    /** A planted mistake that takes longer to find than this many years is not found. */
    private static final double YEARS_FOR_A_BUG = 1;

    private static final int TOLERATED = 4;

    private final SimulationOptions options;
    private final PrintStream out;

    private Simulate(SimulationOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        System.exit(run(System.out, arguments));
    }

    /** Returns the exit code. */
    static int run(PrintStream out, String... arguments) throws IOException, InterruptedException {
        SimulationOptions options;
        try {
            options = SimulationOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            out.println("error: " + e.getMessage());
            return 2;
        }
        if (options.help) {
            out.print(SimulationOptions.USAGE);
            return 0;
        }
        if (options.listBugs) {
            for (SimulationBug bug : SimulationBug.planted()) {
                out.printf("%-28s %s%n", bug.label(), bug.mistake());
            }
            return 0;
        }
        return new Simulate(options, out).run();
    }

    private int run() throws IOException, InterruptedException {
        return options.isOneWorld() ? runOne() : options.bug == SimulationBug.NONE ? runMany() : findBug();
    }

    private int runOne() throws IOException {
        SimulationReplay replay;
        if (options.trace == null) {
            replay = new SimulationReplay(options.plan(options.seed), options.bug, entry -> {});
        } else {
            try (Writer file = Files.newBufferedWriter(options.trace)) {
                file.write(SimulationTrace.Entry.HEADER + "\n");
                replay = new SimulationReplay(options.plan(options.seed), options.bug, entry -> write(file, entry));
            }
        }
        out.println(replay.story());
        SimulationFigures figures = new SimulationFigures();
        figures.add(replay.world());
        SimulationViolation violation = replay.violation();
        if (violation != null) {
            figures.add(violation);
        }
        out.println(figures.line());
        return violation == null ? 0 : 1;
    }

    private static void write(Writer file, SimulationTrace.Entry entry) {
        try {
            file.write(entry.tabbed() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int runMany() throws InterruptedException {
        double years = options.years == null ? 1 : options.years;
        SimulationFigures figures = simulate(years, TOLERATED);
        List<SimulationViolation> violations = figures.violations();
        if (!violations.isEmpty()) {
            out.println(new SimulationReplay(violations.get(0).plan(), options.bug, entry -> {}).story());
            for (SimulationViolation violation : violations) {
                out.println(violation.getMessage() + "; once more: "
                        + options.replay(violation.plan().seed()));
            }
        }
        out.println(figures.line());
        return violations.isEmpty() ? 0 : 1;
    }

    private int findBug() throws InterruptedException {
        out.println(options.bug.label() + ": " + options.bug.mistake() + "\n");
        SimulationFigures figures = simulate(options.years == null ? YEARS_FOR_A_BUG : options.years, 0);
        boolean found = !figures.violations().isEmpty();
        if (found) {
            SimulationViolation violation = figures.violations().get(0);
            out.println(new SimulationReplay(violation.plan(), options.bug, entry -> {}).story());
            out.println("Once more: " + options.replay(violation.plan().seed()));
        }
        out.println("bug=" + options.bug.label() + " found=" + found + " " + figures.line());
        return found ? 0 : 1;
    }

    private SimulationFigures simulate(double years, int tolerated) throws InterruptedException {
        return new SimulationRun(options::plan, options.seed, options.bug, years * HOURS_PER_YEAR, tolerated)
                .on(options.threads);
    }
}
