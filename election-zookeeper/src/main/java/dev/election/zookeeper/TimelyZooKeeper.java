package dev.election.zookeeper;

import java.io.IOException;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.AsyncCallback.MultiCallback;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.ZKClientConfig;

/** ZooKeeper's client, which can be given a {@link TimedTransaction}; otherwise as Curator makes it. */
@SuppressWarnings("try") // it inherits a close() that can be interrupted
final class TimelyZooKeeper extends ZooKeeperAdmin {

    private final String chroot;

    private TimelyZooKeeper(
            String servers, int sessionTimeout, Watcher watcher, boolean canBeReadOnly, ZKClientConfig config)
            throws IOException {
        super(servers, sessionTimeout, watcher, canBeReadOnly, config);
        String path = new ConnectStringParser(servers).getChrootPath();
        this.chroot = path == null ? "" : path;
    }

    /** What stands before every path of this client, or nothing; {@link #send} leaves it to the caller. */
    String chroot() {
        return chroot;
    }

    /** Queues a transaction whose paths begin with the {@link #chroot}. The callback comes on the event thread. */
    void send(TimedTransaction transaction, MultiCallback callback) {
        multiInternal(transaction, callback, null);
    }

    /** Makes such clients for Curator. */
    static final class Factory implements ZookeeperFactory {

        @Override
        public ZooKeeper newZooKeeper(String servers, int sessionTimeout, Watcher watcher, boolean canBeReadOnly)
                throws IOException {
            return newZooKeeper(servers, sessionTimeout, watcher, canBeReadOnly, new ZKClientConfig());
        }

        @Override
        public ZooKeeper newZooKeeper(
                String servers, int sessionTimeout, Watcher watcher, boolean canBeReadOnly, ZKClientConfig config)
                throws IOException {
            return new TimelyZooKeeper(servers, sessionTimeout, watcher, canBeReadOnly, config);
        }
    }
}
