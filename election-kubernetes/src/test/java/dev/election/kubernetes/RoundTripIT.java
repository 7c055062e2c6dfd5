package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.record;
import static dev.election.tck.servers.TestRecords.released;
import static dev.election.tck.servers.TestRecords.renewed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome.Conflict;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records on a real API server: S1 to S5, S8, S11 and S12. */
class RoundTripIT {

    private final KubeServer server = KubeServer.shared();
    private final String election = "round-trip-" + UUID.randomUUID();

    @TempDir
    private Path dir;

    private ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), null, LockKind.LEASE);

    private void open(LockKind lock) {
        backend.close();
        backend = KubernetesBackend.connect(server.adminConfig(), null, lock);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Snapshot create() throws Exception {
        return applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    private Snapshot swap(Snapshot from, LockRecord next) throws Exception {
        return applied(backend.compareAndSet(election, from.version(), next, TIMEOUT));
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aRecordIsCreatedFreeAcquiredRenewedAndReleased(LockKind lock) throws Exception {
        open(lock);
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
        Snapshot created = create();
        LockRecord taken = held("a_1", created.version().revision());
        Snapshot acquired = swap(created, taken);
        assertThat(record(acquired)).isEqualTo(taken);
        LockRecord again = renewed(taken);
        Snapshot renewed = swap(acquired, again);
        assertThat(record(renewed)).isEqualTo(backend.asStored(again, acquired));
        assertThat(renewed.version().revision())
                .isGreaterThan(acquired.version().revision());
        LockRecord freed = released(taken);
        Snapshot released = swap(renewed, freed);
        assertThat(record(released)).isEqualTo(freed);
        assertThat(record(released).isFree()).isTrue();
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(released);
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void kubectlShowsTheRecordAsThatOfClientGo(LockKind lock) throws Exception {
        open(lock);
        Instant taken = Instant.parse("2026-01-02T03:04:05.100Z");
        LockRecord held = new LockRecord("a_1", Duration.ofMillis(14_200), taken, taken, 3, 7, "attempt-1");
        swap(create(), held);
        JsonNode object = kubectl("get", lock == LockKind.LEASE ? "lease" : "endpoints", election, "-o", "json");
        JsonNode annotations = object.path("metadata").path("annotations");
        assertThat(annotations.path("election.dev/fencing-token").asText()).isEqualTo("7");
        assertThat(annotations.path("election.dev/attempt").asText()).isEqualTo("attempt-1");
        JsonNode record = lock == LockKind.LEASE
                ? object.path("spec")
                : Json.parse(annotations.path(EndpointsLock.LEADER).asText().getBytes(StandardCharsets.UTF_8));
        assertThat(record.path("holderIdentity").asText()).isEqualTo("a_1");
        assertThat(record.path("leaseDurationSeconds").asInt()).as("rounded up").isEqualTo(15);
        assertThat(record.path("acquireTime").asText()).isEqualTo("2026-01-02T03:04:05.100000Z");
        assertThat(record.path("renewTime").asText()).isEqualTo("2026-01-02T03:04:05.100000Z");
        assertThat(record.path(lock == LockKind.LEASE ? "leaseTransitions" : "leaderTransitions")
                        .asInt())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aVersionOfADeletedObjectFitsNeitherNothingNorItsSuccessor(LockKind lock) throws Exception {
        open(lock);
        Snapshot deleted = create();
        assertThat(backend.delete(election, TIMEOUT)).isTrue();
        assertThat(backend.compareAndSet(election, deleted.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(Snapshot.ABSENT));
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
        Snapshot successor = create();
        assertThat(backend.compareAndSet(election, deleted.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(successor));
        assertThat(successor.version().revision())
                .isGreaterThan(deleted.version().revision());
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(successor);
        assertThat(backend.delete(election, TIMEOUT)).isTrue();
        assertThat(backend.delete(election, TIMEOUT)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aConflictCarriesWhatWon(LockKind lock) throws Exception {
        open(lock);
        Snapshot created = create();
        Snapshot won = swap(created, held("a_1", 1));
        assertThat(backend.compareAndSet(election, created.version(), held("b_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(won));
        assertThat(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT))
                .isEqualTo(new Conflict(won));
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void anIdenticalRecordButForItsAttemptIsAnotherVersion(LockKind lock) throws Exception {
        open(lock);
        LockRecord first = held("a_1", 1);
        Snapshot before = swap(create(), first);
        LockRecord second = new LockRecord(
                first.holder(), first.leaseDuration(), first.acquired(), first.renewed(), 1, 1, "another attempt");
        assertThat(swap(before, second).version()).isNotEqualTo(before.version());
        assertThat(backend.compareAndSet(election, before.version(), held("b_1", 2), TIMEOUT))
                .isInstanceOf(Conflict.class);
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void onlyAFreeRecordMayBeWrittenOverAbsence(LockKind lock) {
        open(lock);
        assertThatThrownBy(() -> backend.compareAndSet(election, Version.ABSENT, held("a_1", 1), TIMEOUT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void whatOthersPutIntoTheObjectSurvives(LockKind lock) throws Exception {
        open(lock);
        create();
        String type = lock == LockKind.LEASE ? "lease" : "endpoints";
        kubectl("label", type, election, "team=blue");
        kubectl("annotate", type, election, "note=by hand");
        if (lock == LockKind.ENDPOINTS) {
            String json = "{\"holderIdentity\":\"\",\"preferredHolder\":\"x\",\"leaderTransitions\":4}";
            kubectl("annotate", "--overwrite", type, election, EndpointsLock.LEADER + "=" + json);
        }
        swap(backend.read(election, TIMEOUT), held("a_1", 1));
        JsonNode metadata = kubectl("get", type, election, "-o", "json").path("metadata");
        assertThat(metadata.path("labels").path("team").asText()).isEqualTo("blue");
        assertThat(metadata.path("annotations").path("note").asText()).isEqualTo("by hand");
        if (lock == LockKind.ENDPOINTS) {
            assertThat(metadata.path("annotations").path(EndpointsLock.LEADER).asText())
                    .contains("\"preferredHolder\":\"x\"")
                    .contains("\"holderIdentity\":\"a_1\"");
        }
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void anObjectWithoutARecordIsFreeAndCanBeTaken(LockKind lock) throws Exception {
        open(lock);
        String apiVersion = lock == LockKind.LEASE ? "coordination.k8s.io/v1" : "v1";
        String kind = lock == LockKind.LEASE ? "Lease" : "Endpoints";
        Path file = Files.writeString(
                dir.resolve("bare.yaml"),
                "---\n{apiVersion: %s, kind: %s, metadata: {name: %s}}".formatted(apiVersion, kind, election));
        kubectl("create", "-f", file.toString());
        Snapshot bare = backend.read(election, TIMEOUT);
        assertThat(bare.isAbsent()).isFalse();
        assertThat(record(bare).isFree()).isTrue();
        assertThat(record(bare).isOurs()).isFalse();
        LockRecord taken = held("a_1", bare.version().revision());
        assertThat(record(swap(bare, taken))).isEqualTo(taken);
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void anUnreadableTokenIsNamedWithItsCure(LockKind lock) throws Exception {
        open(lock);
        create();
        String type = lock == LockKind.LEASE ? "lease" : "endpoints";
        kubectl("annotate", "--overwrite", type, election, "election.dev/fencing-token=99999999999999999999");
        assertThatThrownBy(() -> backend.read(election, TIMEOUT))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("default/" + election)
                .hasMessageContaining("election.dev/fencing-token")
                .hasMessageContaining("kubectl annotate --overwrite -n default")
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.UNREADABLE);
        kubectl("annotate", "--overwrite", type, election, "election.dev/fencing-token=12");
        assertThat(record(backend.read(election, TIMEOUT)).fencingToken()).isEqualTo(12);
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aMissingNamespaceIsNamed(LockKind lock) throws Exception {
        backend.close();
        backend = KubernetesBackend.connect(server.adminConfig(), "nowhere", lock);
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
        assertThatThrownBy(this::create)
                .hasMessageContaining("is there a namespace \"nowhere\"")
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.REFUSED);
    }

    @Test
    void theEndpointsOfAServiceAreLeftAlone() throws Exception {
        open(LockKind.ENDPOINTS);
        Path file = Files.writeString(dir.resolve("service.yaml"), """
                ---
                {apiVersion: v1, kind: Endpoints, metadata: {name: %s},
                 subsets: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80}]}]}
                """.formatted(election));
        kubectl("create", "-f", file.toString());
        assertThatThrownBy(() -> backend.read(election, TIMEOUT))
                .hasMessageContaining("belongs to a Service")
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.REFUSED);
    }

    @Test
    void anAnnotationThatIsNoRecordIsNeverTakenForFree() throws Exception {
        open(LockKind.ENDPOINTS);
        create();
        kubectl("annotate", "--overwrite", "endpoints", election, EndpointsLock.LEADER + "=garbage");
        assertThatThrownBy(() -> backend.read(election, TIMEOUT))
                .hasMessageContaining("kubectl annotate -n default endpoints " + election)
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.UNREADABLE);
    }

    @Test
    void aLeaseIsRoundedUpToWholeSecondsAndIsAtLeastOne() throws Exception {
        Snapshot created = create();
        LockRecord next = held("a_1", 1);
        LockRecord brief = new LockRecord("a_1", Duration.ofMillis(1), next.acquired(), next.renewed(), 1, 1, "x");
        assertThat(record(swap(created, brief)).leaseDuration()).isEqualTo(Duration.ofSeconds(1));
        assertThat(backend.asStored(brief, created).leaseDuration()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aClosedBackendSaysSo() {
        backend.close();
        backend.close();
        assertThatThrownBy(() -> backend.read(election, TIMEOUT)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(this::create).isInstanceOf(IllegalStateException.class);
    }

    /** Runs kubectl as an administrator, and reads what it gets. */
    private JsonNode kubectl(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                KubeServer.program("kubectl").orElseThrow().toString(),
                "--kubeconfig=" + server.kubeconfig(),
                "--namespace=default"));
        command.addAll(List.of(args));
        Path errors = dir.resolve("errors");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return args[0].equals("get") ? Json.parse(output.getBytes(StandardCharsets.UTF_8)) : Json.object();
    }
}
