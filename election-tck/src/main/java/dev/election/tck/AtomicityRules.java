package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.free;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.recordOf;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S1;
import static dev.election.tck.Rule.S2;
import static dev.election.tck.Rule.S5;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S1. */
abstract class AtomicityRules {

    private final Kit kit;

    AtomicityRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S1)
    @DisplayName("of eight swaps of one version, by four views at once, exactly one is applied")
    void oneOfManyIsApplied() throws Exception {
        List<ElectionBackend> views = kit.open(4);
        String election = kit.newElection();
        create(views.get(0), election);
        for (int round = 0; round < 10; round++) {
            race(views, election, "the same version", false);
        }
    }

    @Test
    @Proves(S1)
    @DisplayName("of eight creations of one record, by four views at once, exactly one is applied")
    void oneOfManyCreates() throws Exception {
        List<ElectionBackend> views = kit.open(4);
        for (int round = 0; round < 8; round++) {
            race(views, kit.newElection(), "absence", true);
        }
    }

    /** Lets all views swap the current state, and looks who won. */
    private static void race(List<ElectionBackend> views, String election, String expectation, boolean creation)
            throws Exception {
        CyclicBarrier start = new CyclicBarrier(8);
        List<Callable<CasOutcome>> rivals = new ArrayList<>();
        List<Version> versions = new ArrayList<>();
        for (ElectionBackend view : views) {
            versions.add(view.read(election, TIMEOUT).version());
        }
        for (int i = 0; i < 8; i++) {
            ElectionBackend view = views.get(i % views.size());
            Version expected = versions.get(i % views.size());
            LockRecord next = creation ? free() : held("rival-" + i, 1);
            rivals.add(() -> {
                start.await();
                return view.compareAndSet(election, expected, next, TIMEOUT);
            });
        }
        List<CasOutcome> outcomes = together(rivals);
        List<CasOutcome.Applied> applied = outcomes.stream()
                .filter(CasOutcome.Applied.class::isInstance)
                .map(CasOutcome.Applied.class::cast)
                .toList();
        assertEquals(
                1,
                applied.size(),
                () -> "of eight swaps that expected " + expectation + " one and only one is applied, or several"
                        + " candidates acquire the lock at once; the outcomes were " + brief(outcomes));
        Snapshot current = views.get(0).read(election, TIMEOUT);
        assertEquals(
                applied.get(0).current(),
                current,
                () -> "what is stored is not what the one applied swap wrote, so another one, which was not told so,"
                        + " was applied as well; the outcomes were " + brief(outcomes));
    }

    /** Whole records would fill pages. */
    private static String brief(List<CasOutcome> outcomes) {
        return outcomes.stream().map(AtomicityRules::brief).collect(Collectors.joining(", "));
    }

    private static String brief(CasOutcome outcome) {
        if (outcome instanceof CasOutcome.Applied applied) {
            return "Applied (" + brief(applied.current()) + ")";
        }
        if (outcome instanceof CasOutcome.Conflict conflict) {
            return conflict.current() == null ? "Conflict" : "Conflict (" + brief(conflict.current()) + ")";
        }
        return outcome.toString();
    }

    private static String brief(Snapshot state) {
        return state.isAbsent()
                ? "no record"
                : "holder \"" + recordOf(state).holder() + "\", revision "
                        + state.version().revision();
    }

    @Test
    @Proves({S1, S5})
    @DisplayName("eight threads that count up together by four views lose no count, and get no revision twice")
    void noLostUpdate() throws Exception {
        int each = 10;
        List<ElectionBackend> views = kit.open(4);
        String election = kit.newElection();
        create(views.get(0), election);
        Set<Long> revisions = ConcurrentHashMap.newKeySet();
        AtomicInteger open = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(8);
        List<Callable<Integer>> counters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ElectionBackend view = views.get(i % views.size());
            counters.add(() -> {
                start.await();
                for (int applied = 0; applied < each; ) {
                    Snapshot written = CountingProcess.countUp(view, election, open::incrementAndGet);
                    if (written != null) {
                        applied++;
                        long revision = written.version().revision();
                        assertTrue(
                                revisions.add(revision),
                                () -> "revision " + revision + " was given to two applied writes: a fencing token made"
                                        + " of it would be given to two leaders");
                    }
                }
                return each;
            });
        }
        int counted = together(counters).stream().mapToInt(Integer::intValue).sum();
        assertCount(counted, open.get(), views.get(0), election);
    }

    @Test
    @Proves(S1)
    @DisplayName("three other processes that count up together with this one lose no count")
    void severalProcesses() throws Exception {
        String uri = kit.uri();
        kit.needs(Capability.SEVERAL_PROCESSES);
        int each = 10;
        ElectionBackend here = kit.open();
        String election = kit.newElection();
        create(here, election);
        List<CountingProcess> others = new ArrayList<>();
        Set<Long> tokens = new HashSet<>();
        AtomicInteger open = new AtomicInteger();
        try {
            for (int i = 0; i < 3; i++) {
                others.add(CountingProcess.start(uri, election, each));
            }
            for (CountingProcess other : others) {
                other.awaitReady();
            }
            others.forEach(CountingProcess::go);
            int ours = 0;
            for (int tries = 0; tries < 20 * each && ours < each; tries++) {
                Snapshot written = CountingProcess.countUp(here, election, open::incrementAndGet);
                if (written != null) {
                    ours++;
                    assertNewCount(tokens, recordOf(written).fencingToken());
                }
            }
            for (CountingProcess other : others) {
                for (long token : other.await()) {
                    assertNewCount(tokens, token);
                }
                open.addAndGet(other.open());
            }
            assertCount(tokens.size(), open.get(), here, election);
        } finally {
            others.forEach(CountingProcess::close);
        }
    }

    private static void assertNewCount(Set<Long> tokens, long token) {
        assertTrue(
                tokens.add(token),
                () -> "two processes both counted up to " + token + ": two swaps of one version were applied, as if two"
                        + " candidates acquired the lock at once");
    }

    /** @param open how many counts may have been made besides */
    private static void assertCount(long counted, long open, ElectionBackend view, String election) throws Exception {
        long stored = recordOf(view.read(election, TIMEOUT)).fencingToken();
        assertTrue(
                counted <= stored && stored <= counted + open,
                () -> "each applied swap counted up by one, but the record does not hold their number: " + counted
                        + " were applied, " + open + " may have been, and it holds " + stored
                        + ": a swap overwrote another one that it had not seen");
    }

    @Test
    @Proves({S1, S2})
    @DisplayName("what is not declared is absent: without SEVERAL_PROCESSES no other process gets at the record")
    void notSeveralProcesses() throws Exception {
        String uri = kit.uri();
        kit.needsNo(Capability.SEVERAL_PROCESSES);
        ElectionBackend here = kit.open();
        String election = kit.newElection();
        Snapshot created = create(here, election);
        try (CountingProcess other = CountingProcess.start(uri, election, 1)) {
            assertTrue(
                    !other.findsRecord(),
                    "the backend does not declare SEVERAL_PROCESSES, but another process that opened " + uri
                            + " read the record: declare it, so that it is tested, or elections will be split by those"
                            + " who believe what is declared");
        }
        write(here, election, created.version(), held("here", 1));
    }

    /** Runs all at once, and returns what they returned. */
    private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<T> returned = new ArrayList<>();
            for (Future<T> call : threads.invokeAll(calls)) {
                returned.add(call.get());
            }
            return returned;
        } finally {
            threads.shutdownNow();
        }
    }
}
