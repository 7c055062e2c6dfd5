package dev.election.http.faults;

import dev.election.zookeeper.ZooKeeperCluster;
import dev.election.zookeeper.ZooKeeperServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A ZooKeeper of three members, of our own. */
final class ZooKeeperSite implements Site {

    private final ZooKeeperCluster cluster;
    private final List<ZooKeeperServer> hit = new ArrayList<>();
    private int last;

    ZooKeeperSite() throws IOException {
        cluster = ZooKeeperCluster.start();
    }

    @Override
    public Access access(String candidate) throws IOException, InterruptedException {
        Link link = Link.toOwnStore();
        List<String> servers = new ArrayList<>();
        for (ZooKeeperServer member : cluster.members()) {
            servers.add("127.0.0.1:" + link.to("127.0.0.1", member.port()));
        }
        return new Access("zookeeper://" + String.join(",", servers) + "/faults?sessionTimeout=2s", link);
    }

    @Override
    public List<StoreFault> faults() {
        return List.of(
                new StoreFault("member-kill", () -> next().kill(), this::restart),
                new StoreFault("leader-kill", () -> choose(cluster.leader()).kill(), this::restart),
                new StoreFault("member-stop", () -> next().freeze(), this::thaw),
                new StoreFault("quorum-stop", this::freezeTwo, this::thaw));
    }

    private ZooKeeperServer next() {
        last = (last + 1) % cluster.members().size();
        return choose(cluster.members().get(last));
    }

    private ZooKeeperServer choose(ZooKeeperServer member) {
        hit.add(member);
        return member;
    }

    private void freezeTwo() throws InterruptedException {
        next().freeze();
        next().freeze();
    }

    private void restart() {
        hit.forEach(ZooKeeperServer::restart);
        hit.clear();
    }

    private void thaw() throws InterruptedException {
        for (ZooKeeperServer member : hit) {
            member.thaw();
        }
        hit.clear();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
