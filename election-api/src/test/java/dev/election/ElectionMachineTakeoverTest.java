package dev.election;

import static dev.election.MachineFixture.LEASE;
import static dev.election.MachineFixture.ME;
import static dev.election.MachineFixture.OTHER;
import static dev.election.MachineFixture.RETRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionMachine.Phase;
import dev.election.spi.BackendException;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Watching, and the delays before a take-over: rule E11; and what is said of who leads. */
class ElectionMachineTakeoverTest {

    /** R / 400 */
    private static final Duration WINDOW = Duration.ofMillis(5);

    private final MachineFixture f = MachineFixture.watching();

    private MachineFixture following() {
        return f.sees(f.stored(f.held(OTHER, 5))).watchOpened(1).found(f.last());
    }

    @Test
    @DisplayName(
            "E11: The delay before a take-over is drawn from a window of R/400, which doubles with each conflict, up to 4 times")
    void theWindowGrowsWithConflicts() {
        following();
        for (int conflicts : new int[] {0, 1, 2, 2}) {
            f.jitter(1).event(f.stored(f.released(OTHER, 5))).didNot(Effect.Invoke.class);
            Duration window = WINDOW.multipliedBy(1L << conflicts);
            assertThat(f.untilWakeUp()).isEqualTo(window.minusNanos(1));
            f.pass(f.untilWakeUp());
            f.write();
            f.conflict(f.stored(f.held(OTHER, 5)));
        }
    }

    @Test
    @DisplayName("E11: The window shrinks again with each acquisition, and each time that another is quicker")
    void theWindowShrinksAgain() {
        following();
        for (int i = 0; i < 2; i++) {
            f.event(f.stored(f.released(OTHER, 5)));
            f.conflict(f.stored(f.held(OTHER, 5)));
        }
        f.event(f.stored(f.released(OTHER, 5)))
                .applied()
                .resign()
                .workStopped(1)
                .applied();
        f.event(f.stored(f.held(OTHER, 9))).jitter(1).event(f.stored(f.released(OTHER, 9)));
        assertThat(f.untilWakeUp()).isEqualTo(WINDOW.minusNanos(1));
    }

    @Test
    @DisplayName("E11: A renewal that conflicts widens no window")
    void aLeadersConflictWidensNoWindow() {
        LockRecord held = f.leading().last().record();
        f.pass(Duration.ofSeconds(4)).conflict(f.stored(held));
        f.conflict(f.stored(f.held(OTHER, 5))).workStopped(1);
        f.polls(RETRY, f.last()).jitter(1).event(f.stored(f.released(OTHER, 5)));
        assertThat(f.untilWakeUp()).isEqualTo(WINDOW.minusNanos(1));
    }

    @Test
    @DisplayName("E11: The delay is cancelled by an event that names a new holder")
    void aNewHolderCancelsTheDelay() {
        following().jitter(1).event(f.stored(f.released(OTHER, 5))).event(f.stored(f.held("third_i3", 6)));
        f.jitter(0).polls(LEASE.minusMillis(1), f.last());
        assertThat(f.awaitsAnswer()).isFalse();
    }

    @Test
    @DisplayName("E11: An expiry is acted upon by a local timer, after the same delay")
    void anExpiryIsActedUponAfterTheDelay() {
        f.jitter(1).sees(f.stored(f.held(OTHER, 5))).jitter(0);
        f.polls(LEASE.plus(WINDOW).minusNanos(2), f.last());
        assertThat(f.awaitsAnswer()).isFalse();
        f.polls(Duration.ofNanos(1), f.last());
        assertThat(f.write().next().holder()).isEqualTo(ME);
    }

    @Test
    @DisplayName("E11: An older observation is ignored, and so is one that comes again")
    void anOlderObservationIsIgnored() {
        Snapshot old = f.stored(f.released(OTHER, 4));
        following().event(old).didNot(Effect.Invoke.class).didNot(Effect.LeaderChanged.class);
        f.event(f.last()).didNot(Effect.LeaderChanged.class);
        assertThat(f.view()).isInstanceOf(LeaderView.Known.class);
    }

    @Test
    @DisplayName("E11: An observation from before a deletion is older than the absence after it")
    void anObservationFromBeforeADeletionIsOlder() {
        Snapshot old = following().last();
        f.event(Snapshot.ABSENT).found(Snapshot.ABSENT);
        f.event(old).didNot(Effect.LeaderChanged.class);
    }

    @Test
    @DisplayName("E11: A read that was sent before an event came, and answers with an older record, is ignored")
    void anOvertakenReadIsIgnored() {
        Snapshot old = following().last();
        f.pass(LEASE).reads();
        f.event(f.stored(f.held("third_i3", 6))).found(old);
        assertThat(f.view())
                .isInstanceOfSatisfying(
                        LeaderView.Known.class,
                        known -> assertThat(known.identity()).isEqualTo("third"));
    }

    @Test
    @DisplayName("E11: A conflict that answers with an older record than an event that came meanwhile is ignored")
    void anOvertakenConflictIsIgnored() {
        following().event(f.stored(f.released(OTHER, 5)));
        f.write();
        Snapshot theirs = f.stored(f.held("third_i3", 6));
        Snapshot renewed = f.stored(f.held("third_i3", 6));
        f.event(renewed).conflict(theirs);
        f.polls(LEASE, renewed);
        assertThat(f.write().expected()).isEqualTo(renewed.version());
    }

    @Test
    @DisplayName("E11: A read of absence that an event overtook is read again")
    void anOvertakenAbsenceIsReadAgain() {
        following().pass(LEASE).reads();
        f.event(f.stored(f.held("third_i3", 6))).found(Snapshot.ABSENT).reads();
    }

    @Test
    @DisplayName("E11: An event without a record, or of absence, leads a follower to a read")
    void aBareEventLeadsToARead() {
        following().bareEvent().reads().found(f.last());
        f.event(Snapshot.ABSENT).reads();
    }

    // ---- A watch while leading ----

    @Test
    @DisplayName("E11: An event of another's record does not depose a leader, but triggers a read, which does")
    void anEventTriggersARead() {
        f.leading();
        Snapshot theirs = f.stored(f.held(OTHER, 9));
        f.event(theirs).is(Phase.LEADING).didNot(Effect.TermEnded.class).reads();
        f.found(theirs);
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.CONFLICT);
    }

    @Test
    @DisplayName("E11: A suspicion that a read dispels leaves the term as it was")
    void aReadDispelsASuspicion() {
        Snapshot ours = f.leading().last();
        for (Snapshot event : new Snapshot[] {null, Snapshot.ABSENT, f.stored(f.held(OTHER, 9))}) {
            f.event(event).reads().found(ours).is(Phase.LEADING).didNot(Effect.Invoke.class);
        }
    }

    @Test
    @DisplayName("E11: Events of our own record, of a label on it, and of what it replaced are no reason for a read")
    void harmlessEventsTriggerNothing() {
        Snapshot created = f.start().found(Snapshot.ABSENT).applied().last();
        Snapshot ours = f.applied().last();
        f.event(created).didNot(Effect.Invoke.class);
        f.event(ours).didNot(Effect.Invoke.class);
        f.event(f.stored(ours.record())).didNot(Effect.Invoke.class);
    }

    @Test
    @DisplayName("E11: An event during the read that a suspicion led to leads to another read")
    void anEventDuringTheReadIsNotLost() {
        Snapshot ours = f.leading().last();
        f.bareEvent().reads();
        Snapshot theirs = f.stored(f.held(OTHER, 9));
        f.event(theirs).found(ours).reads();
        f.found(theirs).did(Effect.TermEnded.class);
    }

    @Test
    @DisplayName("E11: An event during a renewal leads to a read after it")
    void anEventDuringARenewalIsNotLost() {
        f.leading().pass(Duration.ofSeconds(4));
        f.event(Snapshot.ABSENT).didNot(Effect.Invoke.class);
        f.applied().did(Effect.TermExtended.class).reads();
        f.found(Snapshot.ABSENT).did(Effect.TermEnded.class);
    }

    @Test
    @DisplayName("E11: A renewal that failed and then succeeds ends an older suspicion")
    void aLaterRenewalEndsASuspicion() {
        Snapshot ours = f.leading().last();
        f.bareEvent().failed().untilItAsks().reads().found(ours).is(Phase.LEADING);
        f.untilItAsks().write();
    }

    // ---- Losing the watch ----

    @Test
    @DisplayName("E11: What changed before the watch was open is read when it opens")
    void anOpenedWatchIsFollowedByARead() {
        f.sees(f.stored(f.held(OTHER, 5))).watchOpened(1).reads();
    }

    @Test
    @DisplayName("E11: A lost watch is followed by a read, and opened again soon")
    void aLostWatchIsOpenedAgain() {
        following().watchLost(1, new Exception("reset")).reads().found(f.last());
        f.didNot(Effect.Polling.class).pass(RETRY.dividedBy(16));
        assertThat(f.effect(Effect.OpenWatch.class).watch()).isEqualTo(2);
        f.event(1, f.stored(f.released(OTHER, 5))).didNot(Effect.Invoke.class);
        f.watchOpened(2).reads();
    }

    @Test
    @DisplayName("E11: A watch that cannot be opened is tried ever more rarely, and is complained of once")
    void aWatchThatCannotBeOpened() {
        f.start().watchLost(1, new Exception("no")).did(Effect.Polling.class);
        for (int watch = 2; watch < 12; watch++) {
            long retry = RETRY.toNanos() << Math.min(watch - 1, 5);
            f.pass(Duration.ofNanos(retry / 2 - 1)).didNot(Effect.OpenWatch.class);
            f.pass(Duration.ofNanos(1));
            assertThat(f.effect(Effect.OpenWatch.class).watch()).isEqualTo(watch);
            f.watchLost(watch, new Exception("no")).didNot(Effect.Polling.class);
        }
    }

    @Test
    @DisplayName("E11: A watch that is not permitted is tried again after minutes, in case somebody permits it")
    void aDeniedWatchIsTriedRarely() {
        MachineFixture g = MachineFixture.observing();
        g.sees(g.stored(g.held(OTHER, 5))).watchLost(1, BackendException.denied("no watch for you", null));
        g.found(g.last()).polls(Duration.ofSeconds(149), g.last()).didNot(Effect.OpenWatch.class);
        g.pass(Duration.ofSeconds(1)).did(Effect.OpenWatch.class);
    }

    // ---- Who leads ----

    @Test
    @DisplayName("The leader that was seen is known until its lease runs out, and then it is not known who leads")
    void aLeaderIsKnownUntilItsLeaseRunsOut() {
        MachineFixture g = MachineFixture.observing();
        g.sees(g.stored(g.held(OTHER, 5)));
        g.polls(LEASE.minusMillis(1), g.last());
        assertThat(g.view()).isEqualTo(new LeaderView.Known("other", OptionalLong.of(5), LEASE.minusMillis(1)));
        g.unnoticed(Duration.ofMillis(1)).tick();
        assertThat(g.effect(Effect.LeaderChanged.class).view()).isEqualTo(new LeaderView.Unknown());
    }

    @Test
    @DisplayName("Nobody leads a free lock, as long as the store is heard of")
    void nobodyLeadsAFreeLock() {
        MachineFixture g = new MachineFixture(MachineFixture.settings(ElectionTiming.DEFAULT, false, false, 1));
        g.sees(g.stored(g.released(OTHER, 5)));
        assertThat(g.effect(Effect.LeaderChanged.class).view()).isEqualTo(new LeaderView.None());
        g.polls(LEASE, g.last());
        Snapshot free = g.last();
        g.polls(LEASE.multipliedBy(5), free).didNot(Effect.LeaderChanged.class);
        g.pass(LEASE.multipliedBy(2).minusSeconds(3)).didNot(Effect.LeaderChanged.class);
        g.pass(Duration.ofSeconds(3));
        assertThat(g.effect(Effect.LeaderChanged.class).view()).isEqualTo(new LeaderView.Unknown());
    }

    @Test
    @DisplayName("Whoever leads is told of itself with its token")
    void aLeaderSeesItself() {
        assertThat(f.leading().effect(Effect.LeaderChanged.class).view())
                .isEqualTo(new LeaderView.Known("me", OptionalLong.of(1), Duration.ZERO));
        f.pass(Duration.ofSeconds(4)).applied().didNot(Effect.LeaderChanged.class);
    }

    @Test
    @DisplayName("A free record that is waited out for longer than the store was silent wakes nobody in vain")
    void waitingOutInSilenceIsNoBusyLoop() {
        MachineFixture g = new MachineFixture();
        g.sees(g.stored(g.held(OTHER, 5, Duration.ofMinutes(10))));
        g.pass(RETRY).found(g.stored(g.foreign("", 5, Duration.ofSeconds(1))));
        for (int i = 0; i < 40; i++) {
            g.untilItAsks().failed();
        }
        assertThat(g.view()).isEqualTo(new LeaderView.Unknown());
    }

    @Test
    @DisplayName("E11: Without its watch a follower polls again every retry period")
    void aLostWatchIsReplacedByPolling() {
        following()
                .watchLost(1, BackendException.denied("no longer", null))
                .reads()
                .found(f.last());
        assertThat(f.untilWakeUp()).isEqualTo(RETRY);
    }

    @Test
    @DisplayName("E11: An older watch that opens late is no reason to read, and does not hide that a newer one is open")
    void anOlderWatchThatOpensLate() {
        f.start().watchLost(1, new Exception("reset")).found(f.stored(f.held(OTHER, 5, Duration.ofMinutes(9))));
        f.polls(RETRY.multipliedBy(2), f.last()).watchOpened(2).found(f.last());
        f.watchOpened(1).didNot(Effect.Invoke.class);
        f.pass(LEASE).reads().found(f.last());
        assertThat(f.untilWakeUp()).isEqualTo(LEASE);
    }

    @Test
    @DisplayName("E11: A watch is opened again between half of its pause and all of it, at random")
    void theReopeningIsJittered() {
        f.jitter(1).start().watchLost(1, new Exception("no"));
        f.pass(RETRY.multipliedBy(2).minusNanos(2)).didNot(Effect.OpenWatch.class);
        f.pass(Duration.ofNanos(1)).did(Effect.OpenWatch.class);
    }

    @Test
    @DisplayName(
            "E11: A conflict without a record leads a follower to a read, and it waits a random while for its next try")
    void aBareConflictOfAFollower() {
        following().event(f.stored(f.released(OTHER, 5)));
        Snapshot free = f.last();
        f.jitter(0.5).bareConflict().reads().jitter(0).found(free).didNot(Effect.Invoke.class);
        assertThat(f.untilWakeUp()).isBetween(RETRY.dividedBy(2).minusNanos(2), RETRY.dividedBy(2));
        f.pass(f.untilWakeUp());
        assertThat(f.write().expected()).isEqualTo(free.version());
    }

    @Test
    @DisplayName("While a free record is waited out it is not known who leads; then nobody does")
    void aRecordThatIsWaitedOutIsUnknown() {
        MachineFixture g = MachineFixture.observing();
        g.sees(g.stored(g.held(OTHER, 5))).watchOpened(1).found(Snapshot.ABSENT);
        assertThat(g.effect(Effect.LeaderChanged.class).view()).isEqualTo(new LeaderView.Unknown());
        g.unnoticed(g.untilWakeUp().minusNanos(1)).tick().didNot(Effect.LeaderChanged.class);
        g.unnoticed(Duration.ofNanos(1)).tick();
        assertThat(g.effect(Effect.LeaderChanged.class).view()).isEqualTo(new LeaderView.None());
    }

    @Test
    @DisplayName(
            "One's own record, while one does not lead, says that nobody else does, for as long as its lease lasts")
    void onesOwnRecord() {
        f.leading().unnoticed(Duration.ofSeconds(10)).tick();
        assertThat(f.effect(Effect.LeaderChanged.class).view()).isEqualTo(new LeaderView.None());
        f.failed().unnoticed(Duration.ofSeconds(5).minusNanos(1)).tick().didNot(Effect.LeaderChanged.class);
        f.unnoticed(Duration.ofNanos(1)).tick();
        assertThat(f.effect(Effect.LeaderChanged.class).view()).isEqualTo(new LeaderView.Unknown());
    }

    @Test
    @DisplayName(
            "Another term of the same leader is news, and so is another leader with the same token; a renewal is not")
    void whatIsNews() {
        following().event(f.stored(f.held(OTHER, 5))).didNot(Effect.LeaderChanged.class);
        f.event(f.stored(f.held(OTHER, 6))).did(Effect.LeaderChanged.class);
        f.event(f.stored(f.held("third_i3", 6))).did(Effect.LeaderChanged.class);
    }

    @Test
    @DisplayName("E10: The identity in a view is the holder without the suffix that this library appends to its own")
    void theIdentityInAView() {
        assertThat(f.held("a_b_i2", 1).identity()).isEqualTo("a_b");
        assertThat(f.held("_i2", 1).identity()).isEqualTo("_i2");
        assertThat(f.foreign("a_b", 1, LEASE).identity()).isEqualTo("a_b");
    }

    @Test
    @DisplayName("E11: An event without a record that comes during a follower's read leads to another read")
    void aBareEventDuringAReadIsNotLost() {
        following().pass(LEASE).reads();
        f.bareEvent().didNot(Effect.Invoke.class).found(f.last()).reads();
        f.found(f.stored(f.released(OTHER, 5)));
        assertThat(f.write().next().holder()).isEqualTo(ME);
    }

    @Test
    @DisplayName("E11: A deletion that is told of during an acquisition leads to a read after it")
    void anEventDuringAnAcquisitionIsNotLost() {
        f.start().found(Snapshot.ABSENT).applied();
        f.event(Snapshot.ABSENT).applied().did(Effect.TermStarted.class).reads();
        f.found(Snapshot.ABSENT).did(Effect.TermEnded.class);
    }

    @Test
    @DisplayName("E11: An event that comes during a take-over that conflicts leads to a read after it")
    void anEventDuringAConflictIsNotLost() {
        following().event(f.stored(f.released(OTHER, 5)));
        f.write();
        f.bareEvent().conflict(f.stored(f.held("third_i3", 6))).reads();
    }

    @Test
    @DisplayName("E11: Events put off the poll that is their safety net")
    void eventsPutOffThePoll() {
        following().pass(Duration.ofSeconds(10)).event(f.stored(f.held(OTHER, 5, Duration.ofMinutes(9))));
        assertThat(f.untilWakeUp()).isEqualTo(LEASE);
    }

    @Test
    @DisplayName("E11: After the end of its term a candidate believes events again")
    void afterItsTermEventsAreBelieved() {
        f.leading().foundExpired(1).workStopped(1).event(f.stored(f.held(OTHER, 9)));
        assertThat(f.effect(Effect.LeaderChanged.class).view()).isInstanceOf(LeaderView.Known.class);
        f.resign().didNot(Effect.Invoke.class).did(Effect.Resigned.class);
    }
}
