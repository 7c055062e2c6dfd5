package dev.election.http.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What happens to {@code election exec} at random moments, and what came of it. See {@code script/exec-drill}. */
final class ExecDrill {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String USAGE =
            "--backend=file|etcd|zookeeper|kubernetes --moments=N --seed=N --pairs=N --lease=DURATION --guarded=true|false";

    /**
     * What to try.
     *
     * @param store where the pairs elect
     * @param moments in all, shared out to the pairs
     * @param pairs of candidates, at the same time
     * @param guarded false to end the guardians as well, and see that the drill notices
     */
    record Plan(DrillStore.Kind store, int moments, long seed, int pairs, Duration lease, boolean guarded) {

        /**
         * Reads {@code --name=value}.
         *
         * @throws IllegalArgumentException for wrong use
         */
        static Plan parse(List<String> arguments) {
            Map<String, String> given = new HashMap<>(Map.of(
                    "--backend", "file",
                    "--moments", "50",
                    "--seed", Long.toString(System.nanoTime() % 1_000_000),
                    "--pairs", "5",
                    "--lease", "4s",
                    "--guarded", "true"));
            for (String argument : arguments) {
                String[] parts = argument.split("=", 2);
                if (parts.length != 2 || given.replace(parts[0], parts[1]) == null) {
                    throw new IllegalArgumentException("unknown argument \"" + argument + "\"; it takes " + USAGE);
                }
            }
            try {
                return new Plan(
                        DrillStore.Kind.valueOf(given.get("--backend").toUpperCase(Locale.ROOT)),
                        Integer.parseInt(given.get("--moments")),
                        Long.parseLong(given.get("--seed")),
                        Integer.parseInt(given.get("--pairs")),
                        Duration.parse("PT" + given.get("--lease")),
                        Boolean.parseBoolean(given.get("--guarded")));
            } catch (IllegalArgumentException | DateTimeException e) { // which that of a number is
                throw new IllegalArgumentException("it takes " + USAGE + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * What came of it.
     *
     * @param problems what must not be
     * @param line the figures as {@code key=value}
     */
    record Result(List<String> problems, String line) {}

    private final Plan plan;
    private final Path directory;
    private final String mark = "exec-drill-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    private final List<DrillPair> pairs = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private ExecDrill(Plan plan, Path directory) {
        this.plan = plan;
        this.directory = directory;
    }

    /** Exits with 0 if all held, 1 if not, 2 for wrong use. The first argument is a directory of its own. */
    public static void main(String[] arguments) throws Exception {
        Plan plan;
        try {
            plan = Plan.parse(List.of(arguments).subList(1, arguments.length));
        } catch (IllegalArgumentException e) {
            System.err.println("exec-drill: " + e.getMessage());
            System.exit(2);
            return;
        }
        Result result = run(plan, Path.of(arguments[0]));
        result.problems().forEach(System.out::println);
        System.out.println(result.line());
        System.exit(result.problems().isEmpty() ? 0 : 1);
    }

    /** Runs one, and leaves nothing behind but files. */
    static Result run(Plan plan, Path directory) throws Exception {
        ExecDrill drill = new ExecDrill(plan, directory);
        try {
            return drill.run();
        } finally {
            ExecProcess.killAll(drill.mark);
            drill.pairs.forEach(DrillPair::close);
        }
    }

    private Result run() throws Exception {
        for (int i = 0; i < plan.pairs(); i++) {
            Path own = Files.createDirectory(directory.resolve("pair-" + i));
            pairs.add(new DrillPair(mark, "drill-" + i, plan.store(), own, plan.lease(), plan.seed() * 1_000_003 + i));
        }
        DrillWatch watch = new DrillWatch(
                mark, pairs.stream().collect(Collectors.toMap(DrillPair::election, DrillPair::store)), plan.lease());
        watch.start();
        try {
            inParallel(i -> plan.guarded()
                    ? () -> pairs.get(i).run(share(i))
                    : () -> pairs.get(i).runOnce(DrillMoment.KILL_EVERYTHING));
            inParallel(i -> () -> pairs.get(i).end());
        } finally {
            watch.end();
        }
        int orphans = orphans();
        problems.addAll(watch.problems());
        int stamps = 0;
        int stale = 0;
        for (DrillPair pair : pairs) {
            List<Long> tokens = stamps(pair);
            stamps += tokens.size();
            stale += stale(tokens);
        }
        if (stale > 0) {
            problems.add(stale + " stamps of an earlier term after those of a later one");
        }
        return new Result(
                problems,
                String.format(
                        "exec_drill backend=%s moments=%d orphans=%d overlaps=%d outlived=%d stale_stamps=%d stamps=%d terms=%d"
                                + " looks=%d least_margin_ms=%d lease_ms=%d pairs=%d seed=%d %s",
                        plan.store().name().toLowerCase(Locale.ROOT),
                        pairs.stream()
                                .flatMap(each -> each.happened().values().stream())
                                .mapToInt(each -> each)
                                .sum(),
                        orphans,
                        count("overlap"),
                        count("outlived"),
                        stale,
                        stamps,
                        watch.terms(),
                        watch.looks(),
                        watch.leastMargin().toMillis(),
                        plan.lease().toMillis(),
                        plan.pairs(),
                        plan.seed(),
                        kinds()));
    }

    private int share(int pair) {
        return plan.moments() / plan.pairs() + (pair < plan.moments() % plan.pairs() ? 1 : 0);
    }

    private interface Job {
        void run() throws Exception;
    }

    private interface JobOfPair {
        Job of(int pair);
    }

    private void inParallel(JobOfPair jobs) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(plan.pairs());
        try {
            List<Future<Object>> all = threads.invokeAll(IntStream.range(0, plan.pairs())
                    .<java.util.concurrent.Callable<Object>>mapToObj(i -> () -> {
                        jobs.of(i).run();
                        return i;
                    })
                    .toList());
            for (Future<Object> each : all) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    /** What is left of commands now that all who ran them have ended; then waits for the guardians as well. */
    private int orphans() throws IOException {
        List<Marked> orphans =
                Marked.by(mark).stream().filter(Marked::isOfCommand).toList();
        if (!orphans.isEmpty()) {
            problems.add("orphans: " + orphans);
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<Marked> left = left();
        while (!left.isEmpty() && orphans.isEmpty()) {
            if (System.nanoTime() > end) {
                problems.add("left behind: " + left);
                break;
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            left = left();
        }
        return orphans.size();
    }

    /** Whoever killed the one who runs the command has to look himself after a guardian that he stopped. */
    private List<Marked> left() throws IOException {
        return Marked.by(mark).stream()
                .filter(each -> each.stat().state() != 'T')
                .toList();
    }

    private static List<Long> stamps(DrillPair pair) throws IOException {
        return Files.exists(pair.fenced())
                ? Files.readAllLines(pair.fenced()).stream()
                        .map(line -> Long.parseLong(line.split(" ")[0]))
                        .toList()
                : List.of();
    }

    /** How many came after one of a later term. */
    private static int stale(List<Long> tokens) {
        int stale = 0;
        long greatest = 0;
        for (long token : tokens) {
            if (token < greatest) {
                stale++;
            }
            greatest = Math.max(greatest, token);
        }
        return stale;
    }

    private long count(String kind) {
        return problems.stream().filter(each -> each.startsWith(kind)).count();
    }

    private String kinds() {
        Map<DrillMoment, Integer> all = new java.util.EnumMap<>(DrillMoment.class);
        pairs.forEach(pair -> pair.happened().forEach((kind, times) -> all.merge(kind, times, Integer::sum)));
        return all.entrySet().stream()
                .map(each -> each.getKey().kind() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }
}
