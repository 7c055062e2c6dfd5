package dev.election.etcd;

import dev.election.tck.servers.Containers;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.testcontainers.containers.GenericContainer;

@DisplayName("etcd in Docker")
class EtcdContainerIT extends EtcdKit {

    private static GenericContainer<?> container;

    @BeforeAll
    static void connect() throws IOException {
        container = Containers.etcd();
        connect(container.getHost(), container.getFirstMappedPort());
    }

    @AfterAll
    static void stop() {
        if (container != null) {
            container.stop();
        }
    }
}
