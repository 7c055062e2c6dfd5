package dev.election.http.footprint;

import dev.election.etcd.EtcdServer;
import dev.election.kubernetes.KubeServer;
import dev.election.zookeeper.ZooKeeperServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Where the sidecars elect: each backend on a real server, which starts when it is first asked for. */
enum Store {
    FILE(directory -> List.of("--backend=file:" + directory.resolve("store"))),
    KUBERNETES(directory -> List.of(
            "--backend=kubernetes:", "--kubeconfig=" + KubeServer.shared().kubeconfig())),
    ETCD(directory -> List.of("--backend=" + EtcdServer.shared().uri("footprint/"))),
    ZOOKEEPER(directory ->
            List.of("--backend=zookeeper://" + ZooKeeperServer.shared().address() + "/footprint"));

    private final Function<Path, List<String>> options;

    Store(Function<Path, List<String>> options) {
        this.options = options;
    }

    List<String> options(Path directory) {
        return options.apply(directory);
    }

    /** As in its URI. */
    String scheme() {
        return name().toLowerCase(Locale.ROOT);
    }
}
