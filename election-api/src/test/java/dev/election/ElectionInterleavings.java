package dev.election;

import static dev.election.Race.require;

import java.time.Duration;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whole candidates, from the handle down to the store, as the application, the timer and the store race for them. All
 * is the shipped code but the clock, which one thread moves, and the pools, whose jobs run in the timer's turn.
 */
@Timeout(900) // for machines that are busy
class ElectionInterleavings {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** One leader, and all that may end its term at once. */
    public static class LeaderUnderFire {

        private final RacedElection election = new RacedElection();
        private final RacedElection.Candidate me = election.leader("me");
        private volatile boolean taken;
        private volatile @Nullable String broken;

        public LeaderUnderFire() {
            Race.begins();
        }

        /** Past the next renewal; three of them pass the deadline, if nothing was renewed. */
        @Operation(nonParallelGroup = "timer")
        public void timePasses() {
            election.time.advance(Duration.ofSeconds(4));
        }

        @Operation
        public void close() {
            me.loop.close();
            if (me.loop.leadership() != null) {
                broken = "leads after it began to close";
            }
        }

        @Operation
        public void workEnds() {
            Leadership term = me.loop.leadership();
            if (term != null) {
                me.loop.giveUp(term, EndReason.TASK_FINISHED);
            }
        }

        @Operation(runOnce = true)
        public void anotherTakesTheLock() {
            taken |= election.takeByForce("other_i2");
            me.seesChange();
        }

        @Operation(runOnce = true)
        public void storeFallsSilent() {
            election.silent = true;
        }

        @Operation
        public void read() {
            Leadership before = me.loop.leadership();
            Leadership after = me.loop.leadership();
            if (after != null && after != before) {
                broken = "a term began, though one led";
            }
        }

        @Validate
        public void once() {
            require(broken == null, String.valueOf(broken));
            me.loop.close();
            // The release may go unanswered: then the bound passes, and the lock is left to expire.
            election.time.advance(ElectionTiming.DEFAULT.leaseDuration().multipliedBy(2));
            require(me.loop.closed().isDone(), "is not closed");
            require(me.loop.leadership() == null, "leads, though closed");
            require(me.told.equals(List.of("start", "stop")), "was told " + me.told);
            String holder = election.record().holder();
            require(!taken || holder.equals("other_i2"), "wrote over another's lock: " + election.record());
            require(taken || election.silent || holder.isEmpty(), "did not give the lock back: " + election.record());
            require(me.loop.failedSteps() == 0, "a step failed");
        }
    }

    @Test
    @DisplayName("E1, E2, E4, E7, E15: However a term's ends race, it ends once, and the lock of another is left alone")
    void leaderUnderFire() {
        Race.run(Race.judgingItself(3, 2), 4, LeaderUnderFire.class);
    }

    /** One that gives up, and one that takes over. */
    public static class HandOver {

        private final RacedElection election = new RacedElection();
        private final RacedElection.Candidate me = election.leader("me");
        private final RacedElection.Candidate other = election.candidate("other");
        private volatile @Nullable String broken;

        public HandOver() {
            Race.begins();
            other.loop.start();
            election.time.advance(Duration.ofMillis(10));
        }

        @Operation(nonParallelGroup = "timer")
        public void timePasses() {
            election.time.advance(SECOND);
        }

        @Operation
        public void watchTells() {
            other.seesChange();
        }

        @Operation
        public void close() {
            me.loop.close();
        }

        @Operation
        public void read() {
            // A term that is over stays over: valid before and after means valid in between.
            Leadership mine = me.loop.leadership();
            Leadership others = other.loop.leadership();
            if (mine != null && others != null && mine.isValid()) {
                broken = "two lead: " + mine + " and " + others;
            }
        }

        @Validate
        public void oneLeads() {
            require(broken == null, String.valueOf(broken));
            me.loop.close();
            election.time.advance(SECOND);
            other.seesChange();
            election.time.advance(SECOND);
            Leadership led = other.loop.leadership();
            require(led != null && led.fencingToken() > 1, "the other does not lead, or with an old token: " + led);
            require(me.told.equals(List.of("start", "stop")), "the first was told " + me.told);
            require(other.told.equals(List.of("start")), "the second was told " + other.told);
        }
    }

    @Test
    @DisplayName("E1, E6, E11: While one gives up and another takes over, nobody ever sees both lead")
    void handOver() {
        Race.run(Race.judgingItself(3, 2), 4, HandOver.class);
    }
}
