package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.etcd.EtcdServer;
import dev.election.http.command.SidecarProcess;
import dev.election.kubernetes.KubeServer;
import dev.election.zookeeper.ZooKeeperServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sidecar as it is shipped, on each of the stores that are servers, with all adapters on its class path. */
@Timeout(180)
class SidecarStoresIT {

    enum Store {
        LEASE(() -> List.of("--backend=kubernetes:", kubeconfig())),
        ENDPOINTS(() -> List.of("--backend=kubernetes:?lock=endpoints", kubeconfig())),
        ETCD(() -> List.of("--backend=" + EtcdServer.shared().uri("sidecar/"))),
        ZOOKEEPER(() ->
                List.of("--backend=zookeeper://" + ZooKeeperServer.shared().address() + "/sidecar"));

        private final Supplier<List<String>> options;

        Store(Supplier<List<String>> options) {
            this.options = options;
        }

        private static String kubeconfig() {
            return "--kubeconfig=" + KubeServer.shared().kubeconfig();
        }
    }

    private final String election = "sidecar-" + UUID.randomUUID();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void another_candidate_leads_after_the_leader_was_killed(Store store) throws Exception {
        try (SidecarProcess one = candidate(store, "one")) {
            one.await("leadership", one::isLeader);
            long token = one.fencingToken();
            try (SidecarProcess two = candidate(store, "two")) {
                two.await("the other's name", () -> two.get("/").equals("{\"name\":\"one\"}"));
                one.kill();
                two.await("leadership", two::isLeader);
                assertThat(two.get("/")).isEqualTo("{\"name\":\"two\"}");
                assertThat(two.fencingToken()).isGreaterThan(token);
                assertThat(two.out()).isEmpty();
                assertThat(two.err().lines()).allMatch(line -> line.matches("\\d{4}-\\d\\d-\\S+ (INFO |WARN ) .*"));
            }
        }
    }

    @Test
    void what_libraries_log_in_their_own_way_is_in_the_log_in_ours() throws Exception {
        try (SidecarProcess sidecar = candidate(Store.ETCD, "one", "--log-level=debug")) {
            sidecar.await("leadership", sidecar::isLeader);
            assertThat(sidecar.err()).contains("TcpMetrics").doesNotContain("\nINFO: ");
        }
    }

    private SidecarProcess candidate(Store store, String id, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(store.options.get());
        arguments.addAll(List.of("--election=" + election, "--id=" + id, "--http=localhost:0", "--ttl=3s"));
        arguments.addAll(List.of(more));
        return SidecarProcess.start(directory, arguments.toArray(String[]::new));
    }
}
