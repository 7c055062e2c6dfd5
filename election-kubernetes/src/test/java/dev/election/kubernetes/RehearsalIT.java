package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.record;
import static dev.election.tck.servers.TestRecords.renewed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a follower tries before it has to take over, on a real API server. */
class RehearsalIT {

    private final KubeServer server = KubeServer.shared();
    private final String election = "rehearsal-" + UUID.randomUUID();

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aFollowerTriesOnceToWriteAndChangesNothing(LockKind lock) throws Exception {
        CompletableFuture<Integer> answered = new CompletableFuture<>();
        ObjectRef object =
                new ObjectRef(lock == LockKind.LEASE ? new LeaseLock() : new EndpointsLock(), "default", election);
        try (ElectionBackend leader = KubernetesBackend.connect(server.adminConfig(), null, lock);
                HttpFront front = new HttpFront(server.adminConfig());
                ApiServer ours = ApiServer.connect(front.config())) {
            front.onAll(request -> {
                Answer answer = request.forward();
                request.answer(answer.code(), Map.of(), "{}");
                answered.complete(answer.code());
            });
            Rehearsal needless = new Rehearsal(ours);
            Rehearsal rehearsal = new Rehearsal(ours);
            rehearsal.saw(object, Snapshot.ABSENT);
            Snapshot created = applied(leader.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            rehearsal.saw(object, created);
            assertThat(front.requests()).as("while nobody leads").isEmpty();

            Snapshot held = applied(leader.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT));
            needless.cancel(); // it has written already
            needless.saw(object, held);
            rehearsal.saw(object, held);
            rehearsal.saw(object, held);

            assertThat(answered.get()).isEqualTo(200);
            assertThat(leader.read(election, TIMEOUT)).isEqualTo(held);
            applied(leader.compareAndSet(election, held.version(), renewed(record(held)), TIMEOUT));
            assertThat(front.requests()).containsExactly("PUT");
        }
    }
}
