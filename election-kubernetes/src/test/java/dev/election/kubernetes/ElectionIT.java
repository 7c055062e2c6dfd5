package dev.election.kubernetes;

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
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole elections on a real API server. */
class ElectionIT {

    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofMillis(500));
    private static final Duration LONG = Duration.ofSeconds(30);

    private final KubeServer server = KubeServer.shared();
    private final KubernetesClient admin = server.adminClient();
    private final String election = "election-" + UUID.randomUUID();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Queue<EndReason> ends = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        admin.close();
    }

    /** Another process, as far as the server can tell. */
    private LeaderElector candidate(String identity, Config config, LockKind lock) {
        Elections elections = Elections.of(KubernetesBackend.connect(config, null, lock));
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

    private LeaderElector candidate(String identity, LockKind lock) {
        return candidate(identity, server.adminConfig(), lock);
    }

    private static Leadership awaitTerm(LeaderElector elector) throws Exception {
        return elector.awaitLeadership(LONG).orElseThrow();
    }

    private Resource<? extends HasMetadata> object(LockKind lock) {
        return lock == LockKind.LEASE
                ? admin.leases().inNamespace("default").withName(election)
                : admin.endpoints().inNamespace("default").withName(election);
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void leadershipIsHandedOverWithAGreaterToken(LockKind lock) throws Exception {
        LeaderElector a = candidate("a", lock);
        Leadership first = awaitTerm(a);
        LeaderElector b = candidate("b", lock);
        Await.until(
                "b sees a",
                () -> b.leader() instanceof LeaderView.Known known
                        && known.identity().equals("a"));
        assertThat(b.isLeader()).isFalse();

        assertThat(a.resign().get()).isTrue();

        Leadership second = awaitTerm(b);
        assertThat(first.isValid()).isFalse();
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aLeaderThatIsCutOffStopsBeforeAnotherLeads(LockKind lock) throws Exception {
        Config direct = server.adminConfig();
        try (TcpProxy network = server.proxy()) {
            Config through = server.adminConfig();
            through.setMasterUrl("https://127.0.0.1:" + network.port() + "/");
            LeaderElector a = candidate("a", through, lock);
            Leadership first = awaitTerm(a);
            LeaderElector b = candidate("b", direct, lock);
            Await.until("b follows", () -> b.leader() instanceof LeaderView.Known);

            network.hold();

            Await.until("b leads", () -> {
                boolean others = b.isLeader();
                assertThat(first.isValid() && others).as("both lead").isFalse();
                return others;
            });
            assertThat(ends).containsExactly(EndReason.EXPIRED);
            network.release();
            Await.until(
                    "a follows b",
                    () -> a.leader() instanceof LeaderView.Known known
                            && known.identity().equals("b"));
            assertThat(first.isValid()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aLabelThatSomebodyAddsCostsNoLeadershipAndStays(LockKind lock) throws Exception {
        LeaderElector a = candidate("a", lock);
        Leadership term = awaitTerm(a);

        object(lock).edit(found -> {
            found.getMetadata().setLabels(Map.of("team", "blue"));
            return found;
        });

        String before = object(lock).get().getMetadata().getResourceVersion();
        Await.until(
                "two more renewals",
                () -> Long.parseLong(object(lock).get().getMetadata().getResourceVersion())
                        >= Long.parseLong(before) + 2);
        assertThat(term.isValid()).isTrue();
        assertThat(ends).isEmpty();
        assertThat(object(lock).get().getMetadata().getLabels()).containsEntry("team", "blue");
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void aRecordThatIsDeletedEndsTheTermAndTokensGrowOn(LockKind lock) throws Exception {
        LeaderElector a = candidate("a", lock);
        Leadership first = awaitTerm(a);

        object(lock).delete();

        Await.until("the term ends", () -> !first.isValid());
        Await.until("the end was told", () -> ends.contains(EndReason.CONFLICT));
        Leadership second = awaitTerm(a);
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
    }
}
