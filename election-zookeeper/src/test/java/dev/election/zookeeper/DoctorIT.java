package dev.election.zookeeper;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.Examination;
import dev.election.LeaderElector;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import dev.election.spi.Finding.Topic;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.cli.AclParser;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an examination says on a real ZooKeeper, and that doing what it says helps. */
class DoctorIT {

    private static final String ELECTION = "mine";

    private final ZooKeeperServer server = ZooKeeperServer.shared();
    private final String root = "/doctor-" + UUID.randomUUID();
    private final String path = root + "/" + ELECTION;

    @TempDir
    private Path dir;

    private Admin admin;

    @BeforeEach
    void connect() throws Exception {
        admin = new Admin(server.address());
        admin.zk().addAuthInfo("digest", "owner:secret".getBytes(StandardCharsets.UTF_8));
        Files.writeString(dir.resolve("owner"), "owner:secret");
        Files.writeString(dir.resolve("alice"), "alice:hers");
    }

    @AfterEach
    void close() {
        admin.close();
    }

    private ElectionBackend open(String options) {
        return new ZooKeeperBackendProvider()
                .open(BackendUri.parse("zookeeper://" + server.address() + root + options));
    }

    private ElectionBackend as(String user) {
        return open("?authFile=" + dir.resolve(user));
    }

    private static List<Finding> examine(ElectionBackend backend) throws InterruptedException {
        return Examination.of(backend, ELECTION, ElectionTiming.DEFAULT, TIMEOUT);
    }

    private static List<Finding> complaints(ElectionBackend backend) throws InterruptedException {
        return examine(backend).stream()
                .filter(each -> each.severity() == Severity.PROBLEM || each.severity() == Severity.WARNING)
                .toList();
    }

    private static Finding only(ElectionBackend backend) throws InterruptedException {
        List<Finding> complaints = complaints(backend);
        assertThat(complaints).hasSize(1);
        assertThat(complaints.get(0).severity()).isEqualTo(Severity.PROBLEM);
        return complaints.get(0);
    }

    /** Does what zkCli.sh does with the last of the lines, which is ours to have filled in. */
    private void run(String remedy) throws Exception {
        List<String> lines = remedy.lines().toList();
        String command = lines.get(lines.size() - 1)
                .replace("alice:HASH", DigestAuthenticationProvider.generateDigest("alice:hers"));
        String[] words = command.split(" ");
        assertThat(words).startsWith("zkCli.sh", "-server", server.address(), "setAcl");
        boolean recursively = words[4].equals("-R");
        assertThat(words).hasSize(recursively ? 7 : 6);
        String node = words[recursively ? 5 : 4];
        String existing = admin.acl(node).stream()
                .map(acl -> acl.getId().getScheme() + ":" + acl.getId().getId() + ":"
                        + ZKUtil.getPermString(acl.getPerms()))
                .collect(Collectors.joining(","));
        List<ACL> acl = AclParser.parse(words[words.length - 1].replace("EXISTING", existing));
        admin.zk().setACL(node, acl, -1);
        if (recursively) {
            for (String child : admin.children(node)) {
                admin.zk().setACL(node + "/" + child, acl, -1);
            }
        }
    }

    private static void elect(ElectionBackend backend) throws Exception {
        ElectionTiming quick = ElectionTiming.of(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofMillis(300));
        try (Elections elections = Elections.of(backend);
                LeaderElector elector =
                        elections.elector(ELECTION).identity("a").timing(quick).start()) {
            assertThat(elector.awaitLeadership(TIMEOUT)).isPresent();
        }
    }

    private void createOf(ElectionBackend backend) throws Exception {
        applied(backend.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
    }

    @Test
    void aNodeOfSomebodyElseIsSharedByTheCommand() throws Exception {
        try (ElectionBackend owner = as("owner");
                ElectionBackend alice = as("alice")) {
            createOf(owner);
            Finding missing = only(alice);
            assertThat(missing.text()).isEqualTo("we may not read " + path + " as digest:alice");
            run(missing.remedy());
            assertThat(complaints(alice)).isEmpty();
            assertThat(complaints(owner)).isEmpty();
            elect(alice);
        }
    }

    @Test
    void aClientThatIsNotAskedWhoItIsIsNotSaidToHaveNoCredentials() throws Exception {
        try (ElectionBackend owner = as("owner");
                CuratorFramework client = CuratorFrameworkFactory.builder()
                        .connectString(server.address())
                        .retryPolicy(new RetryForever(10))
                        .authorization("digest", "alice:hers".getBytes(StandardCharsets.UTF_8))
                        .build()) {
            createOf(owner);
            client.start();
            try (ElectionBackend alice = ZooKeeperBackend.of(client, root)) {
                assertThat(only(alice).remedy())
                        .contains("Who we are is not known here", "world:anyone")
                        .doesNotContain("no credentials");
            }
        }
        try (ElectionBackend anybody = open("")) {
            assertThat(only(anybody).remedy()).contains("We have no credentials");
        }
    }

    @Test
    void aNodeThatMayOnlyBeReadIsSharedByTheCommand() throws Exception {
        try (ElectionBackend owner = as("owner");
                ElectionBackend anybody = open("")) {
            createOf(owner);
            for (String node : List.of(path, path + "/" + admin.children(path).get(0))) {
                admin.zk().setACL(node, readable(), -1);
            }
            Finding missing = only(anybody);
            assertThat(missing.text()).isEqualTo("we may not write " + path);
            run(missing.remedy());
            assertThat(complaints(anybody)).isEmpty();
            elect(anybody);
        }
    }

    /** For all to see; and the admin may change it by where he comes from, which is no secret. */
    private static List<ACL> readable() {
        return Arrays.asList( // ZooKeeper asks lists whether they contain null
                new ACL(Perms.READ, Ids.ANYONE_ID_UNSAFE), new ACL(Perms.ALL, new Id("ip", "127.0.0.2")), adminOnly());
    }

    private static ACL adminOnly() {
        return new ACL(Perms.ADMIN, new Id("ip", "127.0.0.1"));
    }

    @Test
    void aParentInWhichNobodyElseMayCreateIsSharedByTheCommand() throws Exception {
        admin.zk().create(root, new byte[0], readable(), CreateMode.PERSISTENT);
        try (ElectionBackend anybody = open("")) {
            Finding missing = only(anybody);
            assertThat(missing.text()).isEqualTo("we may not create nodes below " + root);
            assertThat(missing.remedy()).contains("setAcl " + root + " world:anyone:r,ip:127.0.0.2:cdrwa");
            run(missing.remedy());
            assertThat(complaints(anybody)).isEmpty();
            elect(anybody);
        }
    }

    @Test
    void whoeverWantsNodesOfHisOwnButHasNoNameIsToldSo() throws Exception {
        try (ElectionBackend nameless = open("?acl=creator")) {
            assertThat(only(nameless).text()).contains("does not know who we are");
            assertThat(admin.stat(root)).isNull();
        }
    }

    @Test
    void anExaminationChangesNothing() throws Exception {
        try (ElectionBackend backend = open("")) {
            assertThat(complaints(backend)).isEmpty();
            assertThat(admin.stat(root)).as("not even the parent is created").isNull();
            admin.create(root, "");
            assertThat(examine(backend))
                    .filteredOn(finding -> finding.topic() == Topic.ACCESS)
                    .containsExactly(Finding.ok(Topic.ACCESS, "we may create nodes below " + root));
            assertThat(admin.children(root)).as("what was only tried").isEmpty();
            createOf(backend);
            Snapshot created = backend.read(ELECTION, TIMEOUT);
            Snapshot held = applied(backend.compareAndSet(ELECTION, created.version(), held("a_1", 7), TIMEOUT));
            Stat before = admin.stat(path);
            Stat above = admin.stat(root);
            assertThat(complaints(backend)).isEmpty();
            assertThat(backend.read(ELECTION, TIMEOUT)).isEqualTo(held);
            assertThat(admin.stat(path)).isEqualTo(before);
            assertThat(admin.stat(root)).isEqualTo(above);
        }
    }

    @Test
    void aNodeOfSomethingElseIsToldOf() throws Exception {
        admin.create(root, "");
        admin.create(path, "port=80");
        try (ElectionBackend backend = open("")) {
            Finding taken = only(backend);
            assertThat(taken.topic()).isEqualTo(Topic.RECORD);
            assertThat(taken.text()).contains("zkCli.sh deleteall " + path);
        }
    }

    @Test
    void aServerThatCannotBeReachedIsAllThatIsComplainedOf() throws Exception {
        try (ElectionBackend backend =
                new ZooKeeperBackendProvider().open(BackendUri.parse("zookeeper://127.0.0.1:1/election"))) {
            List<Finding> complaints =
                    Examination.of(backend, ELECTION, ElectionTiming.DEFAULT, Duration.ofMillis(300)).stream()
                            .filter(each -> each.severity() == Severity.PROBLEM)
                            .toList();
            assertThat(complaints).extracting(Finding::topic).containsExactly(Topic.REACHABLE);
        }
    }
}
