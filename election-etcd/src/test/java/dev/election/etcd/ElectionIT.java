package dev.election.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.EndReason;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import dev.election.spi.ElectionBackend;
import dev.election.tck.TcpProxy;
import dev.election.tck.servers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole elections on a real etcd. */
class ElectionIT {

    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofMillis(500));
    private static final Duration LONG = Duration.ofSeconds(30);

    private final EtcdServer server = EtcdServer.shared();
    private final String election = "election-" + UUID.randomUUID();
    private final List<Elections> opened = new ArrayList<>();
    private final Queue<EndReason> ends = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        opened.forEach(Elections::close);
    }

    private ElectionBackend backend() {
        return EtcdBackend.connect(EtcdOptions.of(server.endpoint()));
    }

    /** Another process, as far as etcd can tell. */
    private LeaderElector candidate(String identity, ElectionBackend backend) {
        Elections elections = Elections.of(backend);
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

    private static Leadership awaitTerm(LeaderElector elector) throws Exception {
        return elector.awaitLeadership(LONG).orElseThrow();
    }

    private static boolean sees(LeaderElector candidate, String leader) {
        return candidate.leader() instanceof LeaderView.Known known
                && known.identity().equals(leader);
    }

    @Test
    void threeCandidatesLeadOneAfterTheOtherWithGrowingTokens() throws Exception {
        List<LeaderElector> candidates = new ArrayList<>();
        for (String identity : List.of("a", "b", "c")) {
            candidates.add(candidate(identity, backend()));
        }
        long token = 0;
        while (!candidates.isEmpty()) {
            Await.until("one leads", () -> candidates.stream().anyMatch(LeaderElector::isLeader));
            LeaderElector leader = candidates.stream()
                    .filter(LeaderElector::isLeader)
                    .findFirst()
                    .orElseThrow();
            Leadership term = leader.leadership().orElseThrow();
            assertThat(term.fencingToken()).isGreaterThan(token);
            token = term.fencingToken();
            Await.until(
                    "the others see it",
                    () -> candidates.stream().allMatch(candidate -> sees(candidate, leader.identity())));
            assertThat(candidates.stream().filter(LeaderElector::isLeader)).containsExactly(leader);
            candidates.remove(leader);
            leader.close();
            assertThat(term.isValid()).isFalse();
        }
        Await.until("all ends were told", () -> ends.size() == 3);
        assertThat(ends).containsOnly(EndReason.CLOSED);
    }

    @Test
    void aLeaderThatIsCutOffStopsBeforeAnotherLeads() throws Exception {
        try (TcpProxy network = new TcpProxy("127.0.0.1", server.port())) {
            LeaderElector a = candidate("a", EtcdBackend.connect(EtcdOptions.of("127.0.0.1:" + network.port())));
            Leadership first = awaitTerm(a);
            LeaderElector b = candidate("b", backend());
            Await.until("b follows", () -> sees(b, "a"));

            network.hold();

            Await.until("b leads", () -> {
                boolean others = b.isLeader();
                assertThat(first.isValid() && others).as("both lead").isFalse();
                return others;
            });
            assertThat(ends).containsExactly(EndReason.EXPIRED);
            network.release();
            Await.until("a follows b", () -> sees(a, "b"));
            assertThat(first.isValid()).isFalse();
        }
    }

    @Test
    void oneCallThatHangsCostsNoLeadership() throws Exception {
        try (TcpProxy network = new TcpProxy("127.0.0.1", server.port())) {
            LeaderElector a = candidate("a", EtcdBackend.connect(EtcdOptions.of("127.0.0.1:" + network.port())));
            Leadership term = awaitTerm(a);
            int connections = network.accepted();
            network.forget(); // the connection is dead, and nobody says so
            Await.until("it took a new one", () -> network.accepted() > connections);
            Await.until(
                    "it has renewed",
                    () -> term.remaining().compareTo(TIMING.renewDeadline().minusMillis(300)) > 0);
            assertThat(ends).isEmpty();
        }
    }

    @Test
    void aRecordThatIsDeletedEndsTheTermAndTokensGrowOn() throws Exception {
        LeaderElector a = candidate("a", backend());
        Leadership first = awaitTerm(a);

        server.etcdctl("del", EtcdOptions.DEFAULT_PREFIX + election);

        Await.until("the term ends", () -> !first.isValid());
        Await.until("the end was told", () -> ends.contains(EndReason.CONFLICT));
        assertThat(awaitTerm(a).fencingToken()).isGreaterThan(first.fencingToken());
    }

    @Test
    void etcdMayBeGoneForAWhileAndTheElectionGoesOn() throws Exception {
        try (EtcdServer own = EtcdServer.start()) {
            LeaderElector a = candidate("a", EtcdBackend.connect(EtcdOptions.of(own.endpoint())));
            Leadership first = awaitTerm(a);
            own.kill();
            Await.until("the term ends", () -> !first.isValid());
            own.restart();
            Leadership second = awaitTerm(a);
            assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
        }
    }
}
