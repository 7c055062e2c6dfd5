package dev.election.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real Kubernetes API server with RBAC, one per test JVM, for the tests of this module and of those above it.
 *
 * <p>Looks for {@code etcd} and {@code kube-apiserver} in {@code $KUBEBUILDER_ASSETS}, on the {@code PATH}, and in the
 * cache that {@code script/servers} fills; else runs k3s in Docker. Where there is none of these, tests are skipped
 * with a line that says so, and fail if {@code CI=true}.
 *
 * <p>It ends with the JVM, even with one that is killed. Its files are in {@code target/kube-server}.
 */
public final class KubeServer {

    private static final long START_SECONDS = 90;

    /** Apart, so that whoever uses the programs needs no Testcontainers on the class path. */
    private static final class Docker {

        static boolean isUp() {
            return DockerClientFactory.instance().isDockerAvailable();
        }

        static KubeServer start(Path dir) throws IOException {
            @SuppressWarnings("resource") // lives as long as the JVM; Testcontainers ends it
            K3sContainer k3s = new K3sContainer(DockerImageName.parse("rancher/k3s:v1.33.5-k3s1"));
            k3s.start();
            return new KubeServer(Files.writeString(dir.resolve("kubeconfig"), k3s.getKubeConfigYaml()));
        }
    }

    private static final class Shared {
        private static final KubeServer SERVER = start();
    }

    private final Path kubeconfig;

    private KubeServer(Path kubeconfig) {
        this.kubeconfig = kubeconfig;
    }

    /** The server of this JVM, started by the first call. Skips the calling test where there is none. */
    public static KubeServer shared() {
        if (assets().isEmpty() && !Docker.isUp()) {
            String line = "NO KUBERNETES: run script/servers, or set KUBEBUILDER_ASSETS, or start Docker.";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(line);
            }
            System.err.println(line + " Tests on Kubernetes are SKIPPED.");
            Assumptions.abort(line);
        }
        return Shared.SERVER;
    }

    /** A kubeconfig file whose user may do everything. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** A configuration of somebody who may do everything. */
    public Config adminConfig() {
        return Config.fromKubeconfig(kubeconfig.toFile());
    }

    /** A configuration of nobody yet: give it a token. */
    public Config configWithToken(String token) {
        Config admin = adminConfig();
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(admin.getMasterUrl())
                .withCaCertFile(admin.getCaCertFile())
                .withCaCertData(admin.getCaCertData())
                .withOauthToken(token)
                .build();
    }

    /** A client that may do everything; to be closed by the caller. */
    public KubernetesClient adminClient() {
        return new KubernetesClientBuilder().withConfig(adminConfig()).build();
    }

    /** The program of that name beside the API server, such as {@code kubectl}. */
    public static Optional<Path> program(String name) {
        return candidates()
                .map(dir -> dir.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> assets() {
        return candidates()
                .filter(dir ->
                        Files.isExecutable(dir.resolve("kube-apiserver")) && Files.isExecutable(dir.resolve("etcd")))
                .findFirst();
    }

    private static Stream<Path> candidates() {
        List<Path> dirs = new ArrayList<>();
        Optional.ofNullable(System.getenv("KUBEBUILDER_ASSETS")).map(Path::of).ifPresent(dirs::add);
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(Path::of)
                .forEach(dirs::add);
        dirs.add(cache().resolve("k8s").resolve("1.20.2-linux-amd64"));
        dirs.add(cache().resolve("k8s").resolve("1.20.2-linux-arm64"));
        return dirs.stream();
    }

    /** As in {@code script/servers}. */
    private static Path cache() {
        String own = System.getenv("ELECTION_CACHE");
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path home = Path.of(System.getProperty("user.home"), ".cache");
        return own != null ? Path.of(own) : (xdg != null ? Path.of(xdg) : home).resolve("election");
    }

    private static KubeServer start() {
        try {
            Path dir = Path.of(
                            "target",
                            "kube-server",
                            Long.toString(ProcessHandle.current().pid()))
                    .toAbsolutePath();
            Files.createDirectories(dir);
            KubeServer server = assets().isPresent() ? startProcesses(assets().get(), dir) : Docker.start(dir);
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KubeServer startProcesses(Path assets, Path dir) throws IOException {
        String etcd = "http://127.0.0.1:" + freePort();
        String peer = "http://127.0.0.1:" + freePort();
        run(
                dir.resolve("etcd.log"),
                assets.resolve("etcd").toString(),
                "--unsafe-no-fsync",
                "--data-dir=" + dir.resolve("etcd"),
                "--listen-client-urls=" + etcd,
                "--advertise-client-urls=" + etcd,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer);
        int port = freePort();
        Path key = Files.writeString(dir.resolve("service-account.key"), rsaKey());
        Path tokens = Files.writeString(dir.resolve("tokens.csv"), "admin-token,admin,1,system:masters\n");
        run(
                dir.resolve("kube-apiserver.log"),
                assets.resolve("kube-apiserver").toString(),
                "--etcd-servers=" + etcd,
                "--cert-dir=" + dir.resolve("certs"),
                "--secure-port=" + port,
                "--bind-address=127.0.0.1",
                "--service-cluster-ip-range=10.0.0.0/24",
                "--service-account-key-file=" + key,
                "--service-account-signing-key-file=" + key,
                "--service-account-issuer=https://kubernetes.default.svc",
                "--token-auth-file=" + tokens,
                "--authorization-mode=RBAC",
                // It waits for a token controller, which there is not.
                "--disable-admission-plugins=ServiceAccount");
        return new KubeServer(Files.writeString(dir.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters:
                  - name: test
                    cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}
                users:
                  - name: admin
                    user: {token: admin-token}
                contexts:
                  - name: test
                    context: {cluster: test, user: admin}
                current-context: test
                """.formatted(
                        port, dir.resolve("certs").resolve("apiserver.crt"))));
    }

    private void awaitReady() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        String last = "";
        while (System.nanoTime() - end < 0) {
            // A new client each time: the certificate is not there at first.
            try (ApiServer server = ApiServer.connect(adminConfig())) {
                Answer answer = server.send("GET", "/readyz", null, Deadline.in(java.time.Duration.ofSeconds(2)));
                last = answer.describe();
                if (answer.isSuccess()) {
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (IOException | RuntimeException e) {
                last = e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the API server started", e);
            }
        }
        throw new IOException("the API server did not get ready; see the logs beside " + kubeconfig + "; " + last);
    }

    /**
     * Runs a server below a shell that reads our end of a pipe: when this JVM ends, however it ends, so does the pipe,
     * and the shell kills the server.
     */
    private static void run(Path log, String... command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("sh", "-c", "\"$@\" </dev/null & read end; kill -9 $!", "sh"));
        whole.addAll(List.of(command));
        new ProcessBuilder(whole)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String rsaKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            byte[] der = generator.generateKeyPair().getPrivate().getEncoded();
            String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                    .encodeToString(der);
            return "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }
}
