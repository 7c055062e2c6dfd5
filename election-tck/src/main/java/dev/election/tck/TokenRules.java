package dev.election.tck;

import static dev.election.tck.Rule.E6;
import static dev.election.tck.Scene.LEASE;
import static dev.election.tck.Scene.RETRY;

import dev.election.LeaderObserver;
import dev.election.LeaderView;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule E6. That tokens grow is checked in every scene; here are the ways in which they could fail to. */
abstract class TokenRules extends ElectionRules {

    TokenRules(Kit kit) {
        super(kit);
    }

    @Test
    @Proves(E6)
    @DisplayName("a term's token is in the record, and the same for as long as it lasts")
    void theTokenIsInTheRecord() throws Exception {
        Candidate a = scene().leader("a");
        long token = a.token();
        scene().expect(token > 0, "a token is positive");
        scene().expectEqual(token, scene().record().fencingToken(), "the token in the record");
        scene().advance(LEASE);
        scene().expectEqual(token, a.token(), "the token of a's term after renewals");
        scene().expectEqual(token, scene().record().fencingToken(), "the token in the record after renewals");
    }

    @Test
    @Proves(E6)
    @DisplayName("tokens grow from hand-over to hand-over, and when one candidate leads again")
    void tokensGrowOverHandOvers() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        long last = a.token();
        for (int i = 0; i < 4; i++) {
            Candidate leader = i % 2 == 0 ? a : b;
            Candidate next = i % 2 == 0 ? b : a;
            leader.resign();
            scene().until(next::leads, "the other one leads", scene().news().plus(RETRY));
            last = grows(last, next, "after a hand-over");
        }
        b.close();
        a.resign();
        scene().until(a::leads, "a leads once more", LEASE.plus(RETRY));
        grows(last, a, "when one candidate leads again");
    }

    @Test
    @Proves(E6)
    @DisplayName("tokens grow over a restart with the same identity")
    void tokensGrowOverRestarts() throws Exception {
        Candidate a = scene().leader("a");
        long last = a.token();
        a.crash();
        Candidate again = scene().candidate("a").start();
        scene().until(again::leads, "a leads after its restart", LEASE.plus(RETRY));
        grows(last, again, "after a restart");
    }

    @Test
    @Proves(E6)
    @DisplayName("tokens grow though the record was deleted by hand, also for a candidate that never saw it")
    void tokensGrowOverDeletions() throws Exception {
        Candidate a = scene().leader("a");
        long last = a.token();
        scene().delete();
        scene().until(() -> !a.leads(), "a notices", LEASE);
        scene().until(a::leads, "a leads again", LEASE.plus(RETRY.multipliedBy(2)));
        last = grows(last, a, "after the record was deleted");
        a.close();
        scene().delete();
        Candidate b = scene().leader("b");
        grows(last, b, "after the record was deleted, for one who never saw it");
    }

    @Test
    @Proves(E6)
    @DisplayName("tokens grow over the terms of other implementations, which may drop the token from the record")
    void tokensGrowOverForeignTerms() throws Exception {
        Candidate a = scene().leader("a");
        long last = a.token();
        scene().overwrite(scene().foreign("somebody", 0));
        scene().until(() -> !a.leads(), "a notices", LEASE);
        a.close();
        Candidate b = scene().candidate("b").start();
        scene().until(b::leads, "b takes over from somebody", LEASE.plus(RETRY));
        grows(last, b, "after somebody else's term");
    }

    @Test
    @Proves(E6)
    @DisplayName("a candidate gives out no token below the minimum that its operator has set")
    void theMinimumIsKept() throws Exception {
        long minimum = 1L << 60;
        Candidate a = scene().candidate("a").minimumToken(minimum).start();
        scene().until(a::leads, "a leads", RETRY);
        scene().expect(a.token() >= minimum, "a's token " + a.token() + " is at least " + minimum);
        Candidate b = scene().follower("b");
        long last = a.token();
        a.resign();
        scene().until(b::leads, "b leads", scene().news().plus(RETRY));
        grows(last, b, "after a token with a minimum");
    }

    @Test
    @Proves(E6)
    @DisplayName("the view tells the token of a term of ours, and of a foreign one that it is unknown")
    void theViewTellsTheToken() throws Exception {
        Candidate a = scene().leader("a");
        try (LeaderObserver observer = a.elections().observe(scene().election())) {
            scene().until(
                            () -> isKnown(observer.leader(), "a", OptionalLong.of(a.token())),
                            "an observer sees a and its token",
                            RETRY);
            scene().overwrite(scene().foreign("somebody", a.token()));
            scene().until(
                            () -> isKnown(observer.leader(), "somebody", OptionalLong.empty()),
                            "an observer sees somebody else, and no token",
                            scene().news());
        }
    }

    private static boolean isKnown(LeaderView view, String identity, OptionalLong token) {
        return view instanceof LeaderView.Known known
                && known.identity().equals(identity)
                && known.fencingToken().equals(token);
    }

    private long grows(long last, Candidate leader, String when) {
        long token = leader.token();
        scene().expect(token > last, "the token grows " + when + ": it was " + last + ", and now is " + token);
        return token;
    }
}
