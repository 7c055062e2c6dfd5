package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A year of the shipped election in worlds where everything goes wrong, and the proof that it would be noticed. */
class SimulationTest {

    private static final double YEAR = 8_760;

    private static final int THREADS = 2;

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES) // it takes one, unless the machine is busy with something else
    void aYearInWhichNothingThatIsPromisedIsBroken() throws InterruptedException {
        SimulationFigures figures = new SimulationRun(SimulationPlan::of, 1, SimulationBug.NONE, YEAR, 0).on(THREADS);
        System.out.println("simulation: " + figures.line());
        assertThat(figures.violations().stream()
                        .map(violation -> violation.getMessage() + "; once more: script/simulate --seed="
                                + violation.plan().seed()))
                .isEmpty();
        assertThat(figures.hours()).isGreaterThanOrEqualTo(YEAR);
        assertThat(EnumSet.allOf(SimulationFault.class))
                .as("every kind of fault struck")
                .allMatch(fault -> figures.count(fault) > 0);
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void theMistakesOfThisFieldAreFound() throws InterruptedException {
        SimulationBug[] planted = SimulationBug.planted();
        StringBuilder missed = new StringBuilder();
        int found = 0;
        for (SimulationBug bug : planted) {
            SimulationFigures figures = new SimulationRun(SimulationPlan::of, 1, bug, YEAR / 4, 0).on(THREADS);
            if (figures.violations().isEmpty()) {
                missed.append(bug.label()).append(' ');
            } else {
                found++;
                System.out.printf(
                        "planted bug %-26s found after %4d worlds: %s%n",
                        bug.label(),
                        figures.worlds(),
                        figures.violations().get(0).what());
            }
        }
        System.out.println("planted bugs found " + found + "/" + planted.length);
        assertThat(missed.toString()).as("mistakes that nobody noticed").isEmpty();
    }

    @Test
    void eachSeedRunTwiceGivesTheSameTrace() {
        List<Long> once = traces();
        assertThat(traces()).isEqualTo(once);
        assertThat(once).doesNotHaveDuplicates();
    }

    private static List<Long> traces() {
        return LongStream.range(1_000, 1_040)
                .mapToObj(seed -> {
                    Simulation world = new Simulation(SimulationPlan.of(seed), SimulationBug.NONE, null);
                    world.run();
                    return world.trace.hash();
                })
                .toList();
    }

    @Test
    void aReplayIsTheSameWorldAndTellsItsStory(@TempDir Path directory) throws Exception {
        Simulation world = new Simulation(SimulationPlan.of(7).withLeases(20), SimulationBug.NONE, null);
        world.run();
        Path file = directory.resolve("trace.tsv");
        String told = simulate(0, "--seed=7", "--leases=20", "--trace=" + file);
        assertThat(told).contains("Nothing was violated.", String.format("hash=%016x", world.trace.hash()));
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).isEqualTo(SimulationTrace.Entry.HEADER);
        int columns = lines.get(0).split("\t", -1).length;
        assertThat(lines).allMatch(line -> line.split("\t", -1).length == columns);
        assertThat(lines.stream().map(line -> line.split("\t", -1)[3]).collect(Collectors.toSet()))
                .contains("boot", "send", "applied", "acknowledged", "read", "lead", "end", "stop_work");
    }

    @Test
    void aBugIsShownWithTheCommandThatShowsItAgain() throws Exception {
        String told = simulate(0, "--bug=stop-twice", "--threads=1");
        assertThat(told).contains("VIOLATED: ", "was told of the end of another term", "found=true");
        String again = told.substring(told.indexOf("Once more: script/simulate ") + 27)
                .lines()
                .findFirst()
                .orElseThrow();
        assertThat(simulate(0, again.split(" "))).contains("VIOLATED: ", "was told of the end of another term");
    }

    @Test
    void wrongUseIsExplained() throws Exception {
        assertThat(simulate(2, "--bug=nonsense")).contains("--list-bugs");
        assertThat(simulate(2, "--years=many")).contains("not a number");
        assertThat(simulate(2, "--faults=rain")).contains("CRASH");
        assertThat(simulate(2, "--nonsense")).contains("--help");
        assertThat(simulate(0, "--help")).startsWith("Usage: ");
        assertThat(simulate(0, "--list-bugs")).contains("validity-from-reply");
    }

    private static String simulate(int exitCode, String... arguments) throws Exception {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int code = Simulate.run(new PrintStream(told, true, StandardCharsets.UTF_8), arguments);
        assertThat(code).as(told.toString(StandardCharsets.UTF_8)).isEqualTo(exitCode);
        return told.toString(StandardCharsets.UTF_8);
    }
}
