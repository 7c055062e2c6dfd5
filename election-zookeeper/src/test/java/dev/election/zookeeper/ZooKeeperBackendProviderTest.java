package dev.election.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZooKeeperBackendProviderTest {

    private final ZooKeeperBackendProvider provider = new ZooKeeperBackendProvider();

    @TempDir
    private Path dir;

    private Path auth;
    private Path store;

    @BeforeEach
    void write() throws Exception {
        auth = Files.writeString(dir.resolve("auth"), "alice:se:cret\n");
        store = Files.writeString(dir.resolve("store.p12"), "");
    }

    private ZooKeeperOptions options(String uri) {
        return provider.options(BackendUri.parse(uri));
    }

    @Test
    void itIsFoundByItsScheme() {
        assertThat(ServiceLoader.load(ElectionBackendProvider.class))
                .anyMatch(found -> found.scheme().equals("zookeeper"));
        assertThat(provider.uriForm()).startsWith("zookeeper://HOST:PORT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "zookeeper://zk zk:2181/election",
                "zookeeper://zk:1234/ zk:1234/election",
                "zookeeper://a,b:2182,[::1]:2183/apps/prod a:2181,b:2182,[::1]:2183/apps/prod"
            })
    void serversAndPathAreTakenFromTheUri(String uri, String expected) {
        assertThat(options(uri)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zookeeper:",
                "zookeeper:zk:2181",
                "zookeeper:///election",
                "zookeeper://zk:0",
                "zookeeper://zk:65536",
                "zookeeper://zk:2181x",
                "zookeeper://a,,b",
                "zookeeper://a b",
                "zookeeper://zk//election",
                "zookeeper://zk/election/",
                "zookeeper://zk/a/../b",
                "zookeeper://zk/zookeeper",
                "zookeeper://zk/zookeeper/config",
                "zookeeper://zk?sessionTimeout=6",
                "zookeeper://zk?sessionTimeout=0s",
                "zookeeper://zk?sessionTimeout=11m",
                "zookeeper://zk?sessionTimeout=601s",
                "zookeeper://zk?authFile=/does/not/exist",
                "zookeeper://zk?saslLoginContext=Nobody",
                "zookeeper://zk?tls=yes",
                "zookeeper://zk?trustStore=/etc/hosts",
                "zookeeper://zk?tls=true&trustStore=/etc/hosts",
                "zookeeper://zk?tls=true&trustStore=/does/not/exist.pem",
                "zookeeper://zk?tls=true&keyStorePasswordFile=/etc/hosts",
                "zookeeper://zk?verifyHostname=false",
                "zookeeper://zk?acl=",
                "zookeeper://zk?acl=world",
                "zookeeper://zk?acl=sasl:",
                "zookeeper://zk?colour=blue"
            })
    void whatCannotBeIsRefusedWithAReason(String uri) {
        assertThatThrownBy(() -> options(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasSizeGreaterThan(30);
    }

    @Test
    void theSessionTimeoutHasAUnit() {
        assertThat(options("zookeeper://zk").sessionTimeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(options("zookeeper://zk?sessionTimeout=1500ms").sessionTimeout())
                .isEqualTo(Duration.ofMillis(1500));
        assertThat(options("zookeeper://zk?sessionTimeout=30s").sessionTimeout())
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void withCredentialsNothingIsOpenUnlessOneSaysSo() {
        assertThat(options("zookeeper://zk").acl()).isEqualTo(ZooKeeperAcl.automatic());
        assertThat(options("zookeeper://zk?authFile=" + auth).acl()).isEqualTo(ZooKeeperAcl.creator());
        assertThat(options("zookeeper://zk?tls=true&keyStore=" + store).acl()).isEqualTo(ZooKeeperAcl.creator());
        assertThat(options("zookeeper://zk?tls=true&trustStore=" + store).acl()).isEqualTo(ZooKeeperAcl.automatic());
        assertThat(options("zookeeper://zk?acl=open&authFile=" + auth).acl()).isEqualTo(ZooKeeperAcl.open());
        assertThat(options("zookeeper://zk?acl=sasl:a;x509:CN=b,O=c").acl().entries())
                .extracting(
                        entry -> entry.getId().getScheme() + ":" + entry.getId().getId())
                .containsExactly("sasl:a", "x509:CN=b,O=c");
    }

    @Test
    void aPasswordMayHoldAColonAndNoMessageShowsIt() throws Exception {
        assertThat(new String(Clients.readDigest(auth), StandardCharsets.UTF_8)).isEqualTo("alice:se:cret");
        Path wrong = Files.writeString(dir.resolve("wrong"), "hunter2");
        assertThatThrownBy(() -> options("zookeeper://zk?authFile=" + wrong))
                .hasMessageContaining("user:password")
                .message()
                .doesNotContain("hunter2");
    }

    /** ZooKeeper takes any password, so another one than was meant makes nodes for an identity that nobody has. */
    @Test
    void aPasswordMayEndInASpaceAndOnlyTheLineBreakIsLeftOut() throws Exception {
        for (String lineBreak : List.of("", "\n", "\r\n")) {
            Path file = Files.writeString(dir.resolve("space"), "alice:secret " + lineBreak);
            assertThat(new String(Clients.readDigest(file), StandardCharsets.UTF_8))
                    .isEqualTo("alice:secret ");
        }
    }

    @Test
    void openingWaitsForNobody() {
        try (ElectionBackend backend = provider.open(BackendUri.parse("zookeeper://host.invalid:1/here"))) {
            assertThat(backend).hasToString("ZooKeeper at host.invalid:1, below /here");
        }
    }
}
