package dev.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.election.local.MemoryBackend;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole library over a store in memory, with real threads; no test waits for time to pass. */
@Timeout(60)
class ElectionsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private Elections elections(String store) {
        return Elections.of(MemoryBackend.open("elections-test-" + store));
    }

    @Test
    @DisplayName("E7: One that closes hands over at once to one that waits, with a greater token")
    void handOver() throws Exception {
        try (Elections one = elections("hand-over");
                Elections other = elections("hand-over")) {
            LeaderElector first = one.elector("e").identity("a").start();
            long token = first.awaitLeadership(LONG).orElseThrow().fencingToken();
            LeaderElector second = other.elector("e").identity("b").start();
            first.close();
            assertThat(first.isLeader()).isFalse();
            assertThat(second.awaitLeadership(LONG).orElseThrow().fencingToken())
                    .isGreaterThan(token);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"elector", "elections"})
    @DisplayName("E9: A listener may close its elector, and all elections, and does not wait for itself")
    void closingFromAListener(String what) throws Exception {
        Elections elections = elections("close-listener-" + what);
        CountDownLatch built = new CountDownLatch(1);
        LeaderElector[] elector = new LeaderElector[1];
        elector[0] = elections
                .elector("e")
                .identity("a")
                .listener(new LeadershipListener() {
                    @Override
                    public void onStartedLeading(Leadership leadership) {
                        close(what, elections, elector, built);
                        told.add("closed");
                    }

                    @Override
                    public void onStoppedLeading(EndReason reason) {
                        told.add("stop " + reason);
                    }
                })
                .build();
        built.countDown();
        elector[0].start();
        assertThat(told.take()).isEqualTo("closed");
        assertThat(told.take()).isEqualTo("stop CLOSED");
        elections.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"elector", "elections"})
    @DisplayName("E9: A task may close its elector, and all elections, and does not wait for itself")
    void closingFromATask(String what) throws Exception {
        Elections elections = elections("close-task-" + what);
        CountDownLatch built = new CountDownLatch(1);
        LeaderElector[] elector = new LeaderElector[1];
        elector[0] = elections
                .elector("e")
                .identity("a")
                .task(leadership -> {
                    close(what, elections, elector, built);
                    told.add("closed");
                })
                .build();
        built.countDown();
        elector[0].start();
        assertThat(told.take()).isEqualTo("closed");
        elections.close();
    }

    private static void close(String what, Elections elections, LeaderElector[] elector, CountDownLatch built) {
        try {
            built.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (what.equals("elector")) {
            elector[0].close();
        } else {
            elections.close();
        }
    }

    @Test
    @DisplayName("E9: What follows a resignation may block, and may close everything")
    void blockingAfterAResignation() throws Exception {
        Elections elections = elections("resign");
        LeaderElector elector = elections.elector("e").identity("a").start();
        elector.awaitLeadership(LONG).orElseThrow();
        elector.resign()
                .thenAccept(released -> {
                    elections.close();
                    told.add("released " + released);
                })
                .get(30, TimeUnit.SECONDS);
        assertThat(told).containsExactly("released true");
    }

    @Test
    @DisplayName("E7: Resigning is answered after all elections are closed")
    void resigningAfterTheEnd() throws Exception {
        Elections elections = elections("resign-late");
        LeaderElector elector = elections.elector("e").identity("a").start();
        elections.close();
        assertThat(elector.resign().get(10, TimeUnit.SECONDS)).isTrue();
        elector.close();
        assertThat(elector.awaitLeadership(LONG)).isEmpty();
    }

    @Test
    @DisplayName("S10: Closing is idempotent; afterwards no elector is made")
    void closedIsClosed() {
        Elections elections = elections("closed");
        elections.elector("never-started").identity("a").build();
        elections.close();
        elections.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> elections.elector("e").build());
        assertThatIllegalStateException().isThrownBy(() -> elections.observe("e"));
    }

    @Test
    @DisplayName("S11: A bad name or identity is refused before anything is done, stating the rule")
    void badNames() {
        try (Elections elections = elections("names")) {
            assertThatIllegalArgumentException().isThrownBy(() -> elections.elector("No Name"));
            assertThatIllegalArgumentException().isThrownBy(() -> elections.observe("../etc"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> elections.elector("e").identity("a b"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> elections.elector("e").minimumFencingToken(0));
        }
    }

    @Test
    @DisplayName("An unknown scheme is refused with the schemes at hand, and the module to add")
    void anUnknownScheme() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Elections.open("etcd://host:2379"))
                .withMessageContaining("election-etcd")
                .withMessageContaining("memory:");
    }

    @Test
    @DisplayName("An observer sees who leads, with the token")
    void anObserver() throws Exception {
        try (Elections elections = elections("observer")) {
            LeaderElector elector = elections.elector("e").identity("a").start();
            Leadership term = elector.awaitLeadership(LONG).orElseThrow();
            BlockingQueue<LeaderView> views = new LinkedBlockingQueue<>();
            elections.observe("e", views::add);
            LeaderView view = views.take();
            assertThat(view).isInstanceOfSatisfying(LeaderView.Known.class, known -> {
                assertThat(known.identity()).isEqualTo("a");
                assertThat(known.fencingToken()).hasValue(term.fencingToken());
            });
        }
    }
}
