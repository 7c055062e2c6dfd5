package dev.election.etcd;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Version;
import dev.election.tck.servers.IgnoringListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to a real etcd that demands a certificate of its clients. */
class TlsIT {

    @TempDir
    private static Path dir;

    private static TestCertificates certificates;
    private static EtcdServer server;

    private final String election = "tls-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        EtcdServer.requirePrograms();
        certificates = new TestCertificates(Files.createDirectory(dir.resolve("right")), "candidate");
        server = EtcdServer.startWithTls(certificates, "--client-cert-auth", "--trusted-ca-file=" + certificates.ca());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static ElectionBackend open(String options) {
        return new EtcdBackendProvider().open(BackendUri.parse("etcd://" + server.endpoint() + "?" + options));
    }

    private static String identity() {
        return "certFile=" + certificates.clientCert() + "&keyFile=" + certificates.clientKey();
    }

    private void assertWorks(String options) throws Exception {
        try (ElectionBackend backend = open(options)) {
            backend.watch(election, new IgnoringListener(), TIMEOUT);
            applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            assertThat(backend.delete(election, TIMEOUT)).isTrue();
        }
    }

    /** A handshake that failed sent nothing, so even a write is certain. */
    private void assertFails(String options, String because) {
        try (ElectionBackend backend = open(options)) {
            BackendException failure = catchThrowableOfType(
                    BackendException.class, () -> backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            assertThat(failure).hasStackTraceContaining(because);
            assertThat(failure.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        }
    }

    @Test
    void serverAndClientKnowEachOtherByTheirCertificates() throws Exception {
        assertWorks("caFile=" + certificates.ca() + "&" + identity());
        assertWorks("tls=true&caFile=" + certificates.ca() + "&" + identity() + "&authority=etcd.test");
    }

    @Test
    void aServerThatAnotherAuthorityVouchesForIsNotTalkedTo() throws Exception {
        TestCertificates wrong = new TestCertificates(Files.createDirectory(dir.resolve("wrong")), "candidate");
        assertFails("caFile=" + wrong.ca() + "&" + identity(), "SSLHandshakeException");
        assertFails("tls=true&" + identity(), "SSLHandshakeException");
    }

    @Test
    void aServerWithAnotherNameIsNotTalkedTo() {
        assertFails("caFile=" + certificates.ca() + "&" + identity() + "&authority=other.test", "other.test");
    }

    @Test
    void withoutACertificateOfOursEtcdDoesNotTalkToUs() throws Exception {
        try (ElectionBackend backend = open("caFile=" + certificates.ca())) {
            assertThatThrownBy(() -> backend.read(election, TIMEOUT))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("UNAVAILABLE");
        }
    }

    @Test
    void withoutTlsNothingComesOfIt() {
        try (ElectionBackend backend = open("tls=false")) {
            assertThatThrownBy(() -> backend.read(election, TIMEOUT))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("UNAVAILABLE");
        }
    }

    /** With authentication switched on, the certificate's common name is the user. */
    @Test
    void aCertificateNamesTheUser() throws Exception {
        try (EtcdServer own =
                EtcdServer.startWithTls(certificates, "--client-cert-auth", "--trusted-ca-file=" + certificates.ca())) {
            own.etcdctl("user", "add", "candidate:unused");
            own.enableAuth();
            BackendUri uri =
                    BackendUri.parse("etcd://" + own.endpoint() + "?caFile=" + certificates.ca() + "&" + identity());
            try (ElectionBackend backend = new EtcdBackendProvider().open(uri)) {
                assertThat(catchThrowableOfType(BackendException.class, () -> backend.read(election, TIMEOUT))
                                .kind())
                        .isEqualTo(BackendException.Kind.DENIED);
                own.etcdctl("role", "add", "election");
                own.etcdctl("role", "grant-permission", "election", "readwrite", "--prefix=true", "election/");
                own.etcdctl("user", "grant-role", "candidate", "election");
                applied(backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
            }
        }
    }

    @Test
    void aFileThatHoldsNoCertificateOrKeyIsRefusedWhenTheBackendIsOpened() throws Exception {
        String garbage = file("garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        String empty = file("empty", "");
        String pkcs1 = file("pkcs1", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        String noKey = file("no-key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertRefused("caFile=" + garbage, "caFile " + garbage + " holds no certificate in PEM");
        assertRefused("caFile=" + empty, "caFile " + empty + " holds no certificate in PEM");
        String cert = "certFile=" + certificates.clientCert() + "&keyFile=";
        assertRefused(cert + pkcs1, "openssl pkcs8 -topk8 -nocrypt");
        assertRefused(cert + noKey, "keyFile " + noKey);
    }

    private static void assertRefused(String options, String because) {
        assertThatThrownBy(() -> open(options).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(because);
    }

    private static String file(String name, String content) throws Exception {
        return Files.writeString(dir.resolve(name), content).toString();
    }
}
