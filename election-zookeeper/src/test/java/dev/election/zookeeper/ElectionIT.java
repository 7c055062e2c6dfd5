package dev.election.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.EndReason;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole elections on a real server, with three candidates. */
class ElectionIT {

    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofMillis(500));
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ZooKeeperServer server = ZooKeeperServer.shared();
    private final String election = "election-" + UUID.randomUUID();
    private final List<Elections> opened = new ArrayList<>();
    private final Queue<EndReason> ends = new ConcurrentLinkedQueue<>();
    private final Admin admin;

    ElectionIT() throws Exception {
        admin = new Admin(server.address());
    }

    @AfterEach
    void close() throws Exception {
        opened.forEach(Elections::close);
        if (admin.stat("/election/" + election) != null) {
            admin.deleteAll("/election/" + election);
        }
        admin.close();
    }

    /** Another process, as far as the server can tell. */
    private LeaderElector candidate(String identity, String address) {
        Elections elections = Elections.of(ZooKeeperBackend.connect(ZooKeeperOptions.servers(address)));
        opened.add(elections);
        return elections
                .elector(election)
                .identity(identity)
                .timing(TIMING)
                .listener(new LeadershipListener() {
                    @Override
                    public void onStoppedLeading(EndReason reason) {
                        ends.add(reason);
                    }
                })
                .start();
    }

    private LeaderElector candidate(String identity) {
        return candidate(identity, server.address());
    }

    private static Leadership awaitTerm(LeaderElector elector) throws Exception {
        return elector.awaitLeadership(LONG).orElseThrow();
    }

    private static void awaitSight(LeaderElector elector, String leader) throws Exception {
        Await.until(
                "seeing " + leader,
                () -> elector.leader() instanceof LeaderView.Known known
                        && known.identity().equals(leader));
    }

    @Test
    void leadershipIsHandedAroundWithGrowingTokens() throws Exception {
        LeaderElector a = candidate("a");
        Leadership first = awaitTerm(a);
        LeaderElector b = candidate("b");
        LeaderElector c = candidate("c");
        awaitSight(b, "a");
        awaitSight(c, "a");

        assertThat(a.resign().get()).isTrue();

        Await.until("b or c leads", () -> b.isLeader() || c.isLeader());
        assertThat(first.isValid()).isFalse();
        LeaderElector next = b.isLeader() ? b : c;
        Leadership second = awaitTerm(next);
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());

        assertThat(next.resign().get()).isTrue();

        LeaderElector last = next == b ? c : b;
        Await.until("another leads", () -> last.isLeader() || a.isLeader());
        assertThat(List.of(a.isLeader(), b.isLeader(), c.isLeader())).containsOnlyOnce(true);
    }

    @Test
    void aLeaderThatIsCutOffStopsBeforeAnotherLeads() throws Exception {
        try (TcpProxy network = server.proxy()) {
            LeaderElector a = candidate("a", "127.0.0.1:" + network.port());
            Leadership first = awaitTerm(a);
            LeaderElector b = candidate("b");
            LeaderElector c = candidate("c");
            awaitSight(b, "a");
            awaitSight(c, "a");

            network.hold();

            Await.until("another leads", () -> {
                boolean others = b.isLeader() || c.isLeader();
                assertThat(first.isValid() && others).as("both lead").isFalse();
                return others;
            });
            assertThat(ends).containsExactly(EndReason.EXPIRED);
            network.release();
            awaitSight(a, b.isLeader() ? "b" : "c");
            assertThat(first.isValid()).isFalse();
        }
    }

    @Test
    void aRecordThatIsDeletedEndsTheTermAndTokensGrowOn() throws Exception {
        LeaderElector a = candidate("a");
        Leadership first = awaitTerm(a);

        admin.deleteAll("/election/" + election);

        Await.until("the term ends", () -> !first.isValid());
        Await.until("the end was told", () -> ends.contains(EndReason.CONFLICT));
        Leadership second = awaitTerm(a);
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
    }

    @Test
    void aSessionThatExpiresCostsNoLeadership() throws Exception {
        try (CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(server.address())
                .retryPolicy(new RetryForever(10))
                .zookeeperFactory(ZooKeeperBackend.zookeeperFactory())
                .build()) {
            client.start();
            ZooKeeperBackend backend = ZooKeeperBackend.of(client, "/election");
            Elections elections = Elections.of(backend);
            opened.add(elections);
            LeaderElector a =
                    elections.elector(election).identity("a").timing(TIMING).start();
            Leadership term = awaitTerm(a);
            Seen seen = new Seen();
            backend.watch(election, seen, TIMING.renewDeadline());
            Admin.expire(server.address(), client);
            seen.awaitLoss();
            String before = admin.get("/election/" + election);
            Await.until(
                    "it is renewed", () -> !admin.get("/election/" + election).equals(before));
            assertThat(term.isValid()).isTrue();
            elections.close();
        }
    }

    @Test
    void manyElectionsShareOneBackend() throws Exception {
        Set<Thread> before = watchThreads(); // of backends that were closed just now
        try (Elections elections = Elections.of(ZooKeeperBackend.connect(
                ZooKeeperOptions.servers(server.address()).parent("/many-" + UUID.randomUUID())))) {
            List<LeaderElector> electors = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                electors.add(elections.elector("e-" + i).identity("a").start());
            }
            for (LeaderElector elector : electors) {
                awaitTerm(elector);
            }
            Set<Thread> added = watchThreads();
            added.removeAll(before);
            assertThat(added).as("threads for watches").hasSize(1);
        }
    }

    private static Set<Thread> watchThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("election-zookeeper"))
                .collect(Collectors.toSet());
    }
}
