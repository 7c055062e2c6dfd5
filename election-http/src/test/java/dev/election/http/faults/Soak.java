package dev.election.http.faults;

import dev.election.ElectionTiming;
import dev.election.http.faults.BlackBox.Field;
import dev.election.http.faults.CandidateProgram.Plan;
import dev.election.http.faults.Site.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Many elections for a long time, on a real API server unless another store is named: candidates in processes of their
 * own, each in all elections, of which one that leads is killed every few seconds. Heap, threads and sockets of those
 * that are never killed must not grow. See {@code script/soak}.
 */
final class Soak {

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** So many, the last ones, are never killed, and measured. */
    private static final int SURVIVORS = 2;

    private final Duration length;
    private final int elections;
    private final Duration pause;
    private final ElectionTiming timing;
    private final Random random;
    private final Site site;
    private final Path directory;
    private final List<CandidateProcess> candidates = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private int kills;
    private int stops;

    private Soak(Map<String, String> given, Site site, Path directory) {
        this.length = Duration.ofMinutes(FaultSettings.number(given, "minutes", "30", 1));
        this.elections = (int) FaultSettings.number(given, "elections", "50", 1);
        this.pause = FaultSettings.duration(given, "kill-every", "10s");
        Duration lease = FaultSettings.duration(given, "lease", "15s");
        // In the proportions of the defaults.
        this.timing = ElectionTiming.of(
                lease, lease.multipliedBy(2).dividedBy(3), lease.multipliedBy(2).dividedBy(15));
        this.random = new Random(FaultSettings.number(given, "seed", "1", 0));
        this.site = site;
        this.directory = directory;
    }

    /** Exits with 0 if all held, 1 if not, 2 for wrong use. The first argument is a directory of its own. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        Path directory = Path.of(arguments[0]);
        boolean held;
        try {
            Map<String, String> given = FaultSettings.options(
                    List.of(arguments).subList(1, arguments.length).toArray(String[]::new),
                    Set.of("backend", "minutes", "elections", "candidates", "lease", "kill-every", "seed"),
                    "--backend=URI --minutes=N --elections=N --candidates=N --lease=DURATION --kill-every=DURATION"
                            + " --seed=N");
            int number = (int) FaultSettings.number(given, "candidates", "10", SURVIVORS + 1);
            try (Site site = Site.of(given.getOrDefault("backend", "kubernetes:"), directory, "soak")) {
                held = new Soak(given, site, directory).run(number);
            }
        } catch (IllegalArgumentException e) {
            System.err.println("soak: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(held ? 0 : 1);
    }

    private boolean run(int number) throws Exception {
        List<Vitals> vitals = new ArrayList<>();
        try {
            String election = "soak-" + Long.toString(System.nanoTime() & Long.MAX_VALUE, 36);
            // The server has the time for that before there are candidates.
            List<Access> accesses = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                accesses.add(site.access("candidate-" + i));
            }
            for (int i = 0; i < number; i++) {
                candidates.add(start("candidate-" + i, accesses.get(i), election));
                candidates.get(i).awaitUp();
            }
            awaitAllLed("in the beginning");
            System.out.printf(
                    "%d candidates lead %d elections for %d minutes, lease %d ms%n",
                    number,
                    elections,
                    length.toMinutes(),
                    timing.leaseDuration().toMillis());
            for (CandidateProcess survivor : survivors()) {
                vitals.add(new Vitals(survivor));
            }
            disturb(System.nanoTime() + length.toNanos());
            awaitAllLed("in the end");
            return report(vitals);
        } finally {
            vitals.forEach(Vitals::close);
            for (CandidateProcess candidate : candidates) {
                candidate.close();
            }
        }
    }

    private CandidateProcess start(String id, Access access, String election) {
        Path box = directory.resolve(id + ".box");
        Plan plan = new Plan(box, id, access.uri(), election, elections, timing, LOOK, 0, false);
        return CandidateProcess.start(plan, access.link(), directory);
    }

    private void disturb(long end) throws IOException, InterruptedException {
        while (System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep((long) (pause.toMillis() * (0.5 + random.nextDouble())));
            CandidateProcess survivor = survivors().get(random.nextInt(SURVIVORS));
            if (led(List.of(survivor)) > elections / 2) {
                stop(survivor); // or in the end those who are never killed would lead all elections
            } else {
                kill();
            }
        }
    }

    private void stop(CandidateProcess survivor) throws IOException, InterruptedException {
        survivor.stop();
        TimeUnit.MILLISECONDS.sleep(timing.leaseDuration().toMillis() * 3 / 2);
        survivor.goOn();
        stops++;
    }

    private void kill() throws InterruptedException {
        List<CandidateProcess> leaders = candidates.subList(0, candidates.size() - SURVIVORS).stream()
                .filter(CandidateProcess::leads)
                .toList();
        if (leaders.isEmpty()) {
            return;
        }
        CandidateProcess victim = leaders.get(random.nextInt(leaders.size()));
        victim.kill();
        kills++;
        victim.restart();
        victim.awaitUp();
        if (kills % 10 == 0) {
            System.err.printf("%d kills, %d of %d elections led%n", kills, led(candidates), elections);
        }
    }

    private List<CandidateProcess> survivors() {
        return candidates.subList(candidates.size() - SURVIVORS, candidates.size());
    }

    private static long led(List<CandidateProcess> candidates) {
        return candidates.stream()
                .filter(CandidateProcess::leads)
                .mapToLong(candidate -> candidate.box().get(Field.LEADING))
                .sum();
    }

    private void awaitAllLed(String when) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (led(candidates) != elections) {
            if (System.nanoTime() - end > 0) {
                broken.add("only " + led(candidates) + " of " + elections + " elections have a leader " + when);
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private boolean report(List<Vitals> vitals) throws IOException {
        Ledger ledger = new Ledger();
        for (CandidateProcess candidate : candidates) {
            ledger.add(candidate.id(), candidate.box().terms());
        }
        Files.write(directory.resolve("terms.tsv"), ledger.lines());
        List<String> overlaps = ledger.overlaps();
        List<String> disorder = ledger.tokensOutOfOrder();
        broken.addAll(overlaps);
        broken.addAll(disorder);
        // A store or a machine that is overloaded lets nobody lead for long: then it was no soak.
        if (kills + stops < length.dividedBy(pause) / 4) {
            broken.add("only " + kills + " leaders could be killed and " + stops + " stopped");
        }
        for (int i = 0; i < SURVIVORS; i++) {
            broken.addAll(vitals.get(i).growths());
            System.out.println(
                    survivors().get(i).id() + ", never killed: " + vitals.get(i).figures());
        }
        broken.forEach(each -> System.out.println("BROKEN: " + each));
        System.out.printf(
                Locale.ROOT,
                "minutes=%d elections=%d candidates=%d lease_ms=%d kills=%d stops=%d terms=%d elections_led=%d overlaps=%d"
                        + " tokens_out_of_order=%d %s %s result=%s%n",
                length.toMinutes(),
                ledger.elections(),
                candidates.size(),
                timing.leaseDuration().toMillis(),
                kills,
                stops,
                ledger.terms(),
                led(candidates),
                overlaps.size(),
                disorder.size(),
                Operations.of(candidates),
                vitals.get(0).figures(),
                broken.isEmpty() ? "ok" : "broken");
        return broken.isEmpty();
    }
}
