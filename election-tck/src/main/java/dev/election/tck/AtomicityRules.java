package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Rule.S1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
        List<ElectionBackend> views = List.of(kit.open(), kit.open(), kit.open(), kit.open());
        String election = kit.newElection();
        Version version = create(views.get(0), election).version();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 20; round++) {
                Version expected = version;
                CyclicBarrier start = new CyclicBarrier(8);
                List<Callable<CasOutcome>> rivals = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    ElectionBackend view = views.get(i % views.size());
                    String holder = "rival-" + i;
                    rivals.add(() -> {
                        start.await();
                        return view.compareAndSet(election, expected, held(holder, 1), TIMEOUT);
                    });
                }
                List<CasOutcome> outcomes = new ArrayList<>();
                for (Future<CasOutcome> outcome : threads.invokeAll(rivals)) {
                    outcomes.add(outcome.get());
                }
                long applied = outcomes.stream()
                        .filter(CasOutcome.Applied.class::isInstance)
                        .count();
                assertEquals(
                        1,
                        applied,
                        () -> "of eight swaps that expected the same version, one and only one is"
                                + " applied; the outcomes were " + outcomes);
                version = views.get(0).read(election, TIMEOUT).version();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
