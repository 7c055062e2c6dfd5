package dev.election.zookeeper;

import dev.election.tck.servers.Await;
import dev.election.tck.servers.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Three ZooKeeper servers that form an ensemble, on the loopback interface. */
public final class ZooKeeperCluster implements AutoCloseable {

    private static final int MEMBERS = 3;

    private final List<ZooKeeperServer> members;

    private ZooKeeperCluster(List<ZooKeeperServer> members) {
        this.members = members;
    }

    /** Starts an ensemble and waits until all of its members serve. */
    public static ZooKeeperCluster start() throws IOException {
        Map<String, String> ensemble = new LinkedHashMap<>(Map.of(
                "initLimit", "50",
                // two seconds
                "syncLimit", "10"));
        for (int id = 1; id <= MEMBERS; id++) {
            ensemble.put("server." + id, "127.0.0.1:" + ServerProcess.freePort() + ":" + ServerProcess.freePort());
        }
        List<ZooKeeperServer> members = new ArrayList<>();
        for (int id = 1; id <= MEMBERS; id++) {
            Path dir = ZooKeeperServer.newDirectory();
            Files.createDirectories(dir.resolve("data"));
            Files.writeString(dir.resolve("data").resolve("myid"), Integer.toString(id));
            members.add(ZooKeeperServer.launch(dir, ServerProcess.freePort(), ensemble, List.of()));
        }
        members.forEach(ZooKeeperServer::awaitServing);
        return new ZooKeeperCluster(List.copyOf(members));
    }

    /** All members' addresses, as clients want them. */
    public String addresses() {
        return members.stream().map(ZooKeeperServer::address).collect(Collectors.joining(","));
    }

    /** The members, whether they run or not. */
    public List<ZooKeeperServer> members() {
        return members;
    }

    /** The member that leads the ensemble at the moment. */
    public ZooKeeperServer leader() throws Exception {
        List<ZooKeeperServer> found = new ArrayList<>();
        Await.until("the ensemble has a leader", () -> {
            for (ZooKeeperServer member : members) {
                if (leads(member)) {
                    found.add(member);
                    return true;
                }
            }
            return false;
        });
        return found.get(0);
    }

    private static boolean leads(ZooKeeperServer member) {
        try {
            return member.ask("srvr").contains("Mode: leader");
        } catch (IOException e) {
            // it is down
            return false;
        }
    }

    /** A member that follows. */
    public ZooKeeperServer follower() throws Exception {
        ZooKeeperServer leader = leader();
        return members.stream().filter(member -> member != leader).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        members.forEach(ZooKeeperServer::close);
    }
}
