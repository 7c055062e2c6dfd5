package dev.election.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.ElectionBackend;
import dev.election.tck.servers.KillDrill;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** etcd's own leader is killed again and again during an election. */
class KillIT {

    private static final int KILLS = 20;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void etcdsOwnLeaderMayDieAgainAndAgain() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.start()) {
            KillDrill.Figures figures = KillDrill.run("kill-drill", KILLS, new KillDrill.Cluster() {
                private int killed;

                @Override
                public ElectionBackend open() {
                    return EtcdBackend.connect(EtcdOptions.of(etcd.endpoints()));
                }

                @Override
                public void killLeader() throws Exception {
                    killed = etcd.leader();
                    etcd.kill(killed);
                }

                @Override
                public void restart() throws Exception {
                    etcd.restart(killed);
                    etcd.awaitAll();
                }
            });
            System.out.println("etcd: " + figures);
            assertThat(figures.overlaps()).as("two leaders: %s", figures).isZero();
            assertThat(figures.tokensOutOfOrder()).as("tokens: %s", figures).isZero();
            assertThat(figures.terms()).as("hand-overs: %s", figures).isGreaterThan(KILLS / 2);
        }
    }
}
