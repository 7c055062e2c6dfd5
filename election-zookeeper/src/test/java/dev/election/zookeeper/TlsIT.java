package dev.election.zookeeper;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.BackendException.Kind;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS on a real server that demands a certificate. */
class TlsIT {

    private static final Duration SHORT = Duration.ofSeconds(3);

    private static Stores stores;
    private static ZooKeeperServer server;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        stores = new Stores(dir);
        server = ZooKeeperServer.startTls(stores.p12("server"), stores.p12("trusts-client"), Stores.PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ElectionBackend open(String address, String options) {
        return new ZooKeeperBackendProvider().open(BackendUri.parse("zookeeper://" + address + "?tls=true" + options));
    }

    private static String p12(String option, String name) {
        return "&" + option + "=" + stores.p12(name) + "&" + option + "PasswordFile=" + stores.passwordFile();
    }

    private static final String TRUST = "trustStore";
    private static final String KEY = "keyStore";

    private static Kind failure(ElectionBackend backend) {
        return catchThrowableOfType(BackendException.class, () -> backend.read("orders", SHORT))
                .kind();
    }

    @Test
    void aCertificateThatIsTrustedServesFromPkcs12AndFromPem() throws Exception {
        try (ElectionBackend p12 = open(server.address(), p12(TRUST, "trusts-server") + p12(KEY, "client"));
                ElectionBackend pem = open(
                        server.address(),
                        "&trustStore=" + stores.pem("server", "certificate") + "&keyStore="
                                + stores.pem("client", "key"))) {
            Snapshot created = applied(p12.compareAndSet("orders", Version.ABSENT, free(), TIMEOUT));
            Snapshot taken = applied(pem.compareAndSet("orders", created.version(), held("a_1", 1), TIMEOUT));
            Seen seen = new Seen();
            pem.watch("orders", seen, TIMEOUT);
            applied(p12.compareAndSet("orders", taken.version(), held("a_1", 1), TIMEOUT));
            seen.await(p12.read("orders", TIMEOUT));
            p12.delete("orders", TIMEOUT);
        }
    }

    @Test
    void nodesAreNotOpenToTheWorldWithACertificate() throws Exception {
        try (ElectionBackend backend = open(server.address(), p12(TRUST, "trusts-server") + p12(KEY, "client"));
                Admin plain = new Admin(server.plainAddress())) {
            backend.compareAndSet("sums", Version.ABSENT, free(), TIMEOUT);
            assertThatThrownBy(() -> plain.get("/election/sums")).isInstanceOf(NoAuthException.class);
            assertThatThrownBy(() -> plain.create("/election/more", "")).isInstanceOf(NoAuthException.class);
        }
    }

    @Test
    void noneOfTheseConnectAndAllSaySoInTime() throws Exception {
        for (String wrong : List.of(
                // no certificate of our own
                p12(TRUST, "trusts-server"),
                // one that the server does not trust
                p12(TRUST, "trusts-server") + p12(KEY, "stranger"),
                // a server that we do not trust
                p12(TRUST, "trusts-client") + p12(KEY, "client"),
                // whom the JDK trusts, which is nobody here
                p12(KEY, "client"),
                // the password of a store is wrong
                "&trustStore=" + stores.p12("trusts-server") + "&trustStorePasswordFile=" + stores.wrongPasswordFile()
                        + p12(KEY, "client"))) {
            try (ElectionBackend backend = open(server.address(), wrong)) {
                assertThat(failure(backend)).as(wrong).isEqualTo(Kind.TRANSIENT);
            }
        }
        try (ElectionBackend plain = ZooKeeperBackend.connect(ZooKeeperOptions.servers(server.address()))) {
            assertThat(failure(plain)).isEqualTo(Kind.TRANSIENT);
        }
    }

    @Test
    void aServerWithACertificateForAnotherNameIsNotSpokenTo() throws Exception {
        try (ZooKeeperServer elsewhere = ZooKeeperServer.startTls(
                        stores.p12("elsewhere"), stores.p12("trusts-client"), Stores.PASSWORD);
                ElectionBackend backend =
                        open(elsewhere.address(), p12(TRUST, "trusts-elsewhere") + p12(KEY, "client"))) {
            assertThat(failure(backend)).isEqualTo(Kind.TRANSIENT);
        }
    }

    /** Another socket implementation than without TLS, with a queue of its own. */
    @Test
    void nothingIsWrittenLateWhenTheServerReturns() throws Exception {
        try (TcpProxy proxy = server.proxy();
                ElectionBackend backend =
                        open("127.0.0.1:" + proxy.port(), p12(TRUST, "trusts-server") + p12(KEY, "client"))) {
            Snapshot created = applied(backend.compareAndSet("late", Version.ABSENT, free(), TIMEOUT));
            proxy.hold();
            proxy.cut();
            Await.until("a new connection", () -> proxy.accepted() >= 2);
            for (int i = 0; i < 20; i++) {
                assertThat(catchThrowableOfType(
                                        BackendException.class,
                                        () -> backend.compareAndSet(
                                                "late", created.version(), held("a_1", 1), Duration.ofMillis(20)))
                                .kind())
                        .isEqualTo(Kind.TRANSIENT);
            }
            proxy.release();
            Await.until("it is there again and unchanged", () -> {
                try {
                    assertThat(backend.read("late", TIMEOUT)).isEqualTo(created);
                    return true;
                } catch (BackendException e) {
                    return false;
                }
            });
        }
    }
}
