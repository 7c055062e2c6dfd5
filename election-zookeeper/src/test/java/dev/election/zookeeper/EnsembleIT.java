package dev.election.zookeeper;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.servers.Await;
import dev.election.tck.servers.KillDrill;
import dev.election.tck.servers.KillDrill.Figures;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three servers. */
class EnsembleIT {

    private static final int KILLS = 20;

    private static ZooKeeperCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = ZooKeeperCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** A follower answers reads from what it has, which may be behind. */
    @Test
    void aReadSeesWhatWasWrittenThroughAnotherServer() throws Exception {
        try (ElectionBackend leader = ZooKeeperBackend.connect(
                        ZooKeeperOptions.servers(cluster.leader().address()));
                ElectionBackend follower = ZooKeeperBackend.connect(
                        ZooKeeperOptions.servers(cluster.follower().address()))) {
            Snapshot current = applied(leader.compareAndSet("fresh", Version.ABSENT, free(), TIMEOUT));
            for (int i = 0; i < 300; i++) {
                assertThat(follower.read("fresh", TIMEOUT)).isEqualTo(current);
                current = applied(leader.compareAndSet("fresh", current.version(), held("a_" + i, i), TIMEOUT));
            }
            follower.delete("fresh", TIMEOUT);
            assertThat(leader.read("fresh", TIMEOUT)).isEqualTo(Snapshot.ABSENT);
        }
    }

    @Test
    void aMemberThatHangsIsLeftForAnother() throws Exception {
        ZooKeeperServer hanging = cluster.follower();
        String servers = hanging.address() + "," + cluster.leader().address();
        try (ElectionBackend backend =
                ZooKeeperBackend.connect(ZooKeeperOptions.servers(servers).sessionTimeout(Duration.ofSeconds(2)))) {
            Snapshot created = applied(backend.compareAndSet("hang", Version.ABSENT, free(), TIMEOUT));
            hanging.freeze();
            try {
                Await.until("the other one serves", () -> {
                    try {
                        return backend.read("hang", Duration.ofMillis(500)).equals(created);
                    } catch (BackendException e) {
                        return false;
                    }
                });
            } finally {
                hanging.thaw();
            }
            hanging.awaitServing();
            Await.until("it is deleted", () -> {
                try {
                    return backend.delete("hang", TIMEOUT);
                } catch (BackendException e) {
                    return false;
                }
            });
        }
    }

    @Test
    @Timeout(300)
    void killingTheLeaderOfTheStoreAgainAndAgainNeverMakesTwo() throws Exception {
        Figures figures = KillDrill.run("drill", KILLS, new KillDrill.Cluster() {
            private ZooKeeperServer killed = cluster.members().get(0);

            @Override
            public ElectionBackend open() {
                return ZooKeeperBackend.connect(ZooKeeperOptions.servers(cluster.addresses()));
            }

            @Override
            public void killLeader() throws Exception {
                killed = cluster.leader();
                killed.kill();
            }

            @Override
            public void restart() {
                killed.restart();
                cluster.members().forEach(ZooKeeperServer::awaitServing);
            }
        });
        System.out.println("ZooKeeper, three members: " + figures);
        assertThat(figures.kills()).isEqualTo(KILLS);
        assertThat(figures.overlaps()).isZero();
        assertThat(figures.tokensOutOfOrder()).isZero();
    }
}
