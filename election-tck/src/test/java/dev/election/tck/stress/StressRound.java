package dev.election.tck.stress;

import dev.election.ElectionTiming;
import dev.election.LeaderObserver;
import dev.election.local.MemoryBackend;
import dev.election.spi.BackendException;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.tck.OneLeaderCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * One election with some processes, and threads that do to them what can be done, all at once. The seed decides what is
 * tried; the machine, in which order.
 */
final class StressRound {

    /** For what surely comes, however busy the machine is. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Terms are renewed, and expire, while a round lasts. */
    private static final ElectionTiming SHORT =
            ElectionTiming.of(Duration.ofMillis(60), Duration.ofMillis(40), Duration.ofMillis(10));

    /** No bound passes, so that nothing may be left out in the end. */
    private static final ElectionTiming LONG =
            ElectionTiming.of(Duration.ofSeconds(10), Duration.ofSeconds(6), Duration.ofMillis(20));

    private static final Duration CALL = Duration.ofSeconds(1);
    private static final String ELECTION = "e";
    private static final int PROCESSES = 3;
    private static final int ACTORS = 3;
    private static final int ACTS = 12;

    private final long seed;
    private final TimeSource time;
    private final StressFigures figures;
    private final SplittableRandom random;
    private final ElectionTiming timing;
    private final boolean deletes;
    private final boolean faults;
    private final MemoryBackend store = MemoryBackend.create();
    private final OneLeaderCheck check;
    private final List<StressProcess> processes = new ArrayList<>();
    private final List<StressCandidate> candidates = new CopyOnWriteArrayList<>();
    private final Queue<CompletableFuture<Boolean>> resignations = new ConcurrentLinkedQueue<>();
    private final Queue<String> broken = new ConcurrentLinkedQueue<>();

    StressRound(long seed, TimeSource time, StressFigures figures) {
        this.seed = seed;
        this.time = time;
        this.figures = figures;
        this.random = new SplittableRandom(seed);
        this.timing = random.nextInt(4) == 0 ? LONG : SHORT;
        this.faults = random.nextBoolean();
        this.deletes = timing == SHORT && random.nextInt(4) == 0; // for an absence is waited out
        this.check = new OneLeaderCheck(time);
    }

    /** Runs it; answers what was wrong. */
    List<String> run(Executor actors) throws Exception {
        for (int i = 0; i < PROCESSES; i++) {
            StressProcess process = new StressProcess(store.newView(), time);
            processes.add(process);
            StressCandidate candidate = candidate(process, random.nextLong());
            if (i == 0 && timing == LONG) { // a record by which nobody ever led would be waited out
                candidate.elector().awaitLeadership(PATIENCE);
            }
        }
        if (faults) {
            processes.forEach(process -> process.disturb(random.nextLong()));
        }
        List<CompletableFuture<Void>> acting = new ArrayList<>();
        for (int i = 0; i < ACTORS; i++) {
            SplittableRandom choices = random.split();
            acting.add(CompletableFuture.runAsync(() -> act(choices), actors));
        }
        await("the actors' end", CompletableFuture.allOf(acting.toArray(CompletableFuture<?>[]::new)));
        end();
        check.verify(); // ends were looked for already
        return broken.stream().map(each -> "seed " + seed + ": " + each).toList();
    }

    private StressCandidate candidate(StressProcess process, long choices) {
        String name = (char) ('a' + candidates.size() % 2) + "-" + candidates.size();
        StressCandidate candidate = new StressCandidate(name, process, broken::add, figures, choices);
        candidate.start(ELECTION, timing, check);
        candidates.add(candidate);
        return candidate;
    }

    // ---- What is done at once ----

    private void act(SplittableRandom choices) {
        try {
            for (int i = 0; i < ACTS; i++) {
                LockSupport.parkNanos(choices.nextLong(timing == SHORT ? 6_000_000 : 2_000_000));
                act(choices, candidates.get(choices.nextInt(candidates.size())));
                check.sample();
            }
        } catch (InterruptedException | BackendException | RuntimeException e) {
            broken.add("an act failed: " + e);
        }
    }

    private void act(SplittableRandom choices, StressCandidate candidate)
            throws InterruptedException, BackendException {
        StressProcess process = candidate.process();
        switch (choices.nextInt(18)) {
            case 0, 1, 2 -> resignations.add(candidate.resign());
            case 3 -> candidate.close();
            case 4 -> start(process, choices.nextLong());
            case 5 -> start(processes.get(choices.nextInt(PROCESSES)), choices.nextLong());
            case 6 -> process.backend.loseWatches();
            case 7 -> cut(process, choices.nextLong(30_000_000));
            case 8 -> observe(process);
            case 9 -> candidate.elector().awaitLeadership(Duration.ofMillis(choices.nextLong(10)));
            case 10 -> candidate.elector().start();
            case 11 -> seize();
            case 12, 13 -> delete();
            case 14 -> {
                if (choices.nextInt(4) == 0) {
                    process.close();
                }
            }
            case 15 -> candidate.elector().leader();
            default -> candidate.elector().isLeader();
        }
    }

    private void start(StressProcess process, long choices) throws InterruptedException {
        if (deletes) {
            return;
        }
        try {
            candidate(process, choices);
        } catch (IllegalStateException e) {
            if (!process.isClosed()) {
                throw e;
            }
        }
    }

    private void observe(StressProcess process) {
        try (LeaderObserver observer = process.elections.observe(ELECTION, view -> LockSupport.parkNanos(100_000))) {
            observer.leader();
        } catch (IllegalStateException e) {
            if (!process.isClosed()) {
                throw e;
            }
        }
    }

    private static void cut(StressProcess process, long nanos) {
        process.backend.cutOff();
        LockSupport.parkNanos(nanos);
        process.backend.heal();
    }

    /** Somebody of another kind takes the lock, for as long as it lasts. */
    private void seize() throws BackendException, InterruptedException {
        if (timing == LONG) {
            return; // it would keep it for too long
        }
        Snapshot now = store.read(ELECTION, CALL);
        LockRecord held = now.record();
        if (held != null) {
            Instant since = time.wallTime();
            LockRecord next = new LockRecord(
                    "somebody",
                    timing.leaseDuration(),
                    since,
                    since,
                    held.transitions() + 1,
                    held.fencingToken() + 1,
                    Long.toString(since.getNano()));
            store.compareAndSet(ELECTION, now.version(), next, CALL);
        }
    }

    /** Who starts while the record is missing knows of no leader, and is promised nothing (rule E14). */
    private void delete() {
        if (deletes && candidates.stream().allMatch(StressCandidate::sawALeader)) {
            figures.deleted(store.delete(ELECTION, CALL));
        }
    }

    // ---- The end ----

    private void end() throws Exception {
        processes.forEach(process -> process.backend.heal());
        for (StressCandidate candidate : candidates) {
            candidate.close();
        }
        for (StressCandidate candidate : candidates) {
            // Whose process is closed while its bound has passed is told no more.
            if (timing == LONG || !candidate.process().isClosed()) {
                candidate.awaitQuiet();
            }
        }
        await("all resignations", CompletableFuture.allOf(resignations.toArray(CompletableFuture<?>[]::new)));
        processes.forEach(StressProcess::close);
        try (StressProcess fresh = new StressProcess(store.newView(), time)) {
            StressCandidate last = candidate(fresh, 0);
            if (last.elector().awaitLeadership(PATIENCE).isEmpty()) {
                broken.add("nobody can lead any more: " + last.elector().health() + " " + store.read(ELECTION, CALL));
            }
        }
    }

    private void await(String what, CompletableFuture<?> end) throws InterruptedException, ExecutionException {
        try {
            end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            broken.add("in vain waited for " + what);
        }
    }
}
