package dev.election.tck.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.local.MemoryBackend;
import dev.election.spi.ElectionBackend;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** That the drill sees what it is there to see, on stores that know no kills. */
class KillDrillTest {

    private static final int KILLS = 4;

    private final String store = UUID.randomUUID().toString();
    private final AtomicInteger killed = new AtomicInteger();
    private final AtomicInteger restarted = new AtomicInteger();

    private KillDrill.Figures drill(Supplier<ElectionBackend> open) throws Exception {
        return KillDrill.run("drill", KILLS, new KillDrill.Cluster() {
            @Override
            public ElectionBackend open() {
                return open.get();
            }

            @Override
            public void killLeader() {
                killed.incrementAndGet();
            }

            @Override
            public void restart() {
                restarted.incrementAndGet();
            }
        });
    }

    @Test
    void oneStoreHasOneLeaderAtATime() throws Exception {
        KillDrill.Figures figures = drill(() -> MemoryBackend.open(store));
        assertThat(figures.overlaps()).isZero();
        assertThat(figures.tokensOutOfOrder()).isZero();
        assertThat(figures.terms()).as("one, and one more for each hand-over").isGreaterThanOrEqualTo(1 + KILLS / 2);
        assertThat(figures.longestGap()).as("a hand-over leaves a gap").isPositive();
        assertThat(killed).hasValue(KILLS);
        assertThat(restarted).hasValue(KILLS);
    }

    @Test
    void candidatesOfStoresOfTheirOwnAllLeadAndThatIsSeen() throws Exception {
        AtomicInteger views = new AtomicInteger();
        KillDrill.Figures figures = drill(() -> MemoryBackend.open(store + views.incrementAndGet()));
        assertThat(figures.overlaps()).isPositive();
        assertThat(figures.tokensOutOfOrder()).isPositive();
        assertThat(figures.toString()).contains("kills=4 ", "tokens_out_of_order=", "longest_gap_ms=");
    }
}
