package dev.election.kubernetes;

import dev.election.spi.ElectionBackend;
import dev.election.tck.BackendTck;
import dev.election.tck.RawRecords;
import dev.election.tck.StoreFaults;
import dev.election.tck.TcpProxy;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The compatibility kit on a real API server, through a network that can fail. */
abstract class KubernetesTck extends BackendTck {

    private static KubeServer server;
    private static TcpProxy network;
    private static KubernetesClient admin;

    private final LockKind lock;

    KubernetesTck(LockKind lock) {
        this.lock = lock;
    }

    /** For the whole class: the kit tidies up through it after each test. */
    @BeforeAll
    static void connect() throws IOException {
        server = KubeServer.shared();
        network = server.proxy();
        admin = server.adminClient();
    }

    @AfterAll
    static void disconnect() throws IOException {
        if (network != null) {
            admin.close();
            network.close();
        }
    }

    @Override
    protected final ElectionBackend open() {
        String throughNetwork = "https://127.0.0.1:" + network.port() + "/";
        Config config = new ConfigBuilder(server.adminConfig())
                .withMasterUrl(throughNetwork)
                .withNamespace("default")
                .build();
        return KubernetesBackend.connect(config, null, lock);
    }

    @Override
    protected final Optional<String> uri() {
        return Optional.of("kubernetes:?namespace=default&lock=" + lock.name().toLowerCase(Locale.ROOT) + "&kubeconfig="
                + URLEncoder.encode(server.kubeconfig().toString(), StandardCharsets.UTF_8));
    }

    @Override
    protected final Optional<StoreFaults> faults() {
        return Optional.of(StoreFaults.of(network));
    }

    @Override
    protected final Optional<RawRecords> rawRecords() {
        return Optional.of(new RawObjects(admin, lock, unreadable()));
    }

    /** What the API server lets somebody store that is no record: by name, the annotations that make it so. */
    abstract Map<String, Map<String, String>> unreadable();
}
