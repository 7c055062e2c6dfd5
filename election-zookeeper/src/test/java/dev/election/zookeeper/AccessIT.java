package dev.election.zookeeper;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.BackendException.Kind;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digest credentials and ACLs on a real server. */
class AccessIT {

    private final ZooKeeperServer server = ZooKeeperServer.shared();
    private final String root = "/access-" + UUID.randomUUID();
    private final String election = "orders";
    private final String path = root + "/" + election;

    @TempDir
    private Path dir;

    private Admin admin;

    @BeforeEach
    void connect() throws Exception {
        admin = new Admin(server.address());
        for (String user : List.of("alice", "bob")) {
            Files.writeString(file(user), user + ":secret of " + user + "\n");
        }
        Files.writeString(file("alice-wrong"), "alice:wrong");
    }

    @AfterEach
    void close() throws Exception {
        admin.zk().addAuthInfo("digest", "alice:secret of alice".getBytes(StandardCharsets.UTF_8));
        if (admin.stat(root) != null) {
            admin.deleteAll(root);
        }
        admin.close();
    }

    private Path file(String user) {
        return dir.resolve(user);
    }

    private ElectionBackend open(String options) {
        return new ZooKeeperBackendProvider()
                .open(BackendUri.parse("zookeeper://" + server.address() + root + options));
    }

    private ElectionBackend as(String user) {
        return open("?authFile=" + file(user));
    }

    private Snapshot create(ElectionBackend backend) throws Exception {
        return applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
    }

    private static BackendException failure(ThrowingCallable call) {
        return catchThrowableOfType(BackendException.class, call);
    }

    @Test
    void withCredentialsNodesAreTheCreatorsOnly() throws Exception {
        try (ElectionBackend alice = as("alice");
                ElectionBackend aliceElsewhere = as("alice")) {
            Snapshot created = create(alice);
            assertThat(aliceElsewhere.read(election, TIMEOUT)).isEqualTo(created);
            applied(aliceElsewhere.compareAndSet(election, created.version(), held("a_1", 1), TIMEOUT));
        }
        admin.zk().addAuthInfo("digest", "alice:secret of alice".getBytes(StandardCharsets.UTF_8));
        for (String node : List.of(root, path, path + "/" + admin.children(path).get(0))) {
            List<ACL> acl = admin.acl(node);
            assertThat(acl).hasSize(1);
            assertThat(acl.get(0).getPerms()).isEqualTo(Perms.ALL);
            assertThat(acl.get(0).getId().getScheme()).isEqualTo("digest");
            assertThat(acl.get(0).getId().getId()).startsWith("alice:");
        }
    }

    @Test
    void whoIsNotPermittedIsToldWhatItTakes() throws Exception {
        try (ElectionBackend alice = as("alice")) {
            Snapshot created = create(alice);
            for (ElectionBackend other : List.of(as("bob"), as("alice-wrong"), open(""))) {
                try (other) {
                    BackendException read = failure(() -> other.read(election, TIMEOUT));
                    assertThat(read.kind()).isEqualTo(Kind.DENIED);
                    assertThat(read).hasMessageContaining("READ on " + path);
                    BackendException write =
                            failure(() -> other.compareAndSet(election, created.version(), held("b_1", 1), TIMEOUT));
                    assertThat(write.kind()).isEqualTo(Kind.DENIED);
                    assertThat(write).hasMessageContaining("READ on " + path + "/g-");
                    BackendException create =
                            failure(() -> other.compareAndSet("more", Version.ABSENT, free(), TIMEOUT));
                    assertThat(create.kind()).isEqualTo(Kind.DENIED);
                    assertThat(create).hasMessageContaining("CREATE on " + root);
                    BackendException delete = failure(() -> other.delete(election, TIMEOUT));
                    assertThat(delete.kind()).isEqualTo(Kind.DENIED);
                    BackendException watch = failure(() -> other.watch(election, new Seen(), TIMEOUT));
                    assertThat(watch.kind()).isEqualTo(Kind.DENIED);
                    assertThat(watch).hasMessageContaining("READ on " + path);
                }
            }
            assertThat(alice.read(election, TIMEOUT)).isEqualTo(created);
        }
    }

    @Test
    void whoMayReadButNotWriteIsToldSo() throws Exception {
        try (ElectionBackend alice = as("alice");
                ElectionBackend anybody = open("")) {
            Snapshot created = create(alice);
            admin.zk().addAuthInfo("digest", "alice:secret of alice".getBytes(StandardCharsets.UTF_8));
            for (String node : List.of(path, path + "/" + admin.children(path).get(0))) {
                List<ACL> readable = new ArrayList<>(admin.acl(node));
                readable.addAll(Ids.READ_ACL_UNSAFE);
                admin.zk().setACL(node, readable, -1);
            }
            assertThat(anybody.read(election, TIMEOUT)).isEqualTo(created);
            BackendException write =
                    failure(() -> anybody.compareAndSet(election, created.version(), held("b_1", 1), TIMEOUT));
            assertThat(write.kind()).isEqualTo(Kind.DENIED);
            assertThat(write).hasMessageContaining("WRITE on " + path + ".");
        }
    }

    @Test
    void withoutCredentialsNodesAreOpen() throws Exception {
        try (ElectionBackend anybody = open("")) {
            create(anybody);
            assertThat(admin.acl(path)).isEqualTo(Ids.OPEN_ACL_UNSAFE);
        }
    }

    @Test
    void withCredentialsNodesAreOpenOnlyIfOneSaysSo() throws Exception {
        try (ElectionBackend alice = open("?acl=open&authFile=" + file("alice"))) {
            create(alice);
            assertThat(admin.acl(path)).isEqualTo(Ids.OPEN_ACL_UNSAFE);
        }
    }

    @Test
    void creatorWithoutCredentialsIsDeniedAndNothingIsLeftOpen() throws Exception {
        try (ElectionBackend anybody = open("?acl=creator")) {
            BackendException create = failure(() -> anybody.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            assertThat(create.kind()).isEqualTo(Kind.DENIED);
            assertThat(create).hasMessageContaining("credentials");
            assertThat(admin.stat(root)).isNull();
        }
    }

    @Test
    void severalIdentitiesMayShareAnElection() throws Exception {
        String digest = DigestAuthenticationProvider.generateDigest("bob:secret of bob");
        String alice = DigestAuthenticationProvider.generateDigest("alice:secret of alice");
        String acl = ("digest:" + alice + ";digest:" + digest).replace("+", "%2B");
        try (ElectionBackend first = open("?acl=" + acl + "&authFile=" + file("alice"));
                ElectionBackend second = as("bob")) {
            Snapshot created = create(first);
            applied(second.compareAndSet(election, created.version(), held("b_1", 1), TIMEOUT));
        }
    }
}
