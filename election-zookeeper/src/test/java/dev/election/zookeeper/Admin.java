package dev.election.zookeeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** An operator with {@code zkCli.sh}: ZooKeeper's own client, and nothing of ours. */
final class Admin implements AutoCloseable {

    private final ZooKeeper zk;

    Admin(String servers) throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        zk = new ZooKeeper(servers, 30_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        if (!connected.await(20, TimeUnit.SECONDS)) {
            throw new IOException("no connection to " + servers);
        }
    }

    /** Ends the session of a client, as the ensemble does when it did not hear of it for too long. */
    static void expire(String servers, CuratorFramework client) throws Exception {
        ZooKeeper zk = client.getZookeeperClient().getZooKeeper();
        CountDownLatch connected = new CountDownLatch(1);
        Watcher watcher = event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        };
        ZooKeeper twin = new ZooKeeper(servers, 10_000, watcher, zk.getSessionId(), zk.getSessionPasswd());
        if (!connected.await(20, TimeUnit.SECONDS)) {
            throw new IOException("no connection to " + servers);
        }
        twin.close();
    }

    ZooKeeper zk() {
        return zk;
    }

    /** Creates a node that anybody may change. */
    void create(String path, String data) throws KeeperException, InterruptedException {
        zk.create(path, bytes(data), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    void set(String path, String data) throws KeeperException, InterruptedException {
        zk.setData(path, bytes(data), -1);
    }

    String get(String path) throws KeeperException, InterruptedException {
        return new String(zk.getData(path, false, null), StandardCharsets.UTF_8);
    }

    Stat stat(String path) throws KeeperException, InterruptedException {
        return zk.exists(path, false);
    }

    List<String> children(String path) throws KeeperException, InterruptedException {
        return zk.getChildren(path, false);
    }

    List<ACL> acl(String path) throws KeeperException, InterruptedException {
        return zk.getACL(path, new Stat());
    }

    /** As {@code deleteall} does. */
    void deleteAll(String path) throws KeeperException, InterruptedException {
        ZKUtil.deleteRecursive(zk, path);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            zk.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
