package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.servers.Await;
import dev.election.tck.servers.IgnoringListener;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what on a real API server with RBAC, with tokens of service accounts and the roles of {@code deploy}. */
@Isolated("sets system properties, from which fabric8 takes what is the environment in a pod")
class AccessIT {

    private final KubeServer server = KubeServer.shared();
    private final KubernetesClient admin = server.adminClient();
    private final String namespace = "access-" + UUID.randomUUID();
    private final List<ElectionBackend> opened = new ArrayList<>();

    @TempDir
    private Path dir;

    @BeforeEach
    void createNamespace() {
        admin.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterEach
    void close() {
        opened.forEach(ElectionBackend::close);
        admin.close();
    }

    /** Applies a manifest of {@code deploy} to our namespace, as its comment says, but without one verb of the lock. */
    private void deploy(LockKind lock, String withoutVerb) throws Exception {
        Path manifest = Path.of("..", "deploy", lock == LockKind.LEASE ? "rbac.yaml" : "rbac-endpoints.yaml");
        String yaml = Files.readString(manifest).replace("namespace: default", "namespace: " + namespace);
        assertThat(yaml).contains("namespace: " + namespace);
        admin.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .inNamespace(namespace)
                .create();
        admin.rbac().roles().inNamespace(namespace).withName(account(lock)).edit(role -> {
            PolicyRule rule = role.getRules().get(0);
            List<String> verbs = new ArrayList<>(rule.getVerbs());
            assertThat(withoutVerb.isEmpty() || verbs.remove(withoutVerb)).isTrue();
            rule.setVerbs(verbs);
            return role;
        });
    }

    private static String account(LockKind lock) {
        return lock == LockKind.LEASE ? "election" : "election-endpoints";
    }

    private String token(LockKind lock) {
        return admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(account(lock))
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
    }

    private ElectionBackend open(LockKind lock) {
        ElectionBackend backend = KubernetesBackend.connect(server.configWithToken(token(lock)), namespace, lock);
        opened.add(backend);
        return backend;
    }

    private static BackendException denial(ThrowingCallable call) {
        BackendException denial = catchThrowableOfType(BackendException.class, call);
        assertThat(denial).isNotNull();
        assertThat(denial.kind()).as(denial.getMessage()).isEqualTo(BackendException.Kind.DENIED);
        return denial;
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void theManifestsGiveAllThatIsNeeded(LockKind lock) throws Exception {
        deploy(lock, "");
        ElectionBackend backend = open(lock);
        backend.watch("mine", new IgnoringListener(), TIMEOUT).close();
        Snapshot created = applied(backend.compareAndSet("mine", Version.ABSENT, free(), TIMEOUT));
        Snapshot taken = applied(backend.compareAndSet("mine", created.version(), held("a_1", 1), TIMEOUT));
        assertThat(backend.read("mine", TIMEOUT)).isEqualTo(taken);
        Await.until(
                "the event",
                () -> admin.v1().events().inNamespace(namespace).list().getItems().stream()
                        .anyMatch(event -> event.getMessage().equals("a_1 became leader")));
    }

    @ParameterizedTest
    @CsvSource({
        "LEASE, get", "LEASE, create", "LEASE, update", "LEASE, watch",
        "ENDPOINTS, get", "ENDPOINTS, create", "ENDPOINTS, update", "ENDPOINTS, watch"
    })
    void aMissingRuleIsNamed(LockKind lock, String verb) throws Exception {
        deploy(lock, verb);
        ElectionBackend backend = open(lock);
        BackendException denial = switch (verb) {
            case "get" -> denial(() -> backend.read("mine", TIMEOUT));
            case "create" -> denial(() -> backend.compareAndSet("mine", Version.ABSENT, free(), TIMEOUT));
            case "update" -> {
                Version version = applied(backend.compareAndSet("mine", Version.ABSENT, free(), TIMEOUT))
                        .version();
                yield denial(() -> backend.compareAndSet("mine", version, held("a_1", 1), TIMEOUT));
            }
            default -> denial(() -> backend.watch("mine", new IgnoringListener(), TIMEOUT));
        };
        assertThat(denial)
                .hasMessageContaining("cannot " + verb + " ")
                .hasMessageContaining(namespace + "/mine")
                .hasMessageContaining("namespace \"" + namespace + "\"")
                .hasMessageContaining(lock == LockKind.LEASE ? "[\"coordination.k8s.io\"]" : "apiGroups [\"\"]")
                .hasMessageContaining(lock == LockKind.LEASE ? "[\"leases\"]" : "[\"endpoints\"]")
                .hasMessageContaining("verbs [\"" + verb + "\"]");
    }

    @Test
    void oneElectionAloneCanBePermittedByItsName() throws Exception {
        deploy(LockKind.LEASE, "");
        admin.rbac().roles().inNamespace(namespace).withName("election").edit(role -> {
            role.getRules().get(0).setResourceNames(List.of("mine"));
            return role;
        });
        ElectionBackend backend = open(LockKind.LEASE);
        backend.watch("mine", new IgnoringListener(), TIMEOUT).close();
        denial(() -> backend.watch("other", new IgnoringListener(), TIMEOUT));
        denial(() -> backend.read("other", TIMEOUT));
        assertThat(backend.read("mine", TIMEOUT)).isEqualTo(Snapshot.ABSENT);
    }

    @Test
    void withoutPermissionForEventsTheElectionGoesOn() throws Exception {
        deploy(LockKind.LEASE, "");
        admin.rbac().roles().inNamespace(namespace).withName("election").edit(role -> {
            role.getRules().remove(1);
            return role;
        });
        ElectionBackend backend = open(LockKind.LEASE);
        Snapshot current = applied(backend.compareAndSet("mine", Version.ABSENT, free(), TIMEOUT));
        for (int i = 0; i < 3; i++) {
            current = applied(backend.compareAndSet("mine", current.version(), held("a_" + i, i), TIMEOUT));
        }
        backend.close();
        assertThat(admin.v1().events().inNamespace(namespace).list().getItems()).isEmpty();
    }

    @Test
    void aTokenThatIsNotAcceptedIsSaidToBeSo() {
        try (ElectionBackend backend =
                KubernetesBackend.connect(server.configWithToken("expired"), namespace, LockKind.LEASE)) {
            assertThat(denial(() -> backend.read("mine", TIMEOUT)))
                    .hasMessageContaining("does not accept our credentials");
            denial(() -> backend.compareAndSet("mine", Version.ABSENT, free(), TIMEOUT));
            denial(() -> backend.watch("mine", new IgnoringListener(), TIMEOUT));
        }
    }

    @Test
    void aRotatedTokenIsReadAnewWhenTheOldOneIsNoLongerAccepted() throws Exception {
        deploy(LockKind.LEASE, "");
        Path kubeconfig = dir.resolve("kubeconfig");
        for (String operation : List.of("read", "write", "watch")) {
            writeKubeconfig(kubeconfig, "expired");
            try (ElectionBackend backend = new KubernetesBackendProvider()
                    .open(BackendUri.parse("kubernetes:?namespace=" + namespace + "&kubeconfig=" + kubeconfig))) {
                denial(() -> backend.read(operation, TIMEOUT));
                writeKubeconfig(kubeconfig, token(LockKind.LEASE));
                switch (operation) {
                    case "read" -> assertThat(backend.read(operation, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
                    case "write" -> applied(backend.compareAndSet(operation, Version.ABSENT, free(), TIMEOUT));
                    default -> backend.watch(operation, new IgnoringListener(), TIMEOUT);
                }
            }
        }
    }

    @Test
    void inAPodTheTokenOfTheServiceAccountIsReadAnewWhenItWasRotated() throws Exception {
        deploy(LockKind.LEASE, "");
        Config admins = server.adminConfig();
        URI url = URI.create(admins.getMasterUrl());
        Path token = Files.writeString(dir.resolve("token"), "expired");
        Map<String, String> pod = Map.of(
                Config.KUBERNETES_SERVICE_HOST_PROPERTY, url.getHost(),
                Config.KUBERNETES_SERVICE_PORT_PROPERTY, "" + url.getPort(),
                Config.KUBERNETES_CA_CERTIFICATE_FILE_SYSTEM_PROPERTY, authority(admins),
                Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY, token.toString(),
                Config.KUBERNETES_NAMESPACE_FILE,
                        Files.writeString(dir.resolve("namespace"), namespace).toString(),
                Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false");
        pod.forEach(System::setProperty);
        try (ElectionBackend backend = new KubernetesBackendProvider().open(BackendUri.parse("kubernetes:"))) {
            denial(() -> backend.read("mine", TIMEOUT));
            Files.writeString(token, token(LockKind.LEASE));
            applied(backend.compareAndSet("mine", Version.ABSENT, free(), TIMEOUT));
        } finally {
            pod.keySet().forEach(System::clearProperty);
        }
    }

    private String authority(Config config) throws Exception {
        return config.getCaCertFile() != null
                ? config.getCaCertFile()
                : Files.write(dir.resolve("ca.crt"), Base64.getDecoder().decode(config.getCaCertData()))
                        .toString();
    }

    private void writeKubeconfig(Path file, String token) throws Exception {
        Config admins = server.adminConfig();
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: u, user: {token: "%s"}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(admins.getMasterUrl(), authority(admins), token));
    }
}
