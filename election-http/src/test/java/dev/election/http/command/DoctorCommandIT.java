package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.kubernetes.KubeServer;
import dev.election.tck.servers.Programs;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The doctor on a real API server: what it prints, as one copies it from the terminal, is what kubectl takes. */
@Timeout(180)
class DoctorCommandIT {

    private final KubeServer server = KubeServer.shared();
    private final KubernetesClient admin = server.adminClient();
    private final String namespace = "doctor-" + UUID.randomUUID();

    @TempDir
    private Path directory;

    @BeforeEach
    void createAccountThatMayNotUpdate() {
        admin.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        admin.serviceAccounts()
                .inNamespace(namespace)
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .endMetadata()
                        .build())
                .create();
        admin.rbac()
                .roles()
                .inNamespace(namespace)
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("coordination.k8s.io")
                        .withResources("leases")
                        .withVerbs("get", "create", "watch")
                        .endRule()
                        .build())
                .create();
        admin.rbac()
                .roleBindings()
                .inNamespace(namespace)
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "shop")
                        .addNewSubject(null, "ServiceAccount", "shop", namespace)
                        .build())
                .create();
    }

    @AfterEach
    void close() {
        admin.close();
    }

    private Path kubeconfigOfTheAccount() throws Exception {
        String token = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName("shop")
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
        Config admins = server.adminConfig();
        String authority = admins.getCaCertFile() != null
                ? admins.getCaCertFile()
                : Files.write(directory.resolve("ca.crt"), Base64.getDecoder().decode(admins.getCaCertData()))
                        .toString();
        return Files.writeString(
                directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: u, user: {token: "%s"}}]
                contexts: [{name: x, context: {cluster: c, user: u, namespace: "%s"}}]
                current-context: x
                """.formatted(admins.getMasterUrl(), authority, token, namespace));
    }

    @Test
    void theManifestThatItPrintsIsAppliedAsItStandsAndHelps() throws Exception {
        Path kubeconfig = kubeconfigOfTheAccount();
        String line = "doctor --election=orders --kubeconfig=" + kubeconfig;
        Typed before = Typed.line(line);
        assertThat(before.exitCode()).isEqualTo(ExitCode.PROBLEM_FOUND.code());
        assertThat(before.out())
                .contains("problem  access      we may not update leases in namespace " + namespace
                        + " as system:serviceaccount:" + namespace + ":shop");
        assertThat(before.err()).isEmpty();

        kubectlApply(
                before.out().lines().filter(each -> each.startsWith("    ")).collect(Collectors.joining("\n")));
        Typed after = Typed.line(line);
        assertThat(after.out()).endsWith("Nothing stands in the way.\n");
        assertThat(after.exitCode()).isEqualTo(ExitCode.OK.code());

        try (Elections elections = Elections.open("kubernetes:?kubeconfig=" + kubeconfig);
                LeaderElector elector =
                        elections.elector("orders").identity("a").start()) {
            assertThat(elector.awaitLeadership(Duration.ofSeconds(30))).isPresent();
            Typed during = Typed.line(line + " --ttl=15s");
            assertThat(during.out()).contains("held by \"a\"").endsWith("Nothing stands in the way.\n");
            assertThat(elector.isLeader()).as("an examination disturbs nobody").isTrue();
        }
    }

    private void kubectlApply(String manifest) throws Exception {
        Path kubectl = KubeServer.program("kubectl")
                .orElseGet(() -> Programs.missing("KUBECTL", "run script/servers, or put it on the PATH."));
        Path log = directory.resolve("kubectl.log");
        Process process = new ProcessBuilder(
                        List.of(kubectl.toString(), "--kubeconfig=" + server.kubeconfig(), "apply", "-f", "-"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().write(manifest.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    }
}
