package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.record;
import static dev.election.tck.servers.TestRecords.released;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.servers.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In one election with a candidate of client-go, on a real API server. */
class ClientGoIT {

    /** In milliseconds, after a renewal; the program renews every five seconds. */
    private static final long A_GOOD_WHILE_BEFORE_IT_RENEWS = 1500;

    private final KubeServer server = KubeServer.shared();
    private final String election = "client-go-" + UUID.randomUUID();

    @TempDir
    private Path dir;

    @Test
    void itTakesOverWhatWeReleasedAndReleasesWhatWeCanTake() throws Exception {
        Process other = null;
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE)) {
            Snapshot created = applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            LockRecord ours = held("a_1", 41);
            Snapshot held = applied(backend.compareAndSet(election, created.version(), ours, TIMEOUT));
            applied(backend.compareAndSet(election, held.version(), released(ours), TIMEOUT));

            other = startClientGo("theirs");
            Await.until(
                    "client-go leads",
                    () -> record(backend.read(election, TIMEOUT)).holder().equals("theirs"));
            // Only then does it release what it holds when it is told to end.
            Await.until("client-go knows it", () -> Files.readString(log()).contains("successfully acquired lease"));
            LockRecord foreign = record(backend.read(election, TIMEOUT));
            assertThat(foreign.isOurs()).isFalse();
            assertThat(foreign.attempt()).isEmpty();
            assertThat(foreign.fencingToken()).as("the floor").isEqualTo(41);
            assertThat(foreign.leaseDuration()).isEqualTo(Duration.ofSeconds(60));
            assertThat(foreign.transitions()).isEqualTo(ours.transitions() + 1);

            // Told to end amid a renewal, it may not learn of that one, and its release would then be refused as
            // outdated.
            Await.until(
                    "client-go has renewed",
                    () -> record(backend.read(election, TIMEOUT)).renewed().isAfter(foreign.renewed()));
            Thread.sleep(A_GOOD_WHILE_BEFORE_IT_RENEWS);
            other.destroy();
            Await.until(
                    "client-go has released",
                    () -> record(backend.read(election, TIMEOUT)).isFree());
            Snapshot freed = backend.read(election, TIMEOUT);
            assertThat(record(freed).isOurs()).isFalse();
            assertThat(record(freed).fencingToken()).isEqualTo(41);
            LockRecord again = held("a_1", 42);
            assertThat(record(applied(backend.compareAndSet(election, freed.version(), again, TIMEOUT))))
                    .isEqualTo(again);
        } finally {
            if (other != null) {
                other.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        }
    }

    private Path log() {
        return dir.resolve("client-go.log");
    }

    private Process startClientGo(String identity) throws Exception {
        Optional<Path> program = KubeServer.program("client-go-leader-election");
        if (program.isEmpty()) {
            System.err.println("NO CLIENT-GO: run script/servers. The test beside its candidate is SKIPPED.");
            Assumptions.abort("no client-go");
        }
        return new ProcessBuilder(
                        program.orElseThrow().toString(),
                        "-kubeconfig=" + server.kubeconfig(),
                        "-id=" + identity,
                        "-lease-lock-name=" + election,
                        "-lease-lock-namespace=default")
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }
}
