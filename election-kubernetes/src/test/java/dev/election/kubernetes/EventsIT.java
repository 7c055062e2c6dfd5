package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.released;
import static dev.election.tck.servers.TestRecords.renewed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.servers.Await;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events on a real API server. */
class EventsIT {

    private final KubeServer server = KubeServer.shared();
    private final String election = "events-" + UUID.randomUUID();

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void everyChangeOfTheHolderIsRecordedAsClientGoDoesEvenTheLastOneBeforeClosing(LockKind lock) throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, lock)) {
            Snapshot current = applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            LockRecord first = held("a_1", 1);
            LockRecord second = held("b_1", 2);
            for (LockRecord next : List.of(first, renewed(first), second, released(second))) {
                current = applied(backend.compareAndSet(election, current.version(), next, TIMEOUT));
            }
        }
        try (KubernetesClient client = server.adminClient()) {
            List<Event> events = client.v1().events().inNamespace("default").list().getItems().stream()
                    .filter(event -> event.getInvolvedObject().getName().equals(election))
                    .sorted(Comparator.comparing(
                            event -> Long.parseLong(event.getMetadata().getResourceVersion())))
                    .toList();
            assertThat(events)
                    .extracting(Event::getMessage)
                    .containsExactly("a_1 became leader", "b_1 became leader", "b_1 stopped leading");
            assertThat(events).allSatisfy(event -> {
                assertThat(event.getReason()).isEqualTo("LeaderElection");
                assertThat(event.getType()).isEqualTo("Normal");
                assertThat(event.getInvolvedObject().getKind())
                        .isEqualTo(lock == LockKind.LEASE ? "Lease" : "Endpoints");
                assertThat(event.getInvolvedObject().getUid()).isNotEmpty();
                assertThat(event.getSource().getComponent()).isEqualTo("election");
                assertThat(event.getCount()).isEqualTo(1);
            });
        }
    }

    @Test
    void anEventThatHangsHoldsUpNeitherAWriteNorClosing() throws Exception {
        try (HttpFront front = new HttpFront(server.adminConfig())) {
            front.onAll(request -> {
                if (request.path().endsWith("/events")) {
                    front.hang(request);
                } else {
                    request.pass();
                }
            });
            ElectionBackend backend = KubernetesBackend.connect(front.config(), null, LockKind.LEASE);
            Snapshot current = applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            for (int i = 0; i < 100; i++) {
                current = applied(backend.compareAndSet(election, current.version(), held("a_" + i, i), TIMEOUT));
            }
            long start = System.nanoTime();
            backend.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void afterARefusalNoMoreEventsAreSent() throws Exception {
        try (HttpFront front = new HttpFront(server.adminConfig())) {
            front.onAll(request -> {
                if (request.path().endsWith("/events")) {
                    request.answer(403, Map.of(), "");
                } else {
                    request.pass();
                }
            });
            try (ElectionBackend backend = KubernetesBackend.connect(front.config(), null, LockKind.LEASE)) {
                Snapshot current = applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
                current = applied(backend.compareAndSet(election, current.version(), held("a_1", 1), TIMEOUT));
                Await.until("the event", () -> posts(front) == 2);
                for (int i = 0; i < 5; i++) {
                    current = applied(backend.compareAndSet(election, current.version(), held("b_" + i, i), TIMEOUT));
                }
            }
            assertThat(posts(front)).as("the record and one event").isEqualTo(2);
        }
    }

    private static long posts(HttpFront front) {
        return front.requests().stream().filter("POST"::equals).count();
    }
}
