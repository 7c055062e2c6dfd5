package dev.election.http.training;

import dev.election.http.command.Main;
import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A short life of the sidecar, for the JVM to see which classes one takes: it wins an election of its own in a directory
 * of its own, answers each kind of request once, and ends in order. A backend that is a server is used as well, without
 * one: all but what reads its answers is loaded by then.
 *
 * <p>Ends with 0 if all went as planned, which says that an archive of its classes is worth keeping. Contacts nobody.
 */
final class TrainingRun {

    private static final String ELECTION = "training";

    /** After it, whatever hangs, there is no archive. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Duration CALL = Duration.ofMillis(500);

    private static final List<String> PATHS = List.of(
            "/isLeader", "/livez", "/readyz", "/metrics", "/v1/elections", "/v1/elections/" + ELECTION, "/nosuch");

    private static final WatchListener DEAF = new WatchListener() {
        @Override
        public void changed(@Nullable Snapshot current) {}

        @Override
        public void lost(Throwable cause) {}
    };

    private TrainingRun() {}

    /** Takes the scheme of a backend, and a directory for what is written, which is its caller's to delete. */
    public static void main(String[] arguments) throws Exception {
        limitTime();
        Path directory = Files.createDirectory(Path.of(arguments[1]));
        int port = freePort();
        startSidecar(directory, port);
        awaitAnswer(port, "/", "{\"name\":\"a\"}");
        for (String path : PATHS) {
            ask(port, path);
        }
        use(uri(arguments[0], directory));
        System.exit(0);
    }

    private static void limitTime() {
        Thread limit = new Thread(() -> {
            try {
                Thread.sleep(LIMIT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(1);
        });
        limit.setDaemon(true);
        limit.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void startSidecar(Path directory, int port) {
        Thread sidecar = new Thread(() -> {
            try {
                Main.main(new String[] {
                    "--election=" + ELECTION,
                    "--id=a",
                    "--http=127.0.0.1:" + port,
                    "--backend=file:" + directory.resolve("store")
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        sidecar.setDaemon(true);
        sidecar.start();
    }

    private static void awaitAnswer(int port, String path, String answer) throws InterruptedException {
        while (true) { // for as long as limitTime() allows
            try {
                if (ask(port, path).endsWith(answer)) {
                    return;
                }
            } catch (IOException e) {
                // It does not listen yet.
            }
            Thread.sleep(10);
        }
    }

    private static String ask(int port, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** At a port at which nobody listens. */
    private static String uri(String scheme, Path directory) throws IOException, GeneralSecurityException {
        return switch (scheme) {
            case "etcd" -> "etcd://127.0.0.1:1/training/";
            case "zookeeper" -> "zookeeper://127.0.0.1:1/training";
            case "kubernetes" -> {
                // As in a pod, where no kubeconfig is read.
                System.setProperty("kubernetes.auth.tryKubeConfig", "false");
                System.setProperty("kubernetes.auth.tryServiceAccount", "false");
                System.setProperty("kubernetes.master", "https://127.0.0.1:1");
                System.setProperty("kubernetes.namespace", "default");
                X509Certificate[] some = trusted();
                if (some.length > 0) {
                    Path authority = Files.writeString(directory.resolve("ca.crt"), pem(some[0]));
                    System.setProperty("kubernetes.certs.ca.file", authority.toString());
                }
                yield "kubernetes:";
            }
            default -> "memory:training";
        };
    }

    /** Whom Java trusts. */
    private static X509Certificate[] trusted() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers();
    }

    private static String pem(X509Certificate certificate) throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    private static void use(String uri) throws InterruptedException {
        LockRecord free = new LockRecord("", Duration.ofSeconds(10), Instant.EPOCH, Instant.EPOCH, 0, 0, "training");
        try (ElectionBackend backend = ElectionBackend.open(uri)) {
            attempt(() -> backend.read(ELECTION, CALL));
            attempt(() -> backend.compareAndSet(ELECTION, Version.ABSENT, free, CALL));
            if (backend.capabilities().contains(Capability.WATCH)) {
                attempt(() -> backend.watch(ELECTION, DEAF, CALL).close());
            }
        }
    }

    private interface Attempt {
        void run() throws BackendException, InterruptedException;
    }

    private static void attempt(Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
        } catch (BackendException e) {
            // As was to be expected: nobody is there.
        }
    }
}
