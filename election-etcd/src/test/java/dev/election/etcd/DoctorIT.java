package dev.election.etcd;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.Examination;
import dev.election.LeaderElector;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import dev.election.spi.Finding.Topic;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an examination says on a real etcd, and that doing what it says helps. */
class DoctorIT {

    private static final String ELECTION = "mine";

    private EtcdServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static List<Finding> examine(ElectionBackend backend) throws InterruptedException {
        return Examination.of(backend, ELECTION, ElectionTiming.DEFAULT, TIMEOUT);
    }

    private static List<Finding> complaints(ElectionBackend backend) throws InterruptedException {
        return examine(backend).stream()
                .filter(each -> each.severity() == Severity.PROBLEM || each.severity() == Severity.WARNING)
                .toList();
    }

    private static List<Finding> of(List<Finding> findings, Topic topic) {
        return findings.stream().filter(each -> each.topic() == topic).toList();
    }

    private ElectionBackend asCandidate(String prefix) {
        return EtcdBackend.connect(
                EtcdOptions.of(server.endpoint()).withPrefix(prefix).withUser("candidate", () -> "secret"));
    }

    private void run(String remedy) {
        for (String command : remedy.strip().split("\n")) {
            String[] words = command.replace("'", "").split(" ");
            assertThat(words[0]).isEqualTo("etcdctl");
            server.etcdctl(Arrays.copyOfRange(words, 1, words.length));
        }
    }

    private static void elect(ElectionBackend backend) throws Exception {
        try (Elections elections = Elections.of(backend);
                LeaderElector elector =
                        elections.elector(ELECTION).identity("a").start()) {
            assertThat(elector.awaitLeadership(TIMEOUT)).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "read", "write"})
    void aMissingPermissionIsNamedAndTheCommandsGrantIt(String granted) throws Exception {
        server = EtcdServer.start();
        server.etcdctl("user", "add", "candidate:secret");
        if (!granted.isEmpty()) {
            server.etcdctl("role", "add", "theirs");
            server.etcdctl("role", "grant-permission", "theirs", granted, "--prefix=true", "/locks/");
            server.etcdctl("user", "grant-role", "candidate", "theirs");
        }
        server.enableAuth();
        try (ElectionBackend backend = asCandidate("/locks/")) {
            List<Finding> complaints = complaints(backend);
            assertThat(complaints).hasSize(1);
            Finding missing = complaints.get(0);
            assertThat(missing.severity()).isEqualTo(Severity.PROBLEM);
            assertThat(missing.text())
                    .contains("may not " + (granted.equals("read") ? "write" : "read or write"))
                    .contains("/locks/mine")
                    .contains("\"candidate\"");

            run(missing.remedy());
            assertThat(complaints(backend)).isEmpty();
            elect(backend);
        }
    }

    @Test
    void aRoleThatIsThereAlreadyIsWidened() throws Exception {
        server = EtcdServer.start();
        server.etcdctl("user", "add", "candidate:secret");
        server.etcdctl("role", "add", "election");
        server.etcdctl("role", "grant-permission", "election", "read", "--prefix=true", "election/");
        server.etcdctl("user", "grant-role", "candidate", "election");
        server.enableAuth();
        try (ElectionBackend backend = asCandidate("election/")) {
            String remedy = of(complaints(backend), Topic.ACCESS).get(0).remedy();
            assertThat(remedy).isEqualTo("etcdctl role grant-permission election readwrite --prefix=true election/\n");
            run(remedy);
            assertThat(complaints(backend)).isEmpty();
        }
    }

    @Test
    void whoGivesNoCredentialsIsToldToDoSo() throws Exception {
        server = EtcdServer.start();
        server.enableAuth();
        try (ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of(server.endpoint()))) {
            Finding denied = of(complaints(backend), Topic.ACCESS).get(0);
            assertThat(denied.text()).contains("authentication is switched on").contains("passwordFile");
        }
    }

    @Test
    void anExaminationChangesNothing() throws Exception {
        String prefix = "doctor-" + UUID.randomUUID() + "/";
        EtcdOptions options = EtcdOptions.of(EtcdServer.shared().endpoint()).withPrefix(prefix);
        try (ElectionBackend backend = EtcdBackend.connect(options)) {
            assertThat(complaints(backend)).isEmpty();
            assertThat(backend.read(ELECTION, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
            Snapshot created = applied(backend.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
            Snapshot held = applied(backend.compareAndSet(ELECTION, created.version(), held("a_1", 7), TIMEOUT));
            assertThat(of(examine(backend), Topic.RECORD).get(0).text()).contains("\"a\"");
            assertThat(backend.read(ELECTION, TIMEOUT)).isEqualTo(held);
        }
    }

    @Test
    void aKeyOfSomethingElseIsToldOf() throws Exception {
        server = EtcdServer.start();
        server.etcdctl("put", "election/mine", "port=80");
        try (ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of(server.endpoint()))) {
            Finding taken = of(complaints(backend), Topic.RECORD).get(0);
            assertThat(taken.severity()).isEqualTo(Severity.PROBLEM);
            assertThat(taken.text()).contains("etcdctl get election/mine").contains("etcdctl del election/mine");
        }
    }

    /** As {@code etcdctl elect} and etcd's own recipes make them. */
    @Test
    void aKeyThatVanishesWithALeaseIsRemarkedUpon() throws Exception {
        server = EtcdServer.start();
        String lease = server.etcdctl("lease", "grant", "600").split(" ")[1];
        server.etcdctl("put", "--lease=" + lease, "election/mine", "{}");
        try (ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of(server.endpoint()))) {
            assertThat(of(complaints(backend), Topic.STORE).get(0).text()).contains("has a lease of etcd's");
        }
    }

    @Test
    void aFullStoreIsToldOf() throws Exception {
        server = EtcdServer.start("--quota-backend-bytes=65536");
        for (int i = 0; i < 3; i++) {
            try {
                server.etcdctl("put", "filler" + i, "x".repeat(60_000));
            } catch (IllegalStateException e) {
                break; // it is full
            }
        }
        try (ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of(server.endpoint()))) {
            Finding full = of(complaints(backend), Topic.ACCESS).get(0);
            assertThat(full.severity()).isEqualTo(Severity.PROBLEM);
            assertThat(full.text()).contains("etcdctl alarm disarm");
        }
    }

    @Test
    void aServerThatCannotBeReachedIsAllThatIsComplainedOf() throws Exception {
        try (ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of("127.0.0.1:1"))) {
            assertThat(complaints(backend)).extracting(Finding::topic).containsExactly(Topic.REACHABLE);
        }
    }
}
