package dev.election.zookeeper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("ZooKeeper")
class ZooKeeperTckIT extends ZooKeeperKit {

    @BeforeAll
    static void connect() throws Exception {
        connect("127.0.0.1", ZooKeeperServer.shared().port());
    }
}
