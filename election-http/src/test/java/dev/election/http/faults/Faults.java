package dev.election.http.faults;

import dev.election.http.faults.CandidateProgram.Plan;
import dev.election.http.faults.Site.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The fault runner: candidates in processes of their own, faults of all kinds, and what came of it. See {@code
 * script/faults}.
 */
final class Faults {

    /** Often enough that two leaders at once are hard to miss. */
    private static final Duration LOOK = Duration.ofMillis(2);

    /** Loopback and a busy machine. */
    private static final Duration QUICKEST = Duration.ofMillis(20);

    /**
     * What came of it.
     *
     * @param unsafe what must never be, however slow the machine is
     * @param late what took too long, grew too much, or could not be measured
     * @param line the figures as {@code key=value}
     */
    record Result(List<String> unsafe, List<String> late, String line) {}

    private final FaultSettings settings;
    private final Path directory;
    private final String election = "faults-" + Long.toString(System.nanoTime() & Long.MAX_VALUE, 36);
    private final List<CandidateProcess> candidates = new ArrayList<>();
    private final List<String> unsafe = new ArrayList<>();
    private final List<String> late = new ArrayList<>();

    private Faults(FaultSettings settings, Path directory) {
        this.settings = settings;
        this.directory = directory;
    }

    /** Exits with 0 if all held, 1 if not, 2 for wrong use. The first argument is a directory of its own. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        FaultSettings settings;
        try {
            settings = FaultSettings.parse(
                    List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            System.err.println("faults: " + e.getMessage());
            System.exit(2);
            return;
        }
        Result result = run(settings, Path.of(arguments[0]));
        System.exit(result.unsafe().isEmpty() && result.late().isEmpty() ? 0 : 1);
    }

    /** Runs it all, and prints what came of it. */
    static Result run(FaultSettings settings, Path directory) throws Exception {
        return new Faults(settings, directory).run();
    }

    private Result run() throws Exception {
        long start = System.nanoTime();
        try (Site site = Site.of(settings.backend(), directory, election);
                Resource resource = new Resource()) {
            try {
                for (int i = 0; i < settings.candidates(); i++) {
                    candidates.add(start(site, resource, "candidate-" + i));
                }
                for (CandidateProcess candidate : candidates) {
                    candidate.awaitUp();
                }
                System.out.printf(
                        "%d candidates of election %s on %s, lease %d ms, seed %d%n%n",
                        candidates.size(),
                        election,
                        settings.backend(),
                        settings.lease().toMillis(),
                        settings.seed());
                try (Vitals vitals = new Vitals(candidates.get(0))) {
                    Drill drill = new Drill(settings, site, candidates);
                    try {
                        drill.run();
                    } catch (IllegalStateException e) {
                        unsafe.add(e.getMessage());
                    }
                    Files.write(directory.resolve("faults.tsv"), drill.lines());
                    return report(drill.tally(), resource.account(), vitals, System.nanoTime() - start);
                }
            } finally {
                for (CandidateProcess candidate : candidates) {
                    candidate.close();
                }
            }
        }
    }

    private CandidateProcess start(Site site, Resource resource, String id) throws Exception {
        Access access = site.access(id);
        access.link().wire().ifPresent(wire -> wire.spare(resource.port()));
        Plan plan = new Plan(
                directory.resolve(id + ".box"),
                id,
                access.uri(),
                election,
                1,
                settings.timing(),
                LOOK,
                resource.port(),
                settings.told());
        return CandidateProcess.start(plan, access.link(), directory);
    }

    private Result report(Tally tally, Resource.Account writes, Vitals vitals, long nanos) throws IOException {
        Ledger ledger = new Ledger();
        for (CandidateProcess candidate : candidates) {
            ledger.add(candidate.id(), candidate.box().terms());
        }
        Files.write(directory.resolve("terms.tsv"), ledger.lines());
        List<String> overlaps = ledger.overlaps();
        List<String> disorder = ledger.tokensOutOfOrder();
        unsafe.addAll(overlaps);
        unsafe.addAll(disorder);
        late.addAll(vitals.growths());
        double failoverBound = settings.failoverBound().toMillis();
        double recoveryBound = settings.recoveryBound().toMillis();
        check(unsafe, writes.fencedStale() == 0, writes.fencedStale() + " stale writes came through the token check");
        check(unsafe, writes.fenced() > 0, "no leader ever wrote");
        check(late, tally.faults() >= settings.faults(), "only " + tally.faults() + " faults could be made");
        late.addAll(tally.late());
        check(
                late,
                !(tally.recovery().max() > recoveryBound),
                "leading again took up to " + Math.round(tally.recovery().max()) + " ms");
        // With clocks of their own, what one sent would seem to arrive before it was sent, or ages after.
        check(
                unsafe,
                writes.quickestNanos() > 0 && writes.quickestNanos() < QUICKEST.toNanos(),
                "the processes' clocks differ by " + writes.quickestNanos() + " ns: nothing can be said");
        System.out.println(tally.table());
        unsafe.forEach(each -> System.out.println("UNSAFE: " + each));
        late.forEach(each -> System.out.println("BROKEN: " + each));
        String line = String.format(
                Locale.ROOT,
                "backend=%s seed=%d candidates=%d lease_ms=%d seconds=%d faults=%d by_kind=%s stopped_within_a_write=%d left_out=%s %s terms=%d overlaps=%d"
                        + " tokens_out_of_order=%d writes=%d stale_accepted_with_token=%d stale_refused_by_token=%d"
                        + " stale_accepted_without_token=%d failovers=%d failover_p50_ms=%.0f failover_p99_ms=%.0f"
                        + " failover_max_ms=%.0f failover_bound_ms=%.0f one_way_failover_max_ms=%.0f"
                        + " one_way_failover_bound_ms=%d hand_over_p50_ms=%.0f recovery_p50_ms=%.0f"
                        + " recovery_max_ms=%.0f recovery_bound_ms=%.0f clock_offset_max_us=%d %s result=%s",
                settings.backend(),
                settings.seed(),
                settings.candidates(),
                settings.lease().toMillis(),
                nanos / 1_000_000_000,
                tally.faults(),
                tally.byKind(),
                tally.withinAWrite(),
                tally.leftOut(),
                Operations.of(candidates),
                ledger.terms(),
                overlaps.size(),
                disorder.size(),
                writes.unfenced(),
                writes.fencedStale(),
                writes.refused(),
                writes.unfencedStale(),
                tally.failover().count(),
                tally.failover().median(),
                tally.failover().p99(),
                tally.failover().max(),
                failoverBound,
                tally.oneWay().max(),
                settings.oneWayBound().toMillis(),
                tally.handOver().median(),
                tally.recovery().median(),
                tally.recovery().max(),
                recoveryBound,
                writes.quickestNanos() / 1000 + 1,
                vitals.figures(),
                !unsafe.isEmpty() ? "unsafe" : late.isEmpty() ? "ok" : "broken");
        System.out.println(line);
        return new Result(List.copyOf(unsafe), List.copyOf(late), line);
    }

    private static void check(List<String> broken, boolean held, String otherwise) {
        if (!held) {
            broken.add(otherwise);
        }
    }
}
