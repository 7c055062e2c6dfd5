package dev.election.tck;

import static dev.election.tck.Rule.E11;
import static dev.election.tck.Scene.AT_ONCE;
import static dev.election.tck.Scene.LEASE;
import static dev.election.tck.Scene.RETRY;

import dev.election.Leadership;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule E11: when a lock is taken over that was given back, and what events may and may not do. */
abstract class TakeOverRules extends ElectionRules {

    /** While its watch is open, a follower polls no more often than this. */
    private static final Duration NET = LEASE.multipliedBy(6).dividedBy(5);

    TakeOverRules(Kit kit) {
        super(kit);
    }

    @Test
    @Proves(E11)
    @DisplayName("a lock that was given back is taken over at once by its event, or by the next poll without a watch")
    void aReleaseIsTakenOver() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        for (int i = 0; i < 3; i++) {
            a.resign();
            scene().until(b::leads, "b takes over", scene().news().plus(AT_ONCE));
            scene().advance(scene().news());
            b.resign();
            scene().until(a::leads, "a takes over", scene().news().plus(AT_ONCE));
            scene().advance(scene().news());
        }
    }

    @Test
    @Proves(E11)
    @DisplayName("of several followers exactly one takes over, and the others follow it")
    void oneOfSeveralTakesOver() throws Exception {
        Candidate a = scene().leader("a");
        List<Candidate> followers = new ArrayList<>();
        for (String identity : List.of("b", "c", "d")) {
            followers.add(scene().follower(identity));
        }
        a.resign();
        scene().until(
                        () -> followers.stream().anyMatch(Candidate::leads),
                        "one takes over",
                        scene().news().plus(RETRY));
        scene().advance(LEASE);
        scene().expectEqual(1L, followers.stream().filter(Candidate::leads).count(), "how many lead");
        scene().expectEqual(2, scene().record().transitions(), "how often the lock changed hands");
    }

    @Test
    @Proves(E11)
    @DisplayName("events that are lost delay a take-over until the next poll, and no longer")
    void pollingIsTheNet() throws Exception {
        kit().needs(Capability.WATCH);
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        b.backend().everyEvent(EventFault.LOSE);
        scene().advance(NET); // so that it has seen who leads
        a.resign();
        scene().until(b::leads, "b takes over", NET.plus(AT_ONCE));
    }

    @Test
    @Proves(E11)
    @DisplayName("a watch that was lost is opened again, and what it missed is read")
    void aLostWatchIsOpenedAgain() throws Exception {
        kit().needs(Capability.WATCH);
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        b.backend().nextEvents(EventFault.END_WATCH); // which is that of the release
        a.resign();
        scene().until(b::leads, "b takes over", RETRY);
        scene().advance(RETRY);
        b.resign();
        scene().until(a::leads, "a takes over", AT_ONCE);
        scene().advance(RETRY);
        a.resign();
        scene().until(b::leads, "b takes over by the event of its new watch", AT_ONCE);
    }

    @Test
    @Proves(E11)
    @DisplayName("events that come twice, show no record, or are old, depose nobody and delay nothing")
    void oddEventsDoNoHarm() throws Exception {
        kit().needs(Capability.WATCH);
        Candidate a = scene().leader("a");
        Snapshot old = scene().stored();
        Candidate b = scene().follower("b");
        Leadership term = a.term();
        a.renew();
        for (EventFault fault : List.of(EventFault.REPEAT, EventFault.HIDE)) {
            a.backend().everyEvent(fault);
            b.backend().everyEvent(fault);
            scene().advance(LEASE);
        }
        a.backend().tell(scene().election(), old);
        b.backend().tell(scene().election(), old);
        scene().advance(LEASE);
        scene().expect(term.isValid() && !b.leads(), "a leads on in the same term");
        a.resign();
        scene().until(b::leads, "b takes over", AT_ONCE);
    }

    @Test
    @Proves(E11)
    @DisplayName("an event that says that somebody else leads makes a leader read, and does not depose it")
    void anEventAloneDeposesNobody() throws Exception {
        kit().needs(Capability.WATCH);
        Candidate a = scene().leader("a");
        Leadership term = a.term();
        a.renew();
        a.backend().tell(scene().election(), Snapshot.ABSENT);
        scene().advance(Duration.ZERO);
        scene().expect(term.isValid(), "an event that shows no record ends no term while the record is there");
        a.backend().tell(scene().election(), null);
        scene().advance(Duration.ZERO);
        scene().expect(term.isValid(), "an event that shows nothing ends no term");
        Version later = new Later(scene().stored().version().revision() + 1);
        a.backend().tell(scene().election(), new Snapshot(scene().foreign("somebody", 0), later));
        scene().advance(Duration.ZERO);
        scene().expect(term.isValid(), "an event ends no term while the record is what a wrote");
        scene().advance(LEASE.multipliedBy(2));
        scene().expect(term.isValid(), "a leads on in the same term");
    }

    /** A version that no store has given out. */
    private record Later(long revision) implements Version {}
}
