package dev.election.http.failover;

import dev.election.http.failover.Terms.Term;
import dev.election.spi.BackendException;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Runs candidates in processes of their own and ends their leader again and again: by {@code kill -9}, by SIGTERM, and
 * by stopping it for longer than its lease. Prints what it sees, a line of figures last, and exits with 0 if all held.
 */
final class TryFailover {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration SETTLE = Duration.ofSeconds(1);

    /** Many times the interval of asking. */
    private static final Duration RECENT = Duration.ofMillis(100);

    private final Settings settings;
    private final Path directory;
    private final String election;
    private final Terms terms = new Terms();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final Figures killed = new Figures();
    private final Figures terminated = new Figures();
    private final Figures exits = new Figures();
    private final List<String> broken = new ArrayList<>();

    private TryFailover(Settings settings, Path directory) {
        this.settings = settings;
        this.directory = directory;
        this.election = "try-failover-" + Long.toString(System.nanoTime() & Long.MAX_VALUE, 36);
    }

    /** Exits with 0 if every limit held, 1 if not, 2 for wrong use. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        Path directory = Files.createTempDirectory("try-failover");
        int code = 1;
        try {
            TryFailover trial = new TryFailover(Settings.parse(arguments, directory), directory);
            Thread cleaner = new Thread(trial::cleanUp);
            Runtime.getRuntime().addShutdownHook(cleaner);
            code = trial.run() ? 0 : 1;
            trial.cleanUp();
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalArgumentException e) {
            System.err.println("try-failover: " + e.getMessage());
            code = 2;
        } finally {
            if (code == 1) {
                System.out.println("the candidates' logs are in " + directory);
            } else {
                delete(directory);
            }
        }
        System.exit(code);
    }

    private boolean run() throws IOException, InterruptedException {
        List<String> command = List.of(
                settings.command().toString(),
                "--election=" + election,
                "--backend=" + settings.backend(),
                "--ttl=PT" + settings.ttl().toMillis() / 1000.0 + "S");
        for (int i = 0; i < settings.candidates(); i++) {
            Candidate candidate = new Candidate("candidate-" + (i + 1), command, directory);
            candidates.add(candidate);
            candidate.start();
            watches.add(new Watch(candidate, terms));
        }
        for (Candidate candidate : candidates) {
            awaitReady(candidate);
        }
        System.out.printf(
                "%d candidates of election %s on %s, lease %d ms%n%n",
                candidates.size(), election, settings.backend(), settings.ttl().toMillis());
        System.out.println("round  signal  leader        token    next          token    after");
        for (int round = 1; round <= settings.rounds(); round++) {
            end(round, "KILL", killed);
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            end(round, "TERM", terminated);
        }
        boolean stopHeld = stopAndContinue();
        return report(stopHeld);
    }

    /** Ends the leader, measures until another one leads, and starts it anew. */
    private void end(int round, String signal, Figures figures) throws IOException, InterruptedException {
        Term old = leader();
        Candidate candidate = byId(old.candidate());
        long sent = System.nanoTime();
        candidate.signal(signal);
        Term next = nextAfter(old);
        figures.add(next.noticed() - sent);
        int code = candidate.exitCode(PATIENCE);
        if (signal.equals("TERM")) {
            exits.add(System.nanoTime() - sent);
            check(code == 0, candidate.id() + " ended with exit code " + code + " after SIGTERM");
        }
        print(Integer.toString(round), signal, old, next, next.noticed() - sent);
        candidate.start();
        awaitReady(candidate);
        // Starting takes the machine's processors, which is not what the next round is about.
        LockSupport.parkNanos(SETTLE.toNanos());
    }

    /**
     * Stops the leader for twice its lease. A request that is sent meanwhile is answered by the first code that runs
     * when it goes on.
     */
    private boolean stopAndContinue() throws IOException, InterruptedException {
        Term old = leader();
        Candidate candidate = byId(old.candidate());
        Watch watch = watches.get(candidates.indexOf(candidate));
        watch.pause();
        long stopped = System.nanoTime();
        candidate.signal("STOP");
        CompletableFuture<Optional<String>> first = CompletableFuture.supplyAsync(
                () -> candidate.ask("/isLeader", settings.ttl().plus(PATIENCE)));
        Term next = nextAfter(old);
        print("-", "STOP", old, next, next.noticed() - stopped);
        while (System.nanoTime() - stopped < settings.ttl().multipliedBy(2).toNanos()) {
            LockSupport.parkNanos(1_000_000);
        }
        candidate.signal("CONT");
        List<Optional<String>> answers = new ArrayList<>(List.of(first.join()));
        for (int i = 0; i < 100; i++) {
            answers.add(candidate.ask("/isLeader", PATIENCE));
        }
        watch.resume();
        boolean held = answers.stream().allMatch(Optional.of("{\"isLeader\":false}")::equals);
        System.out.printf(
                "%nafter SIGCONT, %s answered %d times: %s%n",
                candidate.id(),
                answers.size(),
                held ? "never leading, from the first answer on" : "first " + answers.get(0));
        check(held, candidate.id() + " said that it leads after it was stopped for twice its lease");
        check(next.token() > old.token(), "token " + next.token() + " follows " + old.token());
        return held && next.token() > old.token();
    }

    private boolean report(boolean stopHeld) {
        List<String> mistakes = terms.mistakes();
        double takeOverLimit = settings.takeOverLimit().toMillis();
        double handOverLimit = Settings.HAND_OVER_LIMIT.toMillis();
        check(
                killed.max() <= takeOverLimit,
                String.format(
                        Locale.ROOT,
                        "after kill -9 it took up to %.0f ms; the limit is %.0f ms",
                        killed.max(),
                        takeOverLimit));
        check(
                terminated.median() < handOverLimit,
                String.format(
                        Locale.ROOT,
                        "after SIGTERM the median is %.1f ms; the limit is %.0f ms",
                        terminated.median(),
                        handOverLimit));
        broken.addAll(mistakes);
        System.out.println();
        broken.forEach(each -> System.out.println("BROKEN: " + each));
        boolean increasing = mistakes.stream()
                .noneMatch(each -> each.contains("leads with token") || each.contains("both lead with token"));
        System.out.printf(
                Locale.ROOT,
                "backend=%s candidates=%d rounds=%d lease_ms=%d kill9_median_ms=%.0f kill9_p99_ms=%.0f kill9_max_ms=%.0f"
                        + " kill9_limit_ms=%.0f sigterm_median_ms=%.1f sigterm_p99_ms=%.1f sigterm_max_ms=%.1f"
                        + " sigterm_exit_max_ms=%.0f tokens_increasing=%b two_leaders=%b samples=%d stop_cont=%s"
                        + " result=%s%n",
                settings.backend(),
                settings.candidates(),
                settings.rounds(),
                settings.ttl().toMillis(),
                killed.median(),
                killed.p99(),
                killed.max(),
                takeOverLimit,
                terminated.median(),
                terminated.p99(),
                terminated.max(),
                exits.max(),
                increasing,
                mistakes.stream().anyMatch(each -> each.contains("at the same time")),
                terms.samples(),
                stopHeld ? "ok" : "broken",
                broken.isEmpty() ? "ok" : "broken");
        return broken.isEmpty();
    }

    private static void print(String round, String signal, Term old, Term next, long nanos) {
        System.out.printf(
                Locale.ROOT,
                "%5s  %-6s  %-12s %6d    %-12s %6d    %.1f ms%n",
                round,
                signal,
                old.candidate(),
                old.token(),
                next.candidate(),
                next.token(),
                nanos / 1e6);
    }

    /** The term that lasts, as the latest answers have it. */
    private Term leader() {
        long deadline = System.nanoTime() + settings.ttl().plus(PATIENCE).toNanos();
        while (true) {
            Optional<Term> latest = terms.latest();
            if (latest.isPresent() && System.nanoTime() - latest.get().until() < RECENT.toNanos()) {
                return latest.get();
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("nobody leads");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private Term nextAfter(Term old) throws InterruptedException {
        return terms.awaitAfter(old.token(), settings.ttl().plus(PATIENCE))
                .orElseThrow(() -> new IllegalStateException("nobody leads after " + old.candidate()));
    }

    /** It answers, and knows who leads. */
    private void awaitReady(Candidate candidate) {
        long deadline = System.nanoTime() + settings.ttl().plus(PATIENCE).toNanos();
        while (!candidate
                .ask("/", PATIENCE)
                .map(answer -> !answer.equals("{\"name\":\"\"}"))
                .orElse(false)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(candidate.id() + " does not say who leads");
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private Candidate byId(String id) {
        return candidates.stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void check(boolean held, String otherwise) {
        if (!held) {
            broken.add(otherwise);
        }
    }

    /** Ends the processes that were started here, and deletes the election's record. Idempotent. */
    private synchronized void cleanUp() {
        watches.forEach(Watch::close);
        candidates.forEach(Candidate::end);
        BackendUri uri = BackendUri.parse(settings.backend());
        for (ElectionBackendProvider provider : ServiceLoader.load(ElectionBackendProvider.class)) {
            if (provider.scheme().equals(uri.scheme())) {
                try (ElectionBackend backend = provider.open(uri)) {
                    backend.delete(election, Duration.ofSeconds(5));
                } catch (BackendException | InterruptedException | RuntimeException e) {
                    System.err.println(
                            "try-failover: could not delete the record of " + election + ": " + e.getMessage());
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
