package dev.election.kubernetes;

import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Programs;
import dev.election.tck.servers.ServerProcess;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real Kubernetes API server with RBAC, one per test JVM, for the tests of this module and of those above it.
 *
 * <p>Looks for {@code etcd} and {@code kube-apiserver} in {@code $KUBEBUILDER_ASSETS}, on the {@code PATH}, and in the
 * cache that {@code script/servers} fills; else runs k3s in Docker. Where there is none of these, tests are skipped
 * with a line that says so, and fail if {@code CI=true}. With {@code -Delection.test.containers=true} it is k3s at once,
 * of the image {@code -Delection.test.image.k3s}, unless that is {@code none}.
 *
 * <p>It ends with the JVM, even with one that is killed. Its files are in {@code target/kube-server}.
 */
public final class KubeServer {

    private static final long START_SECONDS = 90;
    private static final String IMAGE = "election.test.image.k3s";

    /** Apart, so that whoever uses the programs needs no Testcontainers on the class path. */
    private static final class Docker {

        static boolean isUp() {
            return DockerClientFactory.instance().isDockerAvailable();
        }

        static KubeServer start(Path dir) throws IOException {
            @SuppressWarnings("resource") // lives as long as the JVM; Testcontainers ends it
            K3sContainer k3s =
                    new K3sContainer(DockerImageName.parse(System.getProperty(IMAGE, "rancher/k3s:v1.33.5-k3s1"))
                            .asCompatibleSubstituteFor("rancher/k3s"));
            k3s.start();
            return new KubeServer(Files.writeString(dir.resolve("kubeconfig"), k3s.getKubeConfigYaml()), null);
        }
    }

    private static final class Shared {
        private static final KubeServer SERVER = start();
    }

    private final Path kubeconfig;
    private final @Nullable ServerProcess apiServer;

    private KubeServer(Path kubeconfig, @Nullable ServerProcess apiServer) {
        this.kubeconfig = kubeconfig;
        this.apiServer = apiServer;
    }

    /** The server of this JVM, started by the first call. Skips the calling test where there is none. */
    public static KubeServer shared() {
        if (!startsProcesses() && (leavesContainerOut() || !Docker.isUp())) {
            return Programs.missing("KUBERNETES", "run script/servers, or set KUBEBUILDER_ASSETS, or start Docker.");
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

    /**
     * The API server's own process, to be disturbed by who has this JVM for himself. Skips the calling test if there is
     * none, as in Docker.
     */
    public ServerProcess apiServer() {
        ServerProcess process = apiServer;
        return process != null ? process : Programs.missing("KUBERNETES as a process", "run script/servers.");
    }

    /** A network between a client and this server. */
    TcpProxy proxy() throws IOException {
        URI address = URI.create(adminConfig().getMasterUrl());
        return new TcpProxy(address.getHost(), address.getPort());
    }

    /** A client that may do everything; to be closed by the caller. */
    public KubernetesClient adminClient() {
        return new KubernetesClientBuilder().withConfig(adminConfig()).build();
    }

    /** The program of that name beside the API server, such as {@code kubectl}. */
    public static Optional<Path> program(String name) {
        return Programs.find(name);
    }

    private static boolean startsProcesses() {
        boolean asksForContainer = Boolean.getBoolean("election.test.containers") && !leavesContainerOut();
        return assets().isPresent() && !asksForContainer;
    }

    private static boolean leavesContainerOut() {
        return System.getProperty(IMAGE, "").equals("none");
    }

    private static Optional<Path> assets() {
        return Programs.directoryOf("kube-apiserver", "etcd");
    }

    private static KubeServer start() {
        try {
            Path dir = Path.of(
                            "target",
                            "kube-server",
                            Long.toString(ProcessHandle.current().pid()))
                    .toAbsolutePath();
            Files.createDirectories(dir);
            KubeServer server = startsProcesses() ? startProcesses(assets().get(), dir) : Docker.start(dir);
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KubeServer startProcesses(Path assets, Path dir) throws IOException {
        String etcd = "http://127.0.0.1:" + ServerProcess.freePort();
        String peer = "http://127.0.0.1:" + ServerProcess.freePort();
        start(
                dir.resolve("etcd.log"),
                assets.resolve("etcd").toString(),
                "--unsafe-no-fsync",
                "--data-dir=" + dir.resolve("etcd"),
                "--listen-client-urls=" + etcd,
                "--advertise-client-urls=" + etcd,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer);
        int port = ServerProcess.freePort();
        Path key = Files.writeString(dir.resolve("service-account.key"), rsaKey());
        Path tokens = Files.writeString(dir.resolve("tokens.csv"), "admin-token,admin,1,system:masters\n");
        ServerProcess apiServer = start(
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
        Path kubeconfig = Files.writeString(dir.resolve("kubeconfig"), """
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
                        port, dir.resolve("certs").resolve("apiserver.crt")));
        return new KubeServer(kubeconfig, apiServer);
    }

    /** It ends with this JVM. */
    private static ServerProcess start(Path log, String... command) {
        return ServerProcess.start(log, List.of(command));
    }

    /** Waits until the API server serves, also after it was started anew. */
    public void awaitReady() throws IOException {
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
