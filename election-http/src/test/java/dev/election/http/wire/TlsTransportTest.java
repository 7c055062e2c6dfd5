package dev.election.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.election.etcd.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client can do to the thread that serves all: here it is one that belongs to nobody, in case it does not return. */
@Timeout(120)
class TlsTransportTest {

    private static final int PATIENCE_SECONDS = 30;

    /** More than a server takes of them at once, and fits into what the kernel holds for either side. */
    private static final int KEY_UPDATES = 1500;

    private static final int SCRATCH = 40 * 1024;

    @TempDir
    private Path directory;

    private SSLSocket client;
    private SocketChannel channel;
    private SSLEngine engine;
    private TlsTransport transport;

    @BeforeEach
    void connect() throws Exception {
        TestCertificates certificates = new TestCertificates(directory, "client");
        client = (SSLSocket) trusting(certificates.ca()).getSocketFactory().createSocket();
        try (ServerSocketChannel listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            client.connect(listening.getLocalAddress());
            channel = listening.accept();
            channel.configureBlocking(false);
        }
        engine = Certificate.context(certificates.serverCert(), certificates.serverKey())
                .createSSLEngine();
        engine.setUseClientMode(false);
        transport = new TlsTransport(channel, engine, ByteBuffer.allocate(SCRATCH));
    }

    @AfterEach
    void end() throws IOException {
        channel.close();
        client.close();
    }

    private static SSLContext trusting(Path ca) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(ca)) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private interface Doing<T> {
        T run() throws IOException;
    }

    /** On another thread. */
    private static <T> CompletableFuture<T> begin(Doing<T> doing) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return doing.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static <T> T ended(CompletableFuture<T> doing) throws Exception {
        try {
            return doing.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UncheckedIOException failed ? failed.getCause() : e;
        }
    }

    private static <T> T within(Doing<T> doing) throws Exception {
        return ended(begin(doing));
    }

    /** The next byte that the client sent. */
    private int next() throws Exception {
        ByteBuffer one = ByteBuffer.allocate(1);
        while (one.position() == 0) {
            assertThat(within(() -> transport.read(one))).isNotNegative();
        }
        return one.get(0);
    }

    private void shakeHands(String protocol) throws Exception {
        client.setEnabledProtocols(new String[] {protocol});
        CompletableFuture<Void> sent = begin(() -> {
            client.getOutputStream().write(1);
            return null;
        });
        assertThat(next()).isEqualTo(1);
        ended(sent);
    }

    @Test
    void who_sends_new_keys_without_end_does_not_have_the_server_to_himself() throws Exception {
        shakeHands("TLSv1.3");
        for (int i = 0; i < KEY_UPDATES; i++) {
            client.startHandshake(); // once there was one, it makes new keys
        }
        client.getOutputStream().write(2);
        assertThat(within(() -> transport.read(ByteBuffer.allocate(1))))
                .as("what was read of the one byte behind them")
                .isZero();
        assertThat(next()).isEqualTo(2);
    }

    @Test
    void who_ended_the_connection_is_written_nothing() throws Exception {
        shakeHands("TLSv1.2");
        client.shutdownOutput();
        while (within(() -> transport.read(ByteBuffer.allocate(1))) == 0) {
            Thread.yield();
        }
        assertThatIOException().isThrownBy(() -> within(() -> transport.write(ByteBuffer.allocate(1))));
    }
}
