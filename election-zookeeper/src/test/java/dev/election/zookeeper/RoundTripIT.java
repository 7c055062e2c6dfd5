package dev.election.zookeeper;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static dev.election.tck.servers.TestRecords.renewed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome.Applied;
import dev.election.spi.CasOutcome.Conflict;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records on a real server: S1, S3, S4, S5, S8, S12. */
class RoundTripIT {

    private final ZooKeeperServer server = ZooKeeperServer.shared();
    private final String parent = "/round-" + UUID.randomUUID() + "/election";
    private final ZooKeeperBackend backend =
            ZooKeeperBackend.connect(ZooKeeperOptions.servers(server.address()).parent(parent));
    private final Admin admin;
    private final String election = "orders";
    private final String path = parent + "/" + election;

    RoundTripIT() throws Exception {
        admin = new Admin(server.address());
    }

    @AfterEach
    void close() throws Exception {
        backend.close();
        String root = parent.substring(0, parent.indexOf('/', 1));
        if (admin.stat(root) != null) {
            admin.deleteAll(root);
        }
        admin.close();
    }

    private Snapshot create() throws Exception {
        return applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    private BackendException unreadable() {
        return catchThrowableOfType(BackendException.class, () -> backend.read(election, TIMEOUT));
    }

    @Test
    void itOffersAll() {
        assertThat(backend.capabilities())
                .containsExactlyInAnyOrder(Capability.WATCH, Capability.DELETE, Capability.SEVERAL_PROCESSES);
    }

    @Test
    void aRecordIsCreatedTakenRenewedAndReadByOthers() throws Exception {
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
        Snapshot created = create();
        LockRecord taken = held("a_1", 7);
        Snapshot acquired = applied(backend.compareAndSet(election, created.version(), taken, TIMEOUT));
        Snapshot renewed = applied(backend.compareAndSet(election, acquired.version(), renewed(taken), TIMEOUT));
        try (ElectionBackend other = ZooKeeperBackend.connect(
                ZooKeeperOptions.servers(server.address()).parent(parent))) {
            assertThat(other.read(election, TIMEOUT)).isEqualTo(renewed);
        }
        assertThat(List.of(created, acquired, renewed))
                .extracting(snapshot -> snapshot.version().revision())
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(renewed.version().revision()).isEqualTo(admin.stat(path).getMzxid());
        assertThat(created.version().revision()).isEqualTo(admin.stat(path).getCzxid());
    }

    @Test
    void theNodeIsPersistentAndHoldsJsonAndOneMarker() throws Exception {
        create();
        assertThat(admin.stat(path).getEphemeralOwner()).isZero();
        String generation = LockRecordJson.parse(admin.get(path))
                .unknownFields()
                .get("generation")
                .replace("\"", "");
        assertThat(admin.children(path)).containsExactly("g-" + generation);
    }

    @Test
    void missingDataDoNotBecomeTheLocalAddress() throws Exception {
        create();
        assertThat(admin.get(parent)).isEmpty();
        assertThat(admin.get(path + "/" + admin.children(path).get(0))).isEmpty();
    }

    @Test
    void aVersionThatIsGoneConflictsAndShowsWhatWon() throws Exception {
        Snapshot created = create();
        Snapshot won = applied(backend.compareAndSet(election, created.version(), held("b_1", 1), TIMEOUT));
        assertThat(backend.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(won));
        assertThat(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT))
                .isEqualTo(new Conflict(won));
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(won);
    }

    @Test
    void versionsRestartAtZeroAfterDeletionAndStillDoNotFit() throws Exception {
        Snapshot first = create();
        assertThat(backend.delete(election, TIMEOUT)).isTrue();
        Snapshot second = create();
        assertThat(admin.stat(path).getVersion()).isZero();
        assertThat(second.version().revision()).isGreaterThan(first.version().revision());
        assertThat(backend.compareAndSet(election, first.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(second));
    }

    /** A versioned parent would not be enough: it restarts as well. */
    @Test
    void aParentDeletedByTheOperatorMakesNoOldVersionFitAgain() throws Exception {
        Snapshot first = create();
        Snapshot taken = applied(backend.compareAndSet(election, first.version(), held("a_1", 1), TIMEOUT));
        admin.deleteAll(parent);
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
        assertThat(backend.compareAndSet(election, taken.version(), held("a_1", 2), TIMEOUT))
                .isEqualTo(new Conflict(Snapshot.ABSENT));
        Snapshot second = create();
        Snapshot others = applied(backend.compareAndSet(election, second.version(), held("b_1", 1), TIMEOUT));
        assertThat(admin.stat(path).getVersion()).isEqualTo(1);
        assertThat(backend.compareAndSet(election, taken.version(), held("a_1", 2), TIMEOUT))
                .isEqualTo(new Conflict(others));
        assertThat(others.version().revision()).isGreaterThan(taken.version().revision());
    }

    @Test
    void identicalContentWrittenAgainIsAnotherVersion() throws Exception {
        Snapshot created = create();
        admin.set(path, admin.get(path));
        Snapshot same = backend.read(election, TIMEOUT);
        assertThat(same.record()).isEqualTo(created.record());
        assertThat(same.version()).isNotEqualTo(created.version());
        assertThat(backend.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT))
                .isEqualTo(new Conflict(same));
    }

    @Test
    void onlyAFreeRecordIsWrittenOverAbsence() throws Exception {
        assertThatThrownBy(() -> backend.compareAndSet(election, Version.ABSENT, held("a_1", 1), TIMEOUT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
    }

    @Test
    void ofManyThatCreateAtOnceOneSucceedsAndTheParentIsThere() throws Exception {
        List<Callable<Object>> creations = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            creations.add(() -> backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
        }
        ExecutorService threads = Executors.newFixedThreadPool(creations.size());
        try {
            List<Object> outcomes = new ArrayList<>();
            for (Future<Object> outcome : threads.invokeAll(creations)) {
                outcomes.add(outcome.get());
            }
            assertThat(outcomes).hasOnlyElementsOfTypes(Applied.class, Conflict.class);
            assertThat(outcomes.stream().filter(Applied.class::isInstance)).hasSize(1);
            assertThat(admin.children(path)).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void fieldsOfOthersSurvive() throws Exception {
        create();
        admin.set(path, admin.get(path).replaceFirst("\\{", "{\"team\":{\"name\":\"blue\",\"size\":1.50},"));
        Snapshot marked = backend.read(election, TIMEOUT);
        applied(backend.compareAndSet(election, marked.version(), held("a_1", 1), TIMEOUT));
        assertThat(LockRecordJson.parse(admin.get(path)).unknownFields())
                .containsEntry("team", "{\"name\":\"blue\",\"size\":1.50}")
                .containsKey("generation");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "[]",
                "{\"holderIdentity\":5}",
                "{\"holderIdentity\":\"x\"}",
                "{\"holderIdentity\":\"x\",\"generation\":\"../../other\"}",
                "{\"holderIdentity\":\"x\",\"generation\":7}"
            })
    void whatIsNoRecordOfOursIsUnreadableAndSaysItsCure(String data) throws Exception {
        create();
        admin.set(path, data);
        assertUnreadable();
    }

    @Test
    void aNodeMadeByHandIsUnreadableAndNeverTaken() throws Exception {
        create();
        backend.delete(election, TIMEOUT);
        admin.create(path, LockRecordJson.of(free()).toJson());
        assertThat(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT))
                .isEqualTo(new Conflict(null));
        assertUnreadable();
    }

    @Test
    void aNodeThatIsTooLargeIsUnreadable() throws Exception {
        create();
        admin.set(path, "{\"x\":\"" + "y".repeat(LockRecordJson.MAX_LENGTH) + "\"}");
        assertUnreadable();
    }

    /** Written, it could not be read again by anybody. */
    @Test
    void aRecordThatOthersFilledIsNotWrittenBeyondWhatCanBeRead() throws Exception {
        create();
        String json = admin.get(path);
        String field = "\"team\":\"\",";
        int room = LockRecordJson.MAX_LENGTH - json.length() - field.length();
        admin.set(path, "{\"team\":\"" + "y".repeat(room) + "\"," + json.substring(1));
        Snapshot full = backend.read(election, TIMEOUT);
        BackendException failure = catchThrowableOfType(
                BackendException.class, () -> backend.compareAndSet(election, full.version(), held("a_1", 1), TIMEOUT));
        assertThat(failure.kind()).isEqualTo(BackendException.Kind.REFUSED);
        assertThat(failure).hasMessageContaining(path);
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(full);
    }

    @Test
    void whatIsNotUtf8IsUnreadable() throws Exception {
        create();
        admin.zk().setData(path, new byte[] {'{', '"', (byte) 0xff, '"', '}'}, -1);
        assertUnreadable();
    }

    private void assertUnreadable() throws Exception {
        BackendException failure = unreadable();
        assertThat(failure.kind()).isEqualTo(BackendException.Kind.UNREADABLE);
        assertThat(failure).hasMessageContaining(path).hasMessageContaining("deleteall " + path);
        // The cure cures.
        admin.deleteAll(path);
        create();
    }

    @Test
    void aMarkerDeletedByHandIsSaidAloudAndNothingIsOverwritten() throws Exception {
        Snapshot created = create();
        String marker = path + "/" + admin.children(path).get(0);
        admin.zk().delete(marker, -1);
        BackendException failure = catchThrowableOfType(
                BackendException.class,
                () -> backend.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT));
        assertThat(failure.kind()).isEqualTo(BackendException.Kind.UNREADABLE);
        assertThat(failure).hasMessageContaining(marker).hasMessageContaining("deleteall");
        assertThat(backend.read(election, TIMEOUT)).isEqualTo(created);
    }

    @Test
    void aMarkerThatSomebodyWroteIntoStillFits() throws Exception {
        Snapshot created = create();
        admin.set(path + "/" + admin.children(path).get(0), "hello");
        applied(backend.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT));
    }

    @Test
    void deletionTakesWhateverIsThereWithItsMarkers() throws Exception {
        assertThat(backend.delete(election, TIMEOUT)).isFalse();
        create();
        admin.set(path, "garbage");
        assertThat(backend.delete(election, TIMEOUT)).isTrue();
        assertThat(admin.stat(path)).isNull();
    }

    @Test
    void aChildThatIsNotOursKeepsTheNode() throws Exception {
        create();
        admin.create(path + "/notes", "");
        BackendException failure =
                catchThrowableOfType(BackendException.class, () -> backend.delete(election, TIMEOUT));
        assertThat(failure.kind()).isEqualTo(BackendException.Kind.REFUSED);
        assertThat(failure).hasMessageContaining(path).hasMessageContaining("deleteall");
        assertThat(admin.children(path)).hasSize(2);
    }

    @Test
    void anEphemeralParentIsRefused() throws Exception {
        admin.create(parent.substring(0, parent.lastIndexOf('/')), "");
        admin.zk().create(parent, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        BackendException failure = catchThrowableOfType(
                BackendException.class, () -> backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
        assertThat(failure.kind()).isEqualTo(BackendException.Kind.REFUSED);
    }

    @Test
    void aClientOfTheCallersIsUsedWithItsNamespaceAndChrootAndLeftOpen() throws Exception {
        String root = parent.substring(0, parent.indexOf('/', 1));
        for (boolean timely : new boolean[] {true, false}) {
            admin.create(root, "");
            CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                    .connectString(server.address() + root)
                    .namespace("space")
                    .retryPolicy(new RetryForever(10));
            if (timely) {
                builder.zookeeperFactory(ZooKeeperBackend.zookeeperFactory());
            }
            try (CuratorFramework client = builder.build()) {
                client.start();
                try (ZooKeeperBackend on = ZooKeeperBackend.of(client, "/ours")) {
                    Snapshot created = applied(on.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
                    Snapshot taken = applied(on.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT));
                    assertThat(on.read(election, TIMEOUT)).isEqualTo(taken);
                    assertThat(admin.get(root + "/space/ours/" + election)).contains("a_1");
                    assertThat(on.delete(election, TIMEOUT)).isTrue();
                }
                assertThat(client.checkExists().forPath("/ours")).isNotNull();
            }
            admin.deleteAll(root);
        }
    }

    @Test
    void aChrootThatDoesNotExistIsSaid() throws Exception {
        try (CuratorFramework client =
                CuratorFrameworkFactory.newClient(server.address() + parent, new RetryForever(10))) {
            client.start();
            ZooKeeperBackend on = ZooKeeperBackend.of(client, "/ours");
            BackendException failure = catchThrowableOfType(
                    BackendException.class, () -> on.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            assertThat(failure.kind()).isEqualTo(BackendException.Kind.REFUSED);
            assertThat(failure).hasMessageContaining("chroot");
        }
    }

    @Test
    void aClientThatWasNotStartedIsRefused() {
        CuratorFramework client = CuratorFrameworkFactory.newClient(server.address(), new RetryForever(10));
        assertThatThrownBy(() -> ZooKeeperBackend.of(client, "/election"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("started");
    }

    @Test
    void aVersionOfAnotherBackendIsRefused() {
        Version foreign = () -> 5;
        assertThatThrownBy(() -> backend.compareAndSet(election, foreign, free(), TIMEOUT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
