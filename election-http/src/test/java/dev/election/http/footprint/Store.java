package dev.election.http.footprint;

import dev.election.etcd.EtcdServer;
import dev.election.kubernetes.KubeServer;
import dev.election.zookeeper.ZooKeeperServer;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Where the sidecars elect: each backend on a real server, which starts when it is first asked for. */
enum Store {
    FILE(directory -> new Way(List.of("--backend=file:" + directory.resolve("store")), Map.of())),
    KUBERNETES(Store::inPod),
    KUBECONFIG(directory -> new Way(
            List.of(
                    "--backend=kubernetes:",
                    "--kubeconfig=" + KubeServer.shared().kubeconfig()),
            Map.of())),
    ETCD(directory -> new Way(List.of("--backend=" + EtcdServer.shared().uri("footprint/")), Map.of())),
    ZOOKEEPER(directory ->
            new Way(List.of("--backend=zookeeper://" + ZooKeeperServer.shared().address() + "/footprint"), Map.of()));

    /** How a sidecar comes to its store. */
    record Way(List<String> options, Map<String, String> environment) {}

    private final Function<Path, Way> way;

    Store(Function<Path, Way> way) {
        this.way = way;
    }

    Way way(Path directory) {
        return way.apply(directory);
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** With a service account's token and the cluster's certificate in files. */
    private static Way inPod(Path directory) {
        Config admin = KubeServer.shared().adminConfig();
        URI server = URI.create(admin.getMasterUrl());
        try {
            Path token = Files.writeString(directory.resolve("token"), admin.getAutoOAuthToken());
            return new Way(
                    List.of(),
                    Map.of(
                            "KUBERNETES_SERVICE_HOST", server.getHost(),
                            "KUBERNETES_SERVICE_PORT", String.valueOf(server.getPort()),
                            "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN", token.toString(),
                            "KUBERNETES_CERTS_CA_FILE", authority(admin, directory),
                            "KUBERNETES_NAMESPACE", "default",
                            "HOME", directory.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String authority(Config config, Path directory) throws IOException {
        if (config.getCaCertFile() != null) {
            return config.getCaCertFile();
        }
        byte[] certificate = Base64.getDecoder().decode(config.getCaCertData());
        return Files.write(directory.resolve("ca.crt"), certificate).toString();
    }
}
