package dev.election.etcd;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.record;
import static dev.election.tck.servers.TestRecords.released;
import static dev.election.tck.servers.TestRecords.renewed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.election.spi.BackendException;
import dev.election.spi.BackendUri;
import dev.election.spi.CasOutcome.Conflict;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import io.etcd.jetcd.api.KeyValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records in a real etcd: S1 to S5, S8 and S12. */
class RoundTripIT {

    private final EtcdServer server = EtcdServer.shared();
    private final String prefix = "round-trip/" + UUID.randomUUID() + "/";
    private final String election = "nightly-report";
    private final String key = prefix + election;
    private final ElectionBackend backend =
            EtcdBackend.connect(EtcdOptions.of(server.endpoint()).withPrefix(prefix));

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

    private String stored() {
        return server.etcdctl("get", "--print-value-only", key).strip();
    }

    @Test
    void aRecordIsCreatedFreeAcquiredRenewedAndReleased() throws Exception {
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
        Snapshot created = create();
        LockRecord taken = held("a_1", created.version().revision());
        Snapshot acquired = swap(created, taken);
        assertThat(record(acquired)).isEqualTo(taken);
        LockRecord again = renewed(taken);
        Snapshot renewed = swap(acquired, again);
        assertThat(record(renewed)).isEqualTo(again);
        assertThat(renewed.version().revision())
                .isGreaterThan(acquired.version().revision());
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(renewed);
        Snapshot released = swap(renewed, released(taken));
        assertThat(record(released).isFree()).isTrue();
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(released);
    }

    @Test
    void theVersionIsTheRevisionOfTheLastModification() throws Exception {
        Snapshot created = create();
        String json = server.etcdctl("get", key, "--write-out=json");
        assertThat(json).contains("\"mod_revision\":" + created.version().revision());
        Snapshot acquired = swap(created, held("a_1", 1));
        json = server.etcdctl("get", key, "--write-out=json");
        assertThat(json)
                .contains("\"create_revision\":" + created.version().revision())
                .contains("\"mod_revision\":" + acquired.version().revision());
    }

    @Test
    void etcdctlShowsTheRecordAsClientGoWritesItAndTheKeyHasNoLease() throws Exception {
        Instant taken = Instant.parse("2026-01-02T03:04:05.100Z");
        swap(create(), new LockRecord("a_1", Duration.ofMillis(14_200), taken, taken, 3, 7, "attempt-1"));
        assertThat(stored())
                .isEqualTo("{\"holderIdentity\":\"a_1\",\"leaseDurationSeconds\":15,"
                        + "\"acquireTime\":\"2026-01-02T03:04:05.100000Z\","
                        + "\"renewTime\":\"2026-01-02T03:04:05.100000Z\",\"leaderTransitions\":3,"
                        + "\"leaseDurationMillis\":14200,\"fencingToken\":7,\"attempt\":\"attempt-1\"}");
        assertThat(server.etcdctl("get", key, "--write-out=json")).doesNotContain("\"lease\"");
    }

    @Test
    void aLeaseThatSomebodyBoundTheKeyToIsTakenOffByTheNextWrite() throws Exception {
        create();
        String lease = server.etcdctl("lease", "grant", "1000").split(" ")[1];
        server.etcdctl("put", "--lease=" + lease, key, stored());
        swap(backend.read(election, TIMEOUT), held("a_1", 1));
        server.etcdctl("lease", "revoke", lease);
        assertThat(record(backend.read(election, TIMEOUT)).holder()).isEqualTo("a_1");
    }

    @Test
    void aConflictCarriesTheRecordThatWon() throws Exception {
        Snapshot created = create();
        Snapshot acquired = swap(created, held("a_1", 1));
        assertThat(backend.compareAndSet(election, created.version(), held("b_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(acquired));
        assertThat(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT))
                .isEqualTo(new Conflict(acquired));
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(acquired);
    }

    @Test
    void aVersionOfADeletedKeyFitsNeitherNothingNorItsSuccessor() throws Exception {
        Snapshot deleted = create();
        assertThat(backend.delete(election, TIMEOUT)).isTrue();
        assertThat(backend.delete(election, TIMEOUT)).isFalse();
        assertThat(backend.compareAndSet(election, deleted.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(Snapshot.ABSENT));
        Snapshot again = create();
        assertThat(again.version().revision()).isGreaterThan(deleted.version().revision());
        assertThat(backend.compareAndSet(election, deleted.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(again));
    }

    @Test
    void aWriteOfTheSameContentIsANewVersion() throws Exception {
        Snapshot first = create();
        server.etcdctl("put", key, stored());
        Snapshot second = backend.read(election, TIMEOUT);
        assertThat(second.record()).isEqualTo(first.record());
        assertThat(second.version()).isNotEqualTo(first.version());
        assertThat(backend.compareAndSet(election, first.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(second));
    }

    /** As after a restore from a backup, which counts the same revisions again. */
    @Test
    void aRevisionThatCameAgainWithAnotherRecordDoesNotFit() throws Exception {
        Snapshot current = create();
        LockRecordJson another = LockRecordJson.of(held("b_1", 1));
        Version sameRevision =
                new EtcdVersion(current.version().revision(), another, Snapshots.value(elect(), another));
        assertThat(backend.compareAndSet(election, sameRevision, held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(current));
    }

    @Test
    void onlyAFreeRecordIsCreated() {
        assertThatThrownBy(() -> backend.compareAndSet(election, Version.ABSENT, held("a_1", 1), TIMEOUT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(stored()).isEmpty();
    }

    @Test
    void unknownFieldsSurviveSwapsAsTheyWere() throws Exception {
        create();
        String unknown = "\"team\":{\"name\":\"bl\\u00fce\",\"size\":1.50},\"ünï\":[1,2]";
        server.etcdctl("put", key, stored().replace("}", "," + unknown + "}"));
        Snapshot seen = backend.read(election, TIMEOUT);
        Snapshot taken = swap(seen, held("a_1", 1));
        swap(taken, renewed(record(taken)));
        assertThat(stored()).endsWith(unknown + "}").contains("a_1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "[]", "{\"holderIdentity\":7}", "{\"fencingToken\":-1}", "{} {}"})
    void whatIsNoRecordIsUnreadableAndNeverOverwritten(String garbage) throws Exception {
        Snapshot before = create();
        server.etcdctl("put", key, garbage);
        BackendException unreadable =
                catchThrowableOfType(BackendException.class, () -> backend.read(election, TIMEOUT));
        assertThat(unreadable.kind()).isEqualTo(BackendException.Kind.UNREADABLE);
        assertThat(unreadable).hasMessageContaining("etcdctl get " + key).hasMessageContaining("etcdctl del " + key);
        assertThat(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT))
                .isEqualTo(new Conflict(null));
        assertThat(backend.compareAndSet(election, before.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(null));
        assertThat(stored()).isEqualTo(garbage);
    }

    @Test
    void whatIsTooLargeIsUnreadable() {
        server.etcdctl("put", key, "{\"note\":\"" + "x".repeat(LockRecordJson.MAX_LENGTH) + "\"}");
        assertThatThrownBy(() -> backend.read(election, TIMEOUT))
                .hasMessageContaining("a lock record at most 65536")
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.UNREADABLE);
    }

    /** Or else this very process could not read it any more. */
    @Test
    void aRecordThatOthersFilledUpIsNotWrittenBeyondTheLimit() throws Exception {
        String note = "\"note\":\"" + "x".repeat(LockRecordJson.MAX_LENGTH - 300) + "\"";
        server.etcdctl("put", key, "{" + note + "}");
        Snapshot full = backend.read(election, TIMEOUT);
        assertThatThrownBy(() -> backend.compareAndSet(election, full.version(), held("a".repeat(200), 1), TIMEOUT))
                .hasMessageContaining("fields of their own")
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.REFUSED);
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(full);
    }

    @Test
    void whatIsNotUtf8IsUnreadable() throws Exception {
        server.etcdctl("put", key, "{\"holderIdentity\":\"bl\u00fce\"}");
        assertThat(record(backend.read(election, TIMEOUT)).holder()).isEqualTo("bl\u00fce");
        KeyValue latin1 = KeyValue.newBuilder()
                .setModRevision(1)
                .setValue(ByteString.copyFrom("{\"holderIdentity\":\"bl\u00fce\"}", StandardCharsets.ISO_8859_1))
                .build();
        assertThatThrownBy(() -> Snapshots.of(elect(), latin1))
                .hasMessageContaining("not UTF-8")
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(BackendException.Kind.UNREADABLE);
    }

    @Test
    void theProviderOpensTheSameStore() throws Exception {
        Snapshot created = create();
        try (ElectionBackend opened = new EtcdBackendProvider()
                .open(BackendUri.parse(server.uri(prefix.substring(0, prefix.length() - 1))))) {
            assertThat(opened.read(election, TIMEOUT)).isEqualTo(created);
        }
    }

    private ElectionKey elect() {
        return new ElectionKey(prefix, election);
    }
}
