package dev.election.tck;

import static dev.election.tck.Rule.E11;
import static dev.election.tck.Rule.E13;
import static dev.election.tck.Rule.E3;
import static dev.election.tck.Scene.AT_ONCE;
import static dev.election.tck.Scene.LEASE;
import static dev.election.tck.Scene.RETRY;
import static dev.election.tck.Scene.TIMING;

import dev.election.Leadership;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule E3: how long followers wait. */
abstract class WaitingRules extends ElectionRules {

    WaitingRules(Kit kit) {
        super(kit);
    }

    @Test
    @Proves({E3, E11})
    @DisplayName("after a crash nobody leads before the lease has run out, and soon after somebody does")
    void aCrashIsWaitedOut() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        a.renew();
        a.crash();
        long from = scene().now();
        scene().until(
                        b::leads,
                        "b takes over from a, which has crashed",
                        LEASE.plus(scene().news()).plus(AT_ONCE));
        scene().expectAtLeast(LEASE, scene().since(from), "taking over");
    }

    @Test
    @Proves({E3, E13})
    @DisplayName("clocks that drift as far as they may leave the leader's work the time to stop that was promised")
    void driftingClocksLeaveTimeToStop() throws Exception {
        Candidate slow = scene().candidate("slow", 1 - TIMING.driftBound()).start();
        scene().until(slow::leads, "slow leads", RETRY);
        Candidate fast = scene().candidate("fast", 1 + TIMING.driftBound()).start();
        scene().advance(RETRY);
        Leadership term = slow.term();
        slow.renew();
        slow.crash();
        scene().until(() -> !term.isValid(), "the term of slow ends", LEASE);
        long end = slow.clock().nanoTime();
        scene().until(fast::leads, "fast takes over", LEASE);
        Duration left = Duration.ofNanos(slow.clock().nanoTime() - end);
        scene().expectAtLeast(
                        TIMING.stopBudget().minus(Duration.ofNanos(10)), left, "by the clock of slow, the take-over");
    }

    @Test
    @Proves(E3)
    @DisplayName("a record is waited out for its own duration, not for that of who waits")
    void theRecordsOwnDurationCounts() throws Exception {
        scene().overwrite(scene().foreign("somebody", 1, LEASE.plusSeconds(30)));
        Duration lease = scene().record().leaseDuration();
        Candidate a = scene().candidate("a").start();
        long from = scene().now();
        scene().until(a::leads, "a takes over", lease.plus(AT_ONCE));
        scene().expectAtLeast(
                        LEASE.plusSeconds(30), scene().since(from), "taking over from somebody with a longer lease");
    }

    @Test
    @Proves(E3)
    @DisplayName("a holder that renews its lease is waited out anew each time")
    void everyRenewalCounts() throws Exception {
        Candidate a = scene().candidate("a").start();
        for (int i = 0; i < 4; i++) {
            scene().overwrite(scene().foreign("somebody", 1));
            scene().advance(LEASE.dividedBy(2));
            scene().expect(!a.leads(), "a does not take over from somebody who renews");
        }
        scene().until(a::leads, "a takes over when somebody renews no longer", LEASE);
    }

    @Test
    @Proves(E3)
    @DisplayName("a record that was deleted is taken only when the lease of its last holder has run out")
    void aDeletedRecordIsWaitedOut() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        a.renew();
        a.crash();
        long from = scene().now();
        scene().delete();
        scene().until(
                        b::leads,
                        "b takes over after the record was deleted",
                        LEASE.plus(scene().news()).plus(RETRY));
        scene().expectAtLeast(LEASE, scene().since(from), "taking over a record that somebody deleted");
    }

    @Test
    @Proves(E3)
    @DisplayName("a record that turned free without its holder's own release is waited out")
    void aRecordClearedByAnotherIsWaitedOut() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        a.renew();
        long token = a.token();
        a.crash();
        long from = scene().now();
        scene().overwrite(scene().foreign("", token));
        scene().until(
                        b::leads,
                        "b takes over after the record was cleared",
                        LEASE.plus(scene().news()).plus(RETRY));
        scene().expectAtLeast(LEASE, scene().since(from), "taking over a record that was cleared by somebody else");
    }

    @Test
    @Proves(E3)
    @DisplayName("a process that was restarted waits like any other, though it has the same identity")
    void aRestartWaits() throws Exception {
        Candidate a = scene().leader("a");
        a.renew();
        a.crash();
        Candidate again = scene().candidate("a").start();
        long from = scene().now();
        scene().until(again::leads, "a leads after its restart", LEASE.plus(AT_ONCE));
        scene().expectAtLeast(LEASE, scene().since(from), "taking over from one's former self");
    }
}
