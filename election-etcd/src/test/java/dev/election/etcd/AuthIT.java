package dev.election.etcd;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.servers.Await;
import dev.election.tck.servers.IgnoringListener;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users, roles and tokens of a real etcd. */
class AuthIT {

    private static final String PASSWORD = "right, & proper";

    @TempDir
    private Path dir;

    private EtcdServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** A server with authentication, and a user {@code candidate} who may use the default prefix. */
    private void start(String... flags) {
        server = EtcdServer.start(flags);
        addCandidate();
        grant();
        server.enableAuth();
    }

    private void addCandidate() {
        server.etcdctl("user", "add", "candidate:" + PASSWORD);
    }

    private void grant() {
        server.etcdctl("role", "add", "election");
        server.etcdctl("role", "grant-permission", "election", "readwrite", "--prefix=true", "election/");
        server.etcdctl("user", "grant-role", "candidate", "election");
    }

    private ElectionBackend as(String password) {
        return EtcdBackend.connect(EtcdOptions.of(server.endpoint()).withUser("candidate", () -> password));
    }

    private static Snapshot create(ElectionBackend backend) throws Exception {
        return applied(backend.compareAndSet("x", Version.ABSENT, free(), TIMEOUT));
    }

    private static Snapshot swap(ElectionBackend backend, Snapshot from) throws Exception {
        return applied(backend.compareAndSet("x", from.version(), held("a_1", 1), TIMEOUT));
    }

    private static void assertDenied(ThrowingCallable call, String... because) {
        BackendException denied = catchThrowableOfType(BackendException.class, call);
        assertThat(denied).hasMessageContainingAll(because);
        assertThat(denied.kind()).isEqualTo(BackendException.Kind.DENIED);
    }

    @Test
    void aUserWithTheRoleDoesAllThatAnElectionNeeds() throws Exception {
        start();
        Path password = Files.writeString(dir.resolve("password"), PASSWORD + "\n");
        BackendUri uri = BackendUri.parse("etcd://" + server.endpoint() + "?user=candidate&passwordFile=" + password);
        try (ElectionBackend backend = new EtcdBackendProvider().open(uri)) {
            backend.watch("x", new IgnoringListener(), TIMEOUT).close();
            Snapshot taken = swap(backend, create(backend));
            assertThat(backend.read("x", TIMEOUT)).isEqualTo(taken);
            assertThat(backend.delete("x", TIMEOUT)).isTrue();
        }
    }

    @Test
    void aWrongPasswordIsDeniedAndNamesTheUser() {
        start();
        try (ElectionBackend backend = as("wrong")) {
            String[] because = {"user \"candidate\"", "etcdctl user passwd", "authentication failed"};
            assertDenied(() -> backend.read("x", TIMEOUT), because);
            assertDenied(() -> create(backend), because);
            assertDenied(() -> backend.watch("x", new IgnoringListener(), TIMEOUT), because);
        }
    }

    @Test
    void anUnreadablePasswordIsToldAndPasses() throws Exception {
        start();
        Path password = dir.resolve("password");
        EtcdOptions options = EtcdOptions.of(server.endpoint()).withUser("candidate", password);
        try (ElectionBackend backend = EtcdBackend.connect(options)) {
            assertThatThrownBy(() -> create(backend))
                    .hasMessageContaining(password.toString())
                    .extracting(e -> ((BackendException) e).kind())
                    .isEqualTo(BackendException.Kind.TRANSIENT);
            Files.writeString(password, PASSWORD);
            create(backend);
        }
    }

    @Test
    void nobodyIsDeniedAndToldWhatToDo() {
        start();
        try (ElectionBackend backend = EtcdBackend.connect(EtcdOptions.of(server.endpoint()))) {
            assertDenied(() -> create(backend), "authentication is switched on", "passwordFile");
            assertDenied(() -> backend.read("x", TIMEOUT), "authentication is switched on");
        }
    }

    @Test
    void aMissingPermissionIsDeniedWithTheCommandsThatGrantIt() throws Exception {
        server = EtcdServer.start();
        addCandidate();
        server.enableAuth();
        try (ElectionBackend backend = as(PASSWORD)) {
            String[] because = {
                "readwrite",
                "etcdctl role grant-permission ROLE readwrite --prefix=true election/",
                "etcdctl user grant-role USER ROLE"
            };
            assertDenied(() -> backend.read("x", TIMEOUT), because);
            assertDenied(() -> create(backend), because);
            assertDenied(() -> backend.delete("x", TIMEOUT), because);
            assertDenied(() -> backend.watch("x", new IgnoringListener(), TIMEOUT), because);

            server.etcdctl("role", "add", "ROLE");
            server.etcdctl("role", "grant-permission", "ROLE", "readwrite", "--prefix=true", "election/");
            server.etcdctl("user", "grant-role", "candidate", "ROLE");

            swap(backend, create(backend));
            backend.watch("x", new IgnoringListener(), TIMEOUT);
        }
    }

    /** The refused call was not carried out, so that it may be sent again with a new token: one write, not two. */
    @Test
    void anExpiredTokenIsRenewedAndTheWriteAppliedOnce() throws Exception {
        start("--auth-token-ttl=1");
        ManagedChannel raw = Grpc.newChannelBuilder(server.endpoint(), InsecureChannelCredentials.create())
                .build();
        try (ElectionBackend backend = as(PASSWORD)) {
            Snapshot created = create(backend);
            String token = AuthGrpc.newBlockingStub(raw)
                    .authenticate(AuthenticateRequest.newBuilder()
                            .setName("candidate")
                            .setPassword(PASSWORD)
                            .build())
                    .getToken();
            // A token expires when it was not used for a second, so asking whether it has would keep it.
            TimeUnit.SECONDS.sleep(4);
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
            assertThatThrownBy(() -> KVGrpc.newBlockingStub(raw)
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                            .range(RangeRequest.newBuilder()
                                    .setKey(new ElectionKey("election/", "x").bytes())
                                    .build()))
                    .as("tokens of that age have expired")
                    .hasMessageContaining("invalid auth token");
            Snapshot taken = swap(backend, created);
            assertThat(taken.version().revision()).isEqualTo(created.version().revision() + 1);
        } finally {
            raw.shutdownNow();
        }
    }

    @Test
    void aWatchIsOpenedWithANewTokenIfEtcdForgotTheOldOne() throws Exception {
        start();
        try (ElectionBackend backend = as(PASSWORD)) {
            create(backend);
            server.kill();
            server.restart(); // tokens are kept in memory
            Await.until("the watch", () -> {
                try {
                    backend.watch("x", new IgnoringListener(), TIMEOUT);
                    return true;
                } catch (BackendException e) {
                    assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT); // the dead connection
                    return false;
                }
            });
        }
    }

    @Test
    void aPasswordThatIsChangedIsReadAgain() throws Exception {
        start();
        Path file = Files.writeString(dir.resolve("password"), PASSWORD);
        EtcdOptions options = EtcdOptions.of(server.endpoint()).withUser("candidate", file);
        try (ElectionBackend backend = EtcdBackend.connect(options)) {
            Snapshot created = create(backend);
            EtcdServer.run(List.of(
                    "sh",
                    "-c",
                    "echo another | ETCDCTL_API=3 " + EtcdServer.program("etcdctl") + " --endpoints=http://"
                            + server.endpoint() + " --user=root:root-password user passwd --interactive=false"
                            + " candidate"));
            Files.writeString(file, "another");
            swap(backend, created);
        }
    }

    @Test
    void authenticationMayBeSwitchedOnAndOffWhileElectionsGoOn() throws Exception {
        server = EtcdServer.start();
        addCandidate();
        grant();
        try (ElectionBackend backend = as(PASSWORD)) {
            Snapshot current = create(backend);
            server.enableAuth();
            current = swap(backend, current);
            server.disableAuth();
            current = swap(backend, current);
            assertThat(backend.read("x", TIMEOUT)).isEqualTo(current);
        }
    }

    /** A JWT bears the revision of users and roles at which it was made; etcd 3.4 tells of an old one with UNKNOWN. */
    @Test
    void aTokenFromBeforeAChangeOfRolesCostsOneCallAtMost() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        Path priv = pem("jwt.key", "PRIVATE KEY", keys.getPrivate().getEncoded());
        Path pub = pem("jwt.pub", "PUBLIC KEY", keys.getPublic().getEncoded());
        start("--auth-token=jwt,pub-key=" + pub + ",priv-key=" + priv + ",sign-method=RS256,ttl=10m");
        try (ElectionBackend backend = as(PASSWORD)) {
            create(backend);
            server.etcdctl("role", "add", "another");
            try {
                backend.read("x", TIMEOUT);
            } catch (BackendException e) {
                assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
            }
            swap(backend, backend.read("x", TIMEOUT));
        }
    }

    private Path pem(String name, String kind, byte[] der) throws Exception {
        String base64 = Base64.getMimeEncoder().encodeToString(der);
        return Files.writeString(
                dir.resolve(name), "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }
}
