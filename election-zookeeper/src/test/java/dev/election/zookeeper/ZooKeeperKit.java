package dev.election.zookeeper;

import dev.election.spi.ElectionBackend;
import dev.election.tck.BackendTck;
import dev.election.tck.RawRecords;
import dev.election.tck.StoreFaults;
import dev.election.tck.TcpProxy;
import dev.election.tck.TextRecords;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;

/** The compatibility kit on a ZooKeeper, behind a network that can fail. */
abstract class ZooKeeperKit extends BackendTck {

    private static final String PARENT = "/tck";

    private static TcpProxy network;
    private static Admin admin;

    /** For the whole class: the kit tidies up through them after each test. */
    static void connect(String host, int port) throws Exception {
        network = new TcpProxy(host, port);
        admin = new Admin(host + ":" + port);
    }

    @AfterAll
    static void disconnect() throws IOException {
        if (network != null) {
            admin.close();
            network.close();
            network = null;
        }
    }

    @Override
    protected ElectionBackend open() {
        return ZooKeeperBackend.connect(ZooKeeperOptions.servers(address()).parent(PARENT));
    }

    private static String address() {
        return "127.0.0.1:" + network.port();
    }

    @Override
    protected Optional<String> uri() {
        return Optional.of("zookeeper://" + address() + PARENT);
    }

    @Override
    protected Optional<StoreFaults> faults() {
        return Optional.of(StoreFaults.of(network));
    }

    @Override
    protected Optional<RawRecords> rawRecords() {
        return Optional.of(new TextRecords() {
            @Override
            protected Optional<String> get(String election) throws Exception {
                String path = PARENT + "/" + election;
                return admin.stat(path) == null ? Optional.empty() : Optional.of(admin.get(path));
            }

            @Override
            protected void put(String election, String text) throws Exception {
                if (admin.stat(PARENT) == null) {
                    admin.create(PARENT, "");
                }
                String path = PARENT + "/" + election;
                if (admin.stat(path) == null) {
                    admin.create(path, text);
                } else {
                    admin.set(path, text);
                }
            }
        });
    }
}
