package dev.election.http.faults;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.Leadership;
import dev.election.http.faults.BlackBox.Field;
import dev.election.spi.ElectionBackend;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A program that contends, as a process of its own. It notes in its {@link BlackBox} when it led, and writes to the
 * {@link Resource resources}, if there are any, while it believes to lead. SIGTERM ends it in an orderly way.
 */
final class CandidateProgram {

    /** Rarely enough not to matter, often enough for a slope. */
    private static final Duration MEASURE = Duration.ofSeconds(5);

    /**
     * What it is to do.
     *
     * @param backend the URI of the store as this candidate reaches it
     * @param election the name, to which numbers are appended if there are several
     * @param resources the port of the resources on 127.0.0.1; 0 for none
     * @param told whether it believes what it was told last, which is a mistake
     * @param interval between two looks
     */
    record Plan(
            Path box,
            String id,
            String backend,
            String election,
            int elections,
            ElectionTiming timing,
            Duration interval,
            int resources,
            boolean told) {

        List<String> arguments() {
            return List.of(
                    box.toString(),
                    id,
                    backend,
                    election,
                    Integer.toString(elections),
                    timing.leaseDuration().toString(),
                    timing.renewDeadline().toString(),
                    timing.retryPeriod().toString(),
                    interval.toString(),
                    Integer.toString(resources),
                    Boolean.toString(told));
        }

        static Plan parse(String[] arguments) {
            return new Plan(
                    Path.of(arguments[0]),
                    arguments[1],
                    arguments[2],
                    arguments[3],
                    Integer.parseInt(arguments[4]),
                    ElectionTiming.of(
                            Duration.parse(arguments[5]), Duration.parse(arguments[6]), Duration.parse(arguments[7])),
                    Duration.parse(arguments[8]),
                    Integer.parseInt(arguments[9]),
                    Boolean.parseBoolean(arguments[10]));
        }

        String election(int number) {
            return elections == 1 ? election : election + "-" + number;
        }
    }

    private final BlackBox box;
    private final ElectionTiming timing;
    private final List<Belief> beliefs = new ArrayList<>();
    private final @Nullable Leadership[] seen;
    private final int[] numbers;

    private CandidateProgram(BlackBox box, Plan plan) {
        this.box = box;
        this.timing = plan.timing();
        this.seen = new Leadership[plan.elections()];
        this.numbers = new int[plan.elections()];
    }

    /** Contends until it is told to end. */
    public static void main(String[] arguments) throws InterruptedException {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        System.setProperty("org.slf4j.simpleLogger.log.dev.election", "info");
        System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
        System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        Plan plan = Plan.parse(arguments);
        BlackBox box = BlackBox.open(plan.box());
        box.set(Field.HEAP, 0);
        box.set(Field.PID, ProcessHandle.current().pid());
        box.count(Field.LIVES);
        Elections elections = Elections.of(new CountingBackend(ElectionBackend.open(plan.backend()), box));
        CandidateProgram program = new CandidateProgram(box, plan);
        for (int i = 0; i < plan.elections(); i++) {
            program.contend(plan, elections.elector(plan.election(i)));
        }
        if (plan.resources() != 0) {
            new Work(program.beliefs.get(0), plan.id(), plan.resources()).start();
        }
        Runtime.getRuntime().addShutdownHook(new Thread(elections::close));
        program.look(plan.interval());
    }

    private void contend(Plan plan, LeaderElector.Builder builder) {
        builder.identity(plan.id()).timing(plan.timing());
        if (plan.told()) {
            Belief.Told belief = new Belief.Told();
            builder.listener(belief).start();
            beliefs.add(belief);
        } else {
            beliefs.add(Belief.asking(builder.start()));
        }
    }

    /** Looks again and again at whether it leads. */
    private void look(Duration interval) throws InterruptedException {
        long measured = System.nanoTime();
        while (true) {
            int leading = 0;
            for (int i = 0; i < seen.length; i++) {
                leading += look(i) ? 1 : 0;
            }
            box.set(Field.LEADING, leading);
            box.set(Field.BEAT, System.nanoTime());
            if (System.nanoTime() - measured > MEASURE.toNanos()) {
                System.gc();
                box.set(
                        Field.HEAP,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
                measured = System.nanoTime();
            }
            if (interval.compareTo(Duration.ofMillis(10)) < 0) {
                LockSupport.parkNanos(interval.toNanos());
            } else {
                TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            }
        }
    }

    private boolean look(int election) {
        long before = System.nanoTime();
        Belief belief = beliefs.get(election);
        Leadership term = belief.current();
        if (term == null || !belief.holds(term)) {
            return false;
        }
        // A term lasts for the renew deadline from the sending of its last acknowledged write.
        long remaining = term.remaining().toNanos();
        box.set(Field.SENT, before + remaining - timing.renewDeadline().toNanos());
        if (term == seen[election]) {
            box.goesOn(numbers[election], before);
        } else {
            seen[election] = term;
            numbers[election] = box.begin(election, term.fencingToken(), System.nanoTime());
        }
        return true;
    }
}
