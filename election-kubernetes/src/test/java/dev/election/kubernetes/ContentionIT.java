package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.servers.TestRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many candidates on one record of a real API server (S1). */
class ContentionIT {

    private static final int THREADS = 8;
    private static final int ROUNDS = 25;

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void everyVersionIsReplacedByExactlyOneOfAllWhoTry(LockKind lock) throws Exception {
        String election = "contention-" + UUID.randomUUID();
        KubeServer server = KubeServer.shared();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (ElectionBackend one = KubernetesBackend.connect(server.adminConfig(), null, lock);
                ElectionBackend other = KubernetesBackend.connect(server.adminConfig(), null, lock)) {
            Version first = TestRecords.applied(one.compareAndSet(election, Version.ABSENT, free(), TIMEOUT))
                    .version();
            Map<Version, String> replacedBy = new ConcurrentHashMap<>();
            List<Callable<Version>> candidates = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                ElectionBackend backend = i % 2 == 0 ? one : other;
                String holder = "candidate_" + i;
                candidates.add(() -> contend(backend, election, first, holder, replacedBy));
            }
            for (Future<Version> candidate : threads.invokeAll(candidates)) {
                candidate.get();
            }
            assertThat(replacedBy).hasSizeGreaterThanOrEqualTo(ROUNDS).containsKey(first);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Version contend(
            ElectionBackend backend, String election, Version first, String holder, Map<Version, String> replacedBy)
            throws Exception {
        Version version = first;
        for (int i = 0; i < ROUNDS; i++) {
            CasOutcome outcome = backend.compareAndSet(election, version, held(holder, i), TIMEOUT);
            if (outcome instanceof CasOutcome.Applied applied) {
                assertThat(replacedBy.put(version, holder))
                        .as("the other winner")
                        .isNull();
                version = applied.current().version();
            } else if (outcome instanceof CasOutcome.Conflict conflict) {
                Snapshot current = conflict.current();
                assertThat(current).as("a conflict carries what won").isNotNull();
                assertThat(current.version().revision()).isGreaterThan(version.revision());
                version = current.version();
            } else {
                throw new AssertionError("nothing is in the way here: " + outcome);
            }
        }
        return version;
    }
}
