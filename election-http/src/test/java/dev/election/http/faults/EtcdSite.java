package dev.election.http.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.election.etcd.EtcdCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/** An etcd of three members, of our own. */
final class EtcdSite implements Site {

    private final EtcdCluster cluster;
    private int last;

    EtcdSite() throws InterruptedException {
        // It would tell each frame of its own connections to the members.
        ((Logger) LoggerFactory.getLogger("io.grpc")).setLevel(Level.WARN);
        ((Logger) LoggerFactory.getLogger("io.netty")).setLevel(Level.WARN);
        cluster = EtcdCluster.start();
    }

    @Override
    public Access access(String candidate) throws IOException {
        Link link = new Link();
        List<String> servers = new ArrayList<>();
        for (int i = 0; i < cluster.size(); i++) {
            servers.add("127.0.0.1:" + link.to("127.0.0.1", cluster.port(i)));
        }
        return new Access("etcd://" + String.join(",", servers) + "/faults/", link);
    }

    @Override
    public List<StoreFault> faults() {
        return List.of(
                new StoreFault("member-kill", () -> cluster.kill(next()), this::restart),
                new StoreFault("leader-kill", () -> cluster.kill(leader()), this::restart),
                new StoreFault("member-stop", () -> cluster.freeze(next()), () -> cluster.thaw(last)),
                new StoreFault("quorum-stop", this::freezeTwo, this::thawTwo),
                new StoreFault("restart-all", this::killAll, this::restartAll));
    }

    private int next() {
        last = (last + 1) % cluster.size();
        return last;
    }

    private int leader() throws InterruptedException {
        last = cluster.leader();
        return last;
    }

    private void restart() throws InterruptedException {
        cluster.restart(last);
        cluster.awaitAll();
    }

    private void freezeTwo() throws InterruptedException {
        cluster.freeze(next());
        cluster.freeze((last + 1) % cluster.size());
    }

    private void thawTwo() throws InterruptedException {
        cluster.thaw(last);
        cluster.thaw((last + 1) % cluster.size());
    }

    private void killAll() throws InterruptedException {
        for (int i = 0; i < cluster.size(); i++) {
            cluster.kill(i);
        }
    }

    private void restartAll() throws InterruptedException {
        IntStream.range(0, cluster.size()).forEach(cluster::restart);
        cluster.awaitAll();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
