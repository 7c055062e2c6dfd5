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
import dev.election.tck.servers.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.server.auth.DigestLoginModule;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SASL with DIGEST-MD5 on a real server that talks to nobody else. */
class SaslIT {

    private static final Map<String, Map<String, String>> SECTIONS = new ConcurrentHashMap<>(Map.of(
            "Alice", Map.of("username", "alice", "password", "secret"),
            "Bob", Map.of("username", "bob", "password", "secret"),
            "Mistaken", Map.of("username", "alice", "password", "wrong")));

    private static ZooKeeperServer server;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        Path jaas = Files.writeString(dir.resolve("jaas.conf"), """
                Server {
                  org.apache.zookeeper.server.auth.DigestLoginModule required user_alice="secret" user_bob="secret";
                };
                """);
        server = ZooKeeperServer.startSasl(jaas);
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry @Nullable [] getAppConfigurationEntry(String name) {
                Map<String, String> options = SECTIONS.get(name);
                return options == null
                        ? null
                        : new AppConfigurationEntry[] {
                            new AppConfigurationEntry(
                                    DigestLoginModule.class.getName(), LoginModuleControlFlag.REQUIRED, options)
                        };
            }
        });
    }

    @AfterAll
    static void stop() {
        Configuration.setConfiguration(null);
        server.close();
    }

    private static ElectionBackend open(String options) {
        return new ZooKeeperBackendProvider().open(BackendUri.parse("zookeeper://" + server.address() + options));
    }

    private static BackendException failure(ThrowingCallable call) {
        return catchThrowableOfType(BackendException.class, call);
    }

    @Test
    void whoLoggedInHoldsElectionsThatOthersCannotTouch() throws Exception {
        try (ElectionBackend alice = open("?saslLoginContext=Alice");
                ElectionBackend again = open("?saslLoginContext=Alice");
                ElectionBackend bob = open("?saslLoginContext=Bob")) {
            Snapshot created = applied(alice.compareAndSet("orders", Version.ABSENT, free(), TIMEOUT));
            applied(again.compareAndSet("orders", created.version(), held("a_1", 1), TIMEOUT));
            assertThat(failure(() -> bob.read("orders", TIMEOUT)).kind()).isEqualTo(Kind.DENIED);
            assertThat(failure(() -> bob.compareAndSet("orders", created.version(), held("b_1", 1), TIMEOUT))
                            .kind())
                    .isEqualTo(Kind.DENIED);
        }
    }

    @Test
    void aWrongPasswordIsDeniedAndTriedAgainSoThatMendingItServes() throws Exception {
        try (ElectionBackend mistaken = open("?saslLoginContext=Mistaken")) {
            Await.until("it is denied", () -> {
                BackendException read = failure(() -> mistaken.read("sums", TIMEOUT));
                return read.kind() == Kind.DENIED;
            });
            BackendException write = failure(() -> mistaken.compareAndSet("sums", Version.ABSENT, free(), TIMEOUT));
            assertThat(write).isNotNull();
            SECTIONS.put("Mistaken", Map.of("username", "alice", "password", "secret"));
            Await.until("it serves", () -> {
                try {
                    return mistaken.read("sums", TIMEOUT).isAbsent();
                } catch (BackendException e) {
                    return false;
                }
            });
        } finally {
            SECTIONS.put("Mistaken", Map.of("username", "alice", "password", "wrong"));
        }
    }

    @Test
    void whoDoesNotLogInIsDenied() throws Exception {
        try (ElectionBackend nobody = open("")) {
            Await.until("it is denied", () -> {
                BackendException read = failure(() -> nobody.read("orders", TIMEOUT));
                return read.kind() == Kind.DENIED;
            });
        }
    }

    @Test
    void aSectionThatDoesNotExistIsSaid() {
        assertThatThrownBy(() -> open("?saslLoginContext=Nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no section \"Nobody\"");
    }
}
