package dev.election.tck;

import static dev.election.tck.Rule.E10;
import static dev.election.tck.Scene.LEASE;
import static dev.election.tck.Scene.RETRY;

import dev.election.LeaderObserver;
import dev.election.LeaderView;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule E10. */
abstract class IdentityRules extends ElectionRules {

    IdentityRules(Kit kit) {
        super(kit);
    }

    @Test
    @Proves(E10)
    @DisplayName("of two processes with the same identity one leads, and the other one after it")
    void twoProcessesWithOneIdentity() throws Exception {
        Candidate one = scene().leader("same");
        Candidate two = scene().follower("same");
        String first = scene().record().holder();
        scene().advance(LEASE.multipliedBy(3));
        scene().expect(one.leads() && !two.leads(), "the first process leads on, and the second does not");
        one.resign();
        scene().until(
                        two::leads,
                        "the second process leads after the first",
                        scene().news().plus(RETRY));
        String second = scene().record().holder();
        scene().expect(
                        first.startsWith("same_") && second.startsWith("same_") && !first.equals(second),
                        "the holder on the wire is the identity and a suffix of the process; it was " + first
                                + ", then " + second);
    }

    @Test
    @Proves(E10)
    @DisplayName("who looks on sees the identity without its suffix, that nobody leads, and that it is not known")
    void theViewTellsTheIdentity() throws Exception {
        Candidate a = scene().leader("a_b");
        Candidate b = scene().follower("b");
        try (LeaderObserver observer = b.elections().observe(scene().election())) {
            scene().until(() -> sees(observer.leader(), "a_b"), "an observer sees who leads", RETRY);
            scene().expect(sees(b.elector().leader(), "a_b"), "a follower sees who leads");
            b.close();
            scene().expect(sees(a.elector().leader(), "a_b"), "a leader sees itself");
        }
        Candidate c = scene().candidate("c");
        try (LeaderObserver observer = c.elections().observe(scene().election())) {
            scene().until(() -> sees(observer.leader(), "a_b"), "an observer sees who leads", RETRY);
            a.resign();
            scene().until(
                            () -> observer.leader() instanceof LeaderView.None,
                            "it sees that nobody leads",
                            scene().news());
            scene().until(a::leads, "a leads again", LEASE.plus(RETRY));
            scene().until(() -> sees(observer.leader(), "a_b"), "an observer sees who leads", scene().news());
            c.backend().cutOff();
            scene().until(
                            () -> observer.leader() instanceof LeaderView.Unknown,
                            "an observer that sees no renewals knows that it does not know",
                            LEASE.plus(RETRY));
        }
    }

    private static boolean sees(LeaderView view, String identity) {
        return view instanceof LeaderView.Known known && known.identity().equals(identity);
    }
}
