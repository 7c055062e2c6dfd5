package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import io.fabric8.kubernetes.client.Config;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("sets system properties, from which fabric8 takes what is the environment in a pod")
class KubernetesBackendProviderTest {

    private static final String TOKEN_FILE = Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY;

    private final ElectionBackendProvider provider = new KubernetesBackendProvider();

    @TempDir
    private Path dir;

    private Path kubeconfig;

    @BeforeEach
    void write() throws Exception {
        kubeconfig = Files.writeString(dir.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters:
                  - {name: one, cluster: {server: "https://one.invalid:6443/"}}
                  - {name: two, cluster: {server: "https://two.invalid/k8s/clusters/c-1"}}
                users: [{name: u, user: {token: t}}]
                contexts:
                  - {name: one, context: {cluster: one, user: u}}
                  - {name: two, context: {cluster: two, user: u, namespace: blue}}
                current-context: one
                """);
    }

    @AfterEach
    void clear() {
        Stream.of(
                        TOKEN_FILE,
                        Config.KUBERNETES_SERVICE_HOST_PROPERTY,
                        Config.KUBERNETES_SERVICE_PORT_PROPERTY,
                        Config.KUBERNETES_NAMESPACE_FILE,
                        Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY)
                .forEach(System::clearProperty);
    }

    private String opened(String options) {
        try (ElectionBackend backend = provider.open(BackendUri.parse("kubernetes:" + options))) {
            return backend.toString();
        }
    }

    @Test
    void isFoundByItsScheme() {
        assertThat(ServiceLoader.load(ElectionBackendProvider.class))
                .anySatisfy(found -> assertThat(found.scheme()).isEqualTo("kubernetes"));
    }

    @Test
    void opensWithoutTheServerBeingThere() {
        String file = "kubeconfig=" + kubeconfig;
        assertThat(opened("?" + file)).isEqualTo("leases of namespace default at https://one.invalid:6443");
        assertThat(opened("?context=two&" + file))
                .isEqualTo("leases of namespace blue at https://two.invalid/k8s/clusters/c-1");
        assertThat(opened("?context=two&namespace=red&lock=endpoints&" + file))
                .isEqualTo("endpoints of namespace red at https://two.invalid/k8s/clusters/c-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//host",
                "?lock=configmap",
                "?lock=",
                "?namespace=No",
                "?namespace=a/b",
                "?namespace=",
                "?lokc=lease",
                "?context=three"
            })
    void refusesWhatItDoesNotKnow(String options) {
        String file = (options.contains("?") ? "&" : "?") + "kubeconfig=" + kubeconfig;
        assertThatThrownBy(() -> opened(options + file)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAKubeconfigThatIsNotThereOrNoKubeconfig() throws Exception {
        Path garbage = Files.writeString(dir.resolve("garbage"), "]");
        for (Path file : new Path[] {dir.resolve("missing"), garbage}) {
            assertThatThrownBy(() -> opened("?kubeconfig=" + file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3cret", "users: s3cret", "users: [{name: u, user: {token: s3cret]", "users: [s3cret: {\"}]"})
    void doesNotTellWhatStandsInAFileThatIsNoKubeconfig(String content) throws Exception {
        Path file = Files.writeString(dir.resolve("key"), "# a secret, given by mistake\n" + content + "\n");
        assertThatThrownBy(() -> opened("?kubeconfig=" + file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot read the kubeconfig " + file)
                .satisfies(refused -> assertThat(stackTrace(refused)).doesNotContain("s3cret"));
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void isAmbientInAPodAndTakesItsNamespace() throws Exception {
        assertThat(provider.ambientUri()).isEmpty();
        System.setProperty(Config.KUBERNETES_SERVICE_HOST_PROPERTY, "fd00::1");
        System.setProperty(Config.KUBERNETES_SERVICE_PORT_PROPERTY, "443");
        System.setProperty(TOKEN_FILE, dir.resolve("token").toString());
        assertThat(provider.ambientUri()).isEmpty();
        Files.writeString(dir.resolve("token"), "t");
        assertThat(provider.ambientUri()).contains("kubernetes:");
        System.setProperty(
                Config.KUBERNETES_NAMESPACE_FILE,
                Files.writeString(dir.resolve("namespace"), "green").toString());
        System.setProperty(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false");
        assertThat(opened("")).isEqualTo("leases of namespace green at https://[fd00::1]:443");
    }
}
