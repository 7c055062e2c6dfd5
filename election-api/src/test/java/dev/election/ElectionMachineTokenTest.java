package dev.election;

import static dev.election.MachineFixture.LEASE;
import static dev.election.MachineFixture.ME;
import static dev.election.MachineFixture.OTHER;
import static dev.election.MachineFixture.RETRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Fencing tokens and identities: rules E6 and E10. */
class ElectionMachineTokenTest {

    private MachineFixture f = new MachineFixture();

    private long tokenOverReleased(long token, long revision) {
        f.revisionIs(revision - 1).sees(f.stored(f.released(OTHER, token)));
        return f.write().next().fencingToken();
    }

    @Test
    @DisplayName("E6: The token is one more than the last when the revision is smaller")
    void theTokenFollowsTheLast() {
        assertThat(tokenOverReleased(40, 7)).isEqualTo(41);
    }

    @Test
    @DisplayName("E6: The token is the revision that was replaced when that is greater")
    void theTokenIsTheRevision() {
        assertThat(tokenOverReleased(3, 700)).isEqualTo(700);
    }

    @Test
    @DisplayName("E6: The token is at least the minimum that the operator sets")
    void theTokenIsAtLeastTheMinimum() {
        f = new MachineFixture(MachineFixture.settings(ElectionTiming.DEFAULT, true, false, 5_000));
        assertThat(tokenOverReleased(3, 700)).isEqualTo(5_000);
    }

    @Test
    @DisplayName("E6: A minimum that is long passed changes nothing")
    void aSmallMinimumChangesNothing() {
        f = new MachineFixture(MachineFixture.settings(ElectionTiming.DEFAULT, true, false, 10));
        assertThat(tokenOverReleased(40, 7)).isEqualTo(41);
    }

    @Test
    @DisplayName("E6: The token that is announced is the one that was written")
    void theAnnouncedTokenIsTheWrittenOne() {
        long written = tokenOverReleased(40, 7);
        assertThat(f.applied().effect(Effect.TermStarted.class).fencingToken()).isEqualTo(written);
    }

    @Test
    @DisplayName("E6: After a deletion the token is greater than any seen before, whatever the record says now")
    void theTokenGrowsAcrossDeletion() {
        f.sees(f.stored(f.held(OTHER, 900))).pass(RETRY).found(Snapshot.ABSENT);
        assertThat(f.write().next().fencingToken()).isEqualTo(900);
        Snapshot created = f.stored(f.createdBy("third_i3"));
        f.conflict(created).polls(LEASE, created);
        assertThat(f.write().next().fencingToken()).isEqualTo(901);
    }

    @Test
    @DisplayName("E6: A token left in a foreign holder's record is a floor")
    void aForeignersTokenIsAFloor() {
        f.sees(f.stored(f.foreign("pod-7", 60, LEASE))).polls(LEASE, f.last());
        assertThat(f.write().next().fencingToken()).isEqualTo(61);
    }

    @Test
    @DisplayName("E6: The same candidate's next term has a greater token")
    void theNextTermHasAGreaterToken() {
        long first = f.leading().effect(Effect.TermStarted.class).fencingToken();
        f.foundExpired(1).workStopped(1).polls(LEASE, f.last());
        assertThat(f.write().next().fencingToken()).isGreaterThan(first);
        assertThat(f.write().next().transitions()).as("it did not change hands").isEqualTo(1);
        assertThat(f.applied().effect(Effect.TermStarted.class).term()).isEqualTo(2);
    }

    @Test
    @DisplayName("E6: The greatest token of all can be given out; after it no candidate leads, and all say so")
    void theGreatestToken() {
        assertThat(tokenOverReleased(Long.MAX_VALUE - 1, 7)).isEqualTo(Long.MAX_VALUE);

        f = new MachineFixture();
        f.sees(f.stored(f.released(OTHER, Long.MAX_VALUE))).didNot(Effect.Invoke.class);
        assertThat(f.effect(Effect.HealthChanged.class).problem()).contains("token", "delete");
        for (int i = 0; i < 20; i++) {
            f.untilItAsks().reads().found(f.last()).didNot(Effect.HealthChanged.class);
        }
    }

    @Test
    @DisplayName("E6: The view tells the token of our own kind's leader, and calls a foreigner's unknown")
    void theViewOfTokens() {
        f.sees(f.stored(f.held(OTHER, 40)));
        assertThat(f.effect(Effect.LeaderChanged.class).view())
                .isEqualTo(new LeaderView.Known("other", OptionalLong.of(40), Duration.ZERO));
        f.pass(RETRY).found(f.stored(f.foreign("pod_7", 40, LEASE)));
        assertThat(f.effect(Effect.LeaderChanged.class).view())
                .isEqualTo(new LeaderView.Known("pod_7", OptionalLong.empty(), Duration.ZERO));
    }

    @Test
    @DisplayName("E10: Another process of the same identity is somebody else")
    void anotherIncarnationIsSomebodyElse() {
        f.sees(f.stored(f.held("me_i0", 4)));
        assertThat(f.awaitsAnswer()).isFalse();
        assertThat(f.effect(Effect.LeaderChanged.class).view())
                .isEqualTo(new LeaderView.Known("me", OptionalLong.of(4), Duration.ZERO));
        f.polls(LEASE, f.last());
        assertThat(f.write().next().holder()).isEqualTo(ME);
        assertThat(f.write().next().transitions()).isEqualTo(2);
    }

    @Test
    @DisplayName("E10: A renewal by another process of the same identity deposes")
    void anotherIncarnationDeposes() {
        f.leading().pass(RETRY.multipliedBy(2)).conflict(f.stored(f.held("me_i0", 4)));
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.CONFLICT);
    }

    @Test
    @DisplayName("E6: Transitions count changes of hands, and stay at their greatest")
    void transitionsDoNotOverflow() {
        LockRecord full = new LockRecord("", LEASE, f.now().wall(), f.now().wall(), Integer.MAX_VALUE, 4, "i2.1");
        f.sees(f.stored(full));
        assertThat(f.write().next().transitions()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    @DisplayName("E6: A record is written as the store will hold it, which is how it is recognised")
    void theRecordIsWrittenAsStored() {
        Settings rounding = new Settings(
                "me",
                "i1",
                ElectionTiming.DEFAULT,
                true,
                false,
                1,
                (next, replaced) -> new LockRecord(
                        next.holder(),
                        Duration.ofSeconds(60),
                        next.acquired(),
                        next.renewed(),
                        next.transitions(),
                        next.fencingToken(),
                        next.attempt()));
        f = new MachineFixture(rounding);
        f.sees(f.stored(f.released(OTHER, 4)));
        assertThat(f.write().next().leaseDuration()).isEqualTo(Duration.ofSeconds(60));
        LockRecord wrote = f.write().next();
        f.unknown().pass(RETRY).found(f.stored(wrote)).did(Effect.TermStarted.class);
    }
}
