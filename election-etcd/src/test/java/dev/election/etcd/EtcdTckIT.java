package dev.election.etcd;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("etcd")
class EtcdTckIT extends EtcdKit {

    @BeforeAll
    static void connect() throws IOException {
        connect("127.0.0.1", EtcdServer.shared().port());
    }
}
