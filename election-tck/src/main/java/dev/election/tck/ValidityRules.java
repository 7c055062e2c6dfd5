package dev.election.tck;

import static dev.election.tck.Rule.E1;
import static dev.election.tck.Rule.E12;
import static dev.election.tck.Rule.E2;
import static dev.election.tck.Scene.DEADLINE;
import static dev.election.tck.Scene.LEASE;
import static dev.election.tck.Scene.TICK;

import dev.election.Leadership;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules E1 and E2: how long a term lasts. */
abstract class ValidityRules extends ElectionRules {

    private static final Duration SLOW = Duration.ofSeconds(8);

    ValidityRules(Kit kit) {
        super(kit);
    }

    @Test
    @Proves(E1)
    @DisplayName("a term counts from the sending of the acquisition, not from its slow answer")
    void acquisitionCountsFromItsSending() throws Exception {
        Candidate a = scene().candidate("a");
        a.backend().nextWrites(Fault.none(), Fault.delayAnswer(SLOW)); // creates, acquires
        a.start();
        scene().until(a::leads, "a leads", SLOW.plus(Scene.RETRY));
        scene().expectEqual(
                        DEADLINE.minus(SLOW),
                        a.term().remaining(),
                        "what remains of a term that a write " + SLOW + " ago began");
    }

    @Test
    @Proves(E1)
    @DisplayName("a term is extended from the sending of the renewal, not from its slow answer")
    void renewalCountsFromItsSending() throws Exception {
        Candidate a = scene().leader("a");
        Leadership term = a.term();
        a.renew();
        a.backend().nextWrites(Fault.delayAnswer(SLOW));
        Duration[] before = {term.remaining()};
        scene().until(
                        () -> {
                            boolean extended = term.remaining().compareTo(before[0]) > 0;
                            before[0] = term.remaining();
                            return extended;
                        },
                        "the renewal is acknowledged",
                        DEADLINE);
        scene().expectEqual(
                        DEADLINE.minus(SLOW),
                        term.remaining(),
                        "what remains of a term that was renewed " + SLOW + " ago");
    }

    @Test
    @Proves(E1)
    @DisplayName("renewals whose fate is unknown extend nothing: the term is over D after the last known one was sent")
    void unknownExtendsNothing() throws Exception {
        Candidate a = scene().leader("a");
        a.renew();
        a.backend().everyWrite(Fault.dropBefore());
        isOverAfterTheDeadline(a);
    }

    @Test
    @Proves({E1, E12})
    @DisplayName("a term is over D after its last renewal was sent, even if all calls hang")
    void hangingCallsDoNotDelayTheEnd() throws Exception {
        Candidate a = scene().leader("a");
        a.renew();
        a.backend().everyWrite(Fault.hang(LEASE.multipliedBy(10)));
        a.backend().everyRead(Fault.hang(LEASE.multipliedBy(10)));
        isOverAfterTheDeadline(a);
    }

    private void isOverAfterTheDeadline(Candidate a) {
        long from = scene().now();
        Leadership term = a.term();
        scene().advance(DEADLINE.minus(TICK));
        scene().expect(a.leads() && term.isValid(), "a leads for as long as its term lasts");
        scene().advance(TICK);
        scene().expect(!a.leads() && !term.isValid(), "a does not lead when D has passed since its last renewal");
        scene().expectEqual(List.of("started", "stopped: EXPIRED"), a.told(), "what a was told");
        scene().expectEqual(DEADLINE, Duration.ofNanos(a.lastStop() - from), "the time until a was told");
    }

    @Test
    @Proves(E12)
    @DisplayName("one call that hangs costs no leadership")
    void oneHangingCallCostsNothing() throws Exception {
        Candidate a = scene().leader("a");
        Leadership term = a.term();
        a.renew();
        a.backend().nextWrites(Fault.hang(LEASE.multipliedBy(10)));
        scene().advance(LEASE.multipliedBy(2));
        scene().expect(term.isValid(), "a still leads in the same term after one renewal hung");
    }

    @Test
    @Proves(E2)
    @DisplayName("a process that was stopped reads false at once, before any of its timers could fire")
    void aStoppedProcessReadsFalse() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        Leadership term = a.term();
        a.renew();
        a.clock().pause();
        scene().until(b::leads, "b takes over from a process that was stopped", LEASE.plus(scene().news()));
        scene().expect(!a.leads(), "isLeader() of a stopped process is false");
        scene().expect(!term.isValid() && term.remaining().isZero(), "the term of a stopped process is not valid");
        a.clock().resume();
        scene().advance(Scene.RETRY);
        scene().expect(!a.leads() && b.leads(), "b leads on after a has woken up");
        scene().expectEqual(List.of("started", "stopped: EXPIRED"), a.told(), "what a was told");
    }

    @Test
    @Proves(E2)
    @DisplayName("a machine that slept, by its wall clock alone, reads false at once")
    void aWallClockThatLeapsCounts() throws Exception {
        Candidate a = scene().leader("a");
        Leadership term = a.term();
        a.renew();
        a.clock().jumpWallClock(DEADLINE);
        scene().expect(!a.leads() && !term.isValid(), "a does not lead when its wall clock says that D has passed");
        a.clock().jumpWallClock(DEADLINE.negated());
        scene().expect(!term.isValid(), "what has once been over stays over");
    }

    @Test
    @Proves(E2)
    @DisplayName("a wall clock that is set back lengthens no term")
    void aWallClockSetBackCountsNot() throws Exception {
        Candidate a = scene().leader("a");
        a.renew();
        a.clock().jumpWallClock(LEASE.multipliedBy(-100));
        a.crash();
        isOverAfterTheDeadline(a);
    }
}
