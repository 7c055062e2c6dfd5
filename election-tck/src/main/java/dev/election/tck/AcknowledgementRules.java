package dev.election.tck;

import static dev.election.tck.Rule.E15;
import static dev.election.tck.Rule.E5;
import static dev.election.tck.Scene.AT_ONCE;
import static dev.election.tck.Scene.DEADLINE;
import static dev.election.tck.Scene.LEASE;
import static dev.election.tck.Scene.RETRY;

import dev.election.LeaderElector;
import dev.election.Leadership;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules E5 and E15: what makes a leader, and what unmakes it. */
abstract class AcknowledgementRules extends ElectionRules {

    AcknowledgementRules(Kit kit) {
        super(kit);
    }

    @Test
    @Proves(E5)
    @DisplayName("an acquisition whose answer was lost is found by reading, and not repeated")
    void aLostAnswerIsFoundByReading() throws Exception {
        Candidate a = scene().candidate("a");
        a.backend().nextWrites(Fault.dropAfter(), Fault.dropAfter()); // creates, acquires
        a.start();
        scene().until(a::leads, "a finds that it holds the lock", RETRY.multipliedBy(3));
        scene().expectEqual(1, scene().record().transitions(), "how often the lock changed hands");
        scene().expectEqual(scene().record().fencingToken(), a.token(), "the token of a's term");
        scene().advance(LEASE.multipliedBy(2));
        scene().expectEqual(List.of("started"), a.told(), "what a was told");
    }

    @Test
    @Proves(E5)
    @DisplayName("a renewal whose answer was lost extends the term, from its own sending, once it is found")
    void aLostRenewalIsFound() throws Exception {
        Candidate a = scene().leader("a");
        a.renew();
        Version before = scene().stored().version();
        // The second write meets the first, of which its conflict tells, and none after it arrives. Where an event made
        // the candidate read first, the second is a renewal like any other, and the last that arrives.
        a.backend().nextWrites(Fault.dropAfter(), Fault.none());
        a.backend().everyWrite(Fault.dropBefore());
        Version[] last = {before};
        long[] sent = {0};
        scene().until(
                        () -> {
                            Version now = scene().stored().version();
                            if (!now.equals(last[0])) {
                                last[0] = now;
                                sent[0] = scene().now();
                            }
                            return !a.leads();
                        },
                        "a's term ends when no more renewals arrive",
                        DEADLINE.multipliedBy(3));
        scene().expect(!last[0].equals(before), "a has sent a renewal");
        scene().expectEqual(DEADLINE, scene().since(sent[0]), "the time from the last renewal in the store to the end");
    }

    @Test
    @Proves(E5)
    @DisplayName("nobody leads by a write that was not applied")
    void nobodyLeadsByALostWrite() throws Exception {
        Candidate a = scene().candidate("a");
        a.backend().everyWrite(Fault.dropBefore());
        a.start();
        scene().advance(LEASE.multipliedBy(3));
        scene().expectEqual(List.of(), a.told(), "what a was told while none of its writes arrived");
        a.backend().heal();
        scene().until(a::leads, "a leads when its writes arrive", RETRY.multipliedBy(3));
    }

    @Test
    @Proves(E5)
    @DisplayName("an acquisition that arrives late makes no second leader")
    void aLateWriteMakesNoSecondLeader() throws Exception {
        Candidate before = scene().leader("before");
        Candidate a = scene().follower("a");
        a.backend().nextWrites(Fault.lateApply(RETRY.multipliedBy(3)));
        a.backend().everyWrite(Fault.dropBefore());
        before.resign();
        scene().advance(scene().news());
        Candidate b = scene().candidate("b").start();
        scene().until(b::leads, "b leads while a's acquisition is on its way", RETRY);
        Leadership term = b.term();
        scene().advance(LEASE);
        scene().expect(term.isValid() && !a.leads(), "b leads on when a's acquisition has arrived");
    }

    @Test
    @Proves(E5)
    @DisplayName("the elections of one store have nothing to do with each other")
    void electionsAreSeparate() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        Leadership term = a.term();
        String another = kit().newElection();
        LeaderElector other =
                b.elections().elector(another).timing(Scene.TIMING).start();
        scene().until(other::isLeader, "b leads another election than a", RETRY);
        other.resign();
        scene().advance(RETRY);
        scene().expect(term.isValid() && !other.isLeader(), "a leads its own election on");
    }

    @Test
    @Proves(E15)
    @DisplayName("somebody else's change beside the record ends no term")
    void aTouchedLabelEndsNothing() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        Leadership term = a.term();
        a.renew();
        for (int i = 0; i < 3; i++) {
            scene().touch();
            scene().advance(LEASE.dividedBy(2));
            scene().expect(term.isValid(), "a leads in the same term after somebody touched the record beside it");
        }
        scene().expectEqual(List.of("started"), a.told(), "what a was told");
        scene().expect(!b.leads(), "b does not lead");
    }

    @Test
    @Proves(E15)
    @DisplayName("a term ends at once when the record says that somebody else leads")
    void aConflictEndsTheTerm() throws Exception {
        Candidate a = scene().leader("a");
        Leadership term = a.term();
        a.renew();
        long from = scene().now();
        scene().overwrite(scene().foreign("somebody", term.fencingToken()));
        Duration notice = scene().watches() ? AT_ONCE : DEADLINE.dividedBy(3).plus(AT_ONCE);
        scene().until(() -> !term.isValid(), "a's term ends when it learns of somebody else's", notice);
        scene().expectEqual(List.of("started", "stopped: CONFLICT"), a.told(), "what a was told");
        scene().until(a::leads, "a takes over from somebody who does not renew", LEASE.plus(RETRY));
        scene().expectAtLeast(LEASE, scene().since(from), "taking over from somebody else");
    }

    @Test
    @Proves(E15)
    @DisplayName("a term ends when its record was deleted")
    void aDeletionEndsTheTerm() throws Exception {
        Candidate a = scene().leader("a");
        Leadership term = a.term();
        a.renew();
        scene().delete();
        Duration notice = scene().watches() ? AT_ONCE : DEADLINE.dividedBy(3).plus(AT_ONCE);
        scene().until(() -> !term.isValid(), "a's term ends when its record is gone", notice);
        scene().expectEqual(List.of("started", "stopped: CONFLICT"), a.told(), "what a was told");
        scene().until(a::leads, "a leads again", LEASE.plus(RETRY.multipliedBy(2)));
    }
}
