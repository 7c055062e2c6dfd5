package dev.election.http.faults;

import dev.election.kubernetes.KubeServer;
import dev.election.tck.servers.ServerProcess;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A Kubernetes API server of our own; candidates may do what {@code deploy/rbac.yaml} permits, and no more. Their tokens
 * expire again and again, and new ones are put into their files, as a kubelet does.
 */
final class KubernetesSite implements Site {

    private static final String NAMESPACE = "default";
    private static final String ACCOUNT = "faults";

    private static final Duration TOKEN_LIFE = Duration.ofSeconds(15);
    private static final Duration RENEWAL = Duration.ofSeconds(5);

    /** For how long the API server takes a token for good that it has seen to be so. */
    private static final Duration TOKEN_CACHE = Duration.ofSeconds(10);

    private final KubeServer server = KubeServer.shared();
    private final ServerProcess apiServer = server.apiServer();
    private final Path directory;
    private final KubernetesClient admin = server.adminClient();
    private final RoleBinding permission;
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final ShortLivedTokens tokens;
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean renewing = true;

    KubernetesSite(Path directory) throws IOException, GeneralSecurityException {
        this.directory = directory;
        this.tokens = new ShortLivedTokens(server.kubeconfig().resolveSibling("service-account.key"));
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
        renewals.scheduleWithFixedDelay(this::renewTokens, 0, RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Access access(String candidate) throws Exception {
        Link link = Link.toOwnStore();
        URI address = URI.create(server.adminConfig().getMasterUrl());
        ports.put(candidate, link.to(address.getHost(), address.getPort()));
        writeKubeconfig(candidate);
        return new Access("kubernetes:?kubeconfig=" + kubeconfig(candidate), link);
    }

    private Path kubeconfig(String candidate) {
        return directory.resolve(candidate + ".kubeconfig");
    }

    private synchronized void writeKubeconfig(String candidate) throws IOException, GeneralSecurityException {
        String token = admin.serviceAccounts()
                .inNamespace(NAMESPACE)
                .withName(ACCOUNT)
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
        Path written = Files.writeString(directory.resolve("kubeconfig.tmp"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}}]
                users: [{name: u, user: {token: "%s"}}]
                contexts: [{name: x, context: {cluster: c, user: u, namespace: %s}}]
                current-context: x
                """.formatted(
                        ports.get(candidate),
                        server.adminConfig().getCaCertFile(),
                        tokens.expiringIn(TOKEN_LIFE, token),
                        NAMESPACE));
        Files.move(written, kubeconfig(candidate), StandardCopyOption.ATOMIC_MOVE);
    }

    private void renewTokens() {
        try {
            for (String candidate : ports.keySet()) {
                if (renewing) {
                    writeKubeconfig(candidate);
                }
            }
        } catch (KubernetesClientException e) {
            // The server is down, or the account was deleted; the next time comes soon.
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
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
                new StoreFault("token-withdrawn", this::deleteAccount, this::giveNewTokens),
                new StoreFault("token-expired", this::letTokensExpire, this::renewTokensAgain));
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

    /** No new ones come; returns when the last has expired. */
    private void letTokensExpire() throws InterruptedException {
        renewing = false;
        TimeUnit.NANOSECONDS.sleep(TOKEN_LIFE.plus(TOKEN_CACHE).toNanos());
    }

    private void renewTokensAgain() {
        renewing = true;
        renewTokens();
    }

    private void giveNewTokens() throws IOException, GeneralSecurityException {
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
        renewals.shutdownNow();
        admin.close();
        apiServer.close();
    }
}
