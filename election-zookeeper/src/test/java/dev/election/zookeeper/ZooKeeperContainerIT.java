package dev.election.zookeeper;

import dev.election.tck.servers.Containers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.testcontainers.containers.GenericContainer;

@DisplayName("ZooKeeper in Docker")
class ZooKeeperContainerIT extends ZooKeeperKit {

    private static GenericContainer<?> container;

    @BeforeAll
    static void connect() throws Exception {
        container = Containers.zookeeper();
        connect(container.getHost(), container.getFirstMappedPort());
    }

    @AfterAll
    static void stop() {
        if (container != null) {
            container.stop();
        }
    }
}
