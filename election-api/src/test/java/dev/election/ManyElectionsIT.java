package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.local.MemoryBackend;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A thousand elections in one process, in real time. */
class ManyElectionsIT {

    private static final int ELECTIONS = 1_000;
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    @Test
    @DisplayName("A thousand leaders that renew need at most 32 live platform threads")
    void aThousandLeadersShareTheirThreads() throws Exception {
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        try (Elections elections = Elections.of(MemoryBackend.open("a-thousand-leaders"))) {
            List<LeaderElector> electors = start(elections);
            awaitAllLeading(electors);
            int added = fewestThreads(electors) - before;
            System.out.printf("threads added by %d leaders: %d%n", ELECTIONS, added);
            assertThat(added).isLessThanOrEqualTo(32);
        }
    }

    /**
     * Over the time in which each renews at least once. The most there ever are tells of the machine: one that stands
     * still for a moment looks like a store that hangs, and gets threads that end again after a second.
     */
    private static int fewestThreads(List<LeaderElector> electors) {
        int fewest = Integer.MAX_VALUE;
        long until = System.nanoTime() + TIMING.renewDeadline().toNanos();
        while (System.nanoTime() < until) {
            fewest = Math.min(fewest, ManagementFactory.getThreadMXBean().getThreadCount());
            LockSupport.parkNanos(20_000_000);
        }
        assertThat(electors).allMatch(LeaderElector::isLeader);
        return fewest;
    }

    @Test
    @DisplayName("A store that hangs for nine elections of ten takes the leadership of none of the others")
    void hangingCallsOfSomeElectionsHoldUpNoOthers() throws Exception {
        HangingBackend store = new HangingBackend(MemoryBackend.open("hangs-for-most"));
        try (Elections elections = Elections.of(store)) {
            List<LeaderElector> electors = start(elections);
            List<Leadership> terms = awaitAllLeading(electors);

            store.hangFor(election -> !election.endsWith("0"));
            // Every term must end or be renewed within the renew deadline; two of them leave no doubt.
            long until =
                    System.nanoTime() + TIMING.renewDeadline().multipliedBy(2).toNanos();
            while (System.nanoTime() < until) {
                for (int i = 0; i < ELECTIONS; i += 10) {
                    assertThat(terms.get(i).isValid())
                            .as("term of election %d", i)
                            .isTrue();
                }
                LockSupport.parkNanos(20_000_000);
            }

            List<String> stillLeading = electors.stream()
                    .filter(LeaderElector::isLeader)
                    .map(LeaderElector::election)
                    .collect(Collectors.toList());
            assertThat(stillLeading).hasSize(ELECTIONS / 10).allMatch(election -> election.endsWith("0"));
        }
    }

    private static List<LeaderElector> start(Elections elections) {
        List<LeaderElector> electors = new ArrayList<>();
        for (int i = 0; i < ELECTIONS; i++) {
            electors.add(elections.elector("e" + i).identity("a").timing(TIMING).start());
        }
        return electors;
    }

    private static List<Leadership> awaitAllLeading(List<LeaderElector> electors) throws InterruptedException {
        List<Leadership> terms = new ArrayList<>();
        for (LeaderElector elector : electors) {
            Optional<Leadership> term = elector.awaitLeadership(Duration.ofSeconds(60));
            assertThat(term).as(elector.toString()).isPresent();
            terms.add(term.orElseThrow());
        }
        return terms;
    }
}
