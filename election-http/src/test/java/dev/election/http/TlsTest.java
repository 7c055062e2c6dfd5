package dev.election.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.election.etcd.TestCertificates;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsTest {

    private static final String GET = "GET /isLeader HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    static Path directory;

    private static TestCertificates certificates;
    private static SSLContext clientContext;
    private static LeaderHttpServer server;
    private static volatile Status status = Statuses.leading(1);

    @BeforeAll
    static void start() throws Exception {
        certificates = new TestCertificates(directory, "client");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream ca = Files.newInputStream(certificates.ca())) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(ca));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        clientContext = SSLContext.getInstance("TLS");
        clientContext.init(null, trust.getTrustManagers(), null);
        server = LeaderHttpServer.start(
                LeaderHttpServer.of(List.of()).tls(certificates.serverCert(), certificates.serverKey()),
                List.of(() -> status),
                HttpAddress.parse("127.0.0.1:0"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static int port() {
        return server.addresses().get(0).getPort();
    }

    private static SSLSocket connect(String protocol) throws Exception {
        SSLSocket socket = (SSLSocket) clientContext.getSocketFactory().createSocket("127.0.0.1", port());
        socket.setSoTimeout(30_000);
        socket.setEnabledProtocols(new String[] {protocol});
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void requests_are_answered_one_after_the_other_and_all_at_once(String protocol) throws Exception {
        try (SSLSocket socket = connect(protocol)) {
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < 3; i++) {
                out.write(GET.getBytes(UTF_8));
                assertThat(read(socket, "}")).endsWith("{\"isLeader\":true}");
            }
            String last = GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
            out.write(GET.repeat(200).concat(last).getBytes(UTF_8));
            String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(all.split("\\{\"isLeader\":true}", -1)).hasSize(202);
        }
    }

    @Test
    void a_request_in_single_bytes_is_put_together() throws Exception {
        try (SSLSocket socket = connect("TLSv1.3")) {
            for (byte b : GET.getBytes(UTF_8)) {
                socket.getOutputStream().write(b);
            }
            assertThat(read(socket, "}")).contains("HTTP/1.1 200 OK");
        }
    }

    @Test
    void answers_of_several_records_arrive_as_a_whole() throws Exception {
        try (SSLSocket socket = connect("TLSv1.3")) {
            socket.getOutputStream()
                    .write("GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(UTF_8));
            byte[] answer = socket.getInputStream().readAllBytes();
            byte[] expected = Answers.class.getResourceAsStream("openapi.json").readAllBytes();
            assertThat(new String(answer, UTF_8)).endsWith("\r\n\r\n" + new String(expected, UTF_8));
        }
    }

    @Test
    void events_are_streamed() throws Exception {
        status = Statuses.leading(1);
        try (SSLSocket socket = connect("TLSv1.3")) {
            socket.getOutputStream().write("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
            assertThat(read(socket, "\"problem\":null}\n\n")).contains("\"fencingToken\":1");
            status = Statuses.leading(2);
            assertThat(read(socket, "\"problem\":null}\n\n")).contains("\"fencingToken\":2");
        }
        status = Statuses.leading(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u0016\u0003\u0001", ""})
    void who_speaks_no_tls_is_told_nothing_and_holds_up_nobody(String sent) throws Exception {
        try (Socket plain = new Socket("127.0.0.1", port());
                SSLSocket good = connect("TLSv1.3")) {
            plain.getOutputStream().write(sent.getBytes(UTF_8));
            good.getOutputStream().write(GET.getBytes(UTF_8));
            assertThat(read(good, "}")).contains("HTTP/1.1 200 OK");
            plain.shutdownOutput();
            plain.setSoTimeout(30_000);
            assertThat(new String(plain.getInputStream().readAllBytes(), UTF_8)).doesNotContain("HTTP");
        }
    }

    @Test
    void files_that_are_none_are_named() throws Exception {
        Path garbage = Files.writeString(directory.resolve("garbage"), "garbage");
        Path none = directory.resolve("none");
        refused(none, certificates.serverKey(), "there is no file \"" + none + "\" that we may read");
        refused(garbage, certificates.serverKey(), garbage + " is no file of certificates in PEM");
        refused(certificates.serverCert(), garbage, garbage + " holds no key as PKCS #8 in PEM");
        refused(
                certificates.serverCert(),
                certificates.clientKey(),
                certificates.clientKey() + " is the key of another");
    }

    private static void refused(Path chain, Path key, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaderHttpServer.of(List.of()).tls(chain, key))
                .withMessageStartingWith(message);
    }

    private static String read(SSLSocket socket, String end) throws Exception {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("after \"" + text + "\"").isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }
}
