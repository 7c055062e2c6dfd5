package dev.election.http.faults;

import dev.election.kubernetes.KubeServer;
import dev.election.tck.servers.ServerProcess;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Kubernetes API server of our own; candidates may do what {@code deploy/rbac.yaml} permits, and no more. */
final class KubernetesSite implements Site {

    private static final String NAMESPACE = "default";
    private static final String ACCOUNT = "faults";

    private final KubeServer server = KubeServer.shared();
    private final ServerProcess apiServer = server.apiServer();
    private final Path directory;
    private final KubernetesClient admin = server.adminClient();
    private final RoleBinding permission;
    private final Map<String, Integer> ports = new HashMap<>();

    KubernetesSite(Path directory) {
        this.directory = directory;
        createAccount();
        admin.rbac()
                .roles()
                .inNamespace(NAMESPACE)
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName(ACCOUNT)
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("coordination.k8s.io")
                        .withResources("leases")
                        .withVerbs("get", "create", "update", "watch")
                        .endRule()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("events")
                        .withVerbs("create")
                        .endRule()
                        .build())
                .create();
        permission = new RoleBindingBuilder()
                .withNewMetadata()
                .withName(ACCOUNT)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", ACCOUNT)
                .addNewSubject("", "ServiceAccount", ACCOUNT, NAMESPACE)
                .build();
        permit();
    }

    @Override
    public Access access(String candidate) throws IOException {
        Link link = new Link();
        URI address = URI.create(server.adminConfig().getMasterUrl());
        ports.put(candidate, link.to(address.getHost(), address.getPort()));
        writeKubeconfig(candidate);
        return new Access("kubernetes:?kubeconfig=" + kubeconfig(candidate), link);
    }

    private Path kubeconfig(String candidate) {
        return directory.resolve(candidate + ".kubeconfig");
    }

    private void writeKubeconfig(String candidate) throws IOException {
        String token = admin.serviceAccounts()
                .inNamespace(NAMESPACE)
                .withName(ACCOUNT)
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
        Files.writeString(kubeconfig(candidate), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}}]
                users: [{name: u, user: {token: "%s"}}]
                contexts: [{name: x, context: {cluster: c, user: u, namespace: %s}}]
                current-context: x
                """.formatted(
                        ports.get(candidate), server.adminConfig().getCaCertFile(), token, NAMESPACE));
    }

    @Override
    public List<StoreFault> faults() {
        return List.of(
                new StoreFault("server-kill", apiServer::kill, () -> {
                    apiServer.restart();
                    server.awaitReady();
                }),
                new StoreFault("server-stop", apiServer::freeze, apiServer::thaw),
                new StoreFault("rbac-withdrawn", this::forbid, this::permit),
                new StoreFault("token-withdrawn", this::deleteAccount, this::giveNewTokens));
    }

    private void createAccount() {
        admin.serviceAccounts()
                .inNamespace(NAMESPACE)
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(ACCOUNT)
                        .endMetadata()
                        .build())
                .create();
    }

    /** Its tokens are refused once the API server looks at them again, which it does every ten seconds. */
    private void deleteAccount() {
        admin.serviceAccounts().inNamespace(NAMESPACE).withName(ACCOUNT).delete();
    }

    private void giveNewTokens() throws IOException {
        createAccount();
        for (String candidate : ports.keySet()) {
            writeKubeconfig(candidate);
        }
    }

    private void permit() {
        admin.rbac().roleBindings().inNamespace(NAMESPACE).resource(permission).create();
    }

    private void forbid() {
        admin.rbac().roleBindings().inNamespace(NAMESPACE).withName(ACCOUNT).delete();
    }

    @Override
    public void close() {
        admin.close();
        apiServer.close();
    }
}
