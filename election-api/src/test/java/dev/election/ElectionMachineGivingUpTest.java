package dev.election;

import static dev.election.MachineFixture.CALL;
import static dev.election.MachineFixture.LEASE;
import static dev.election.MachineFixture.ME;
import static dev.election.MachineFixture.NANO;
import static dev.election.MachineFixture.OTHER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionMachine.Phase;
import dev.election.MachineFixture.Asked;
import dev.election.spi.BackendException;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Resigning, closing and finishing: rule E7. */
class ElectionMachineGivingUpTest {

    private static final Effect RELEASED = new Effect.Resigned(true);
    private static final Effect NOT_RELEASED = new Effect.Resigned(false);

    private final MachineFixture f = MachineFixture.watching();

    private enum Wish {
        RESIGN,
        CLOSE,
        BOTH
    }

    private void express(Wish wish) {
        if (wish != Wish.CLOSE) {
            f.resign();
        }
        if (wish != Wish.RESIGN) {
            f.close();
        }
    }

    private void isFulfilled(Wish wish, boolean released) {
        if (wish != Wish.CLOSE) {
            assertThat(f.effect(Effect.Resigned.class).released()).isEqualTo(released);
        }
        if (wish == Wish.RESIGN) {
            f.is(Phase.FOLLOWING);
        } else {
            f.did(Effect.Closed.class).is(Phase.CLOSED);
        }
    }

    /** A release is on its way. */
    private Asked releasing() {
        assertThat(f.write().next().isFree()).isTrue();
        return f.call();
    }

    @Test
    @DisplayName(
            "E7: The work is told at once; renewing goes on while it winds down; when it has stopped the lock is released")
    void resigningInOrder() {
        Snapshot held = f.leading().last();
        f.resign().is(Phase.DRAINING).didNot(Effect.Resigned.class);
        assertThat(f.effect(Effect.TermEnded.class)).isEqualTo(new Effect.TermEnded(1, EndReason.RESIGNED));

        f.pass(Duration.ofSeconds(4));
        assertThat(f.write().expected()).isEqualTo(held.version());
        assertThat(f.write().next().holder()).isEqualTo(ME);
        f.applied().didNot(Effect.TermExtended.class);

        f.workStopped(1);
        assertThat(releasing().expected()).isEqualTo(f.last().version());
        assertThat(f.write().next().fencingToken()).isEqualTo(1);
        assertThat(f.write().next().transitions()).isEqualTo(1);
        f.applied();
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
        f.is(Phase.FOLLOWING);
    }

    @Test
    @DisplayName("E7: While the work winds down, the lease is kept beyond the renew deadline")
    void theLeaseIsKeptWhileDraining() {
        f.leading().resign();
        for (int i = 0; i < 4; i++) {
            f.pass(Duration.ofMillis(3_400)).applied().is(Phase.DRAINING);
        }
    }

    @Test
    @DisplayName("E7: When the work still runs after a lease duration, renewing stops and nothing is released")
    void theBoundPasses() {
        f.leading().resign();
        for (int i = 0; i < 4; i++) {
            f.pass(Duration.ofMillis(3_400)).applied();
        }
        f.pass(Duration.ofMillis(1_400)).is(Phase.ENDED);
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(NOT_RELEASED);

        f.polls(LEASE, f.last()).is(Phase.ENDED);
        assertThat(f.awaitsAnswer()).as("a write").isFalse();
        f.event(f.stored(f.held(OTHER, 9))).did(Effect.LeaderChanged.class);
        f.workStopped(1).is(Phase.FOLLOWING).didNot(Effect.Resigned.class);
    }

    @Test
    @DisplayName(
            "E7: When the work of one that closes still runs after a lease duration, it is closed without a release")
    void theBoundOfClosingPasses() {
        f.leading().close();
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.CLOSED);
        for (int i = 0; i < 4; i++) {
            f.pass(Duration.ofMillis(3_400)).applied();
        }
        f.pass(Duration.ofMillis(1_400)).did(Effect.Closed.class).is(Phase.CLOSED);
        f.workStopped(1).didNot(Effect.Invoke.class);
    }

    @Test
    @DisplayName("E7: Work that stops after its lease expired while draining is followed by no release if nobody asked")
    void theLeaseExpiresWhileDraining() {
        f.leading()
                .giveUp(1, EndReason.TASK_FINISHED)
                .pass(Duration.ofSeconds(10))
                .is(Phase.ENDED);
        f.workStopped(1).didNot(Effect.Invoke.class);
    }

    @ParameterizedTest
    @EnumSource(Wish.class)
    @DisplayName("E7: One whose lease expired while it resigns or closes still releases what may be its own")
    void releasingAfterExpiry(Wish wish) {
        f.leading();
        express(wish);
        f.unnoticed(Duration.ofSeconds(10))
                .tick()
                .is(Phase.ENDED)
                .reads()
                .found(f.last())
                .workStopped(1);
        releasing();
        f.applied();
        isFulfilled(wish, true);
    }

    @Test
    @DisplayName("E7: A renewal that hangs is waited for before the release, for no longer than its timeout")
    void aReleaseWaitsForARenewal() {
        f.leading().pass(Duration.ofSeconds(4));
        Asked renewal = f.write();
        f.resign().workStopped(1).didNot(Effect.Invoke.class);
        f.unnoticed(Duration.ofMillis(100)).applied(renewal, renewal.at());
        assertThat(releasing().expected()).isEqualTo(f.last().version());
    }

    @Test
    @DisplayName("E7: A release that meets our own late renewal is sent again over it")
    void aReleaseMeetsOurLateRenewal() {
        f.leading().pass(Duration.ofMillis(3_400));
        Asked renewal = f.write();
        f.resign().workStopped(1).pass(CALL);
        Asked release = releasing();
        assertThat(release.expected()).isEqualTo(renewal.expected());
        f.conflict(f.stored(renewal.next())).is(Phase.DRAINING);
        assertThat(releasing().expected()).isEqualTo(f.last().version());
        f.applied();
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: A release that meets another's record has nothing to release")
    void aReleaseMeetsAnothersRecord() {
        f.leading().resign().workStopped(1).conflict(f.stored(f.held(OTHER, 9)));
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
        f.is(Phase.FOLLOWING).didNot(Effect.Invoke.class);
    }

    @Test
    @DisplayName("E7: A release that meets a conflict without a record reads, and then knows")
    void aReleaseMeetsABareConflict() {
        f.leading().resign().workStopped(1).bareConflict().reads().found(f.stored(f.held(OTHER, 9)));
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName(
            "E7: A release that is conflicted with for no reason is not repeated at once, and given up on in the end")
    void aReleaseMeetsABaselessConflict() {
        Snapshot held = f.leading().last();
        f.resign().workStopped(1).conflict(held).didNot(Effect.Invoke.class).is(Phase.DRAINING);
        f.pass(CALL).conflict(held).pass(CALL).conflict(held).pass(CALL);
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(NOT_RELEASED);
    }

    @ParameterizedTest
    @EnumSource(Wish.class)
    @DisplayName("E7: A release that nobody answers is given up on after some call timeouts")
    void aReleaseThatNobodyAnswers(Wish wish) {
        f.leading();
        express(wish);
        f.workStopped(1);
        releasing();
        f.pass(CALL.multipliedBy(2).plus(CALL.dividedBy(2)).minus(NANO)).is(Phase.DRAINING);
        f.pass(NANO);
        isFulfilled(wish, false);
    }

    @Test
    @DisplayName("E7: A release in doubt that the conflict of the next shows was a release")
    void aReleaseIsResolvedByAConflict() {
        f.leading().resign().workStopped(1);
        Asked release = releasing();
        f.unknown().pass(CALL);
        assertThat(releasing().expected()).isEqualTo(release.expected());
        f.conflict(f.stored(release.next()));
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: Of a release that fails nothing is left undone: it is tried again within the bound")
    void aFailedReleaseIsRepeated() {
        f.leading()
                .resign()
                .workStopped(1)
                .failed()
                .didNot(Effect.Resigned.class)
                .pass(CALL);
        while (f.call().call() instanceof Call.Read) {
            f.found(f.last());
        }
        f.applied();
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: Resigning while an acquisition is on its way waits for it, and gives it back without a term")
    void resigningWhileAcquiring() {
        f.start().found(Snapshot.ABSENT).applied();
        f.resign().is(Phase.DRAINING).didNot(Effect.Resigned.class);
        f.applied().didNot(Effect.TermStarted.class);
        assertThat(releasing().expected()).isEqualTo(f.last().version());
        f.applied();
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: Resigning while an acquisition is in doubt fences it by swapping what it would replace")
    void resigningFencesAnAcquisition() {
        f.start().found(Snapshot.ABSENT).applied();
        Asked acquisition = f.write();
        f.resign().pass(CALL);
        while (f.call().call() instanceof Call.Read) {
            f.found(f.last());
        }
        assertThat(releasing().expected()).isEqualTo(acquisition.expected());
        f.applied();
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
        f.applied(acquisition, acquisition.at()).didNot(Effect.TermStarted.class);
    }

    @Test
    @DisplayName(
            "E7: Resigning while an acquisition is on its way that then fails or conflicts has nothing to give back")
    void resigningWhileAnAcquisitionConflicts() {
        f.start().found(Snapshot.ABSENT).applied();
        f.resign().conflict(f.stored(f.held(OTHER, 3)));
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: A creation on its way needs no giving back, since it leaves the lock free")
    void resigningWhileCreating() {
        f.start().found(Snapshot.ABSENT).resign();
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
        f.applied().didNot(Effect.Invoke.class).is(Phase.FOLLOWING);
    }

    @Test
    @DisplayName("E7: Resigning again while draining does not prolong the bound")
    void resigningTwice() {
        f.leading().resign().pass(Duration.ofMillis(3_400)).applied().resign();
        for (int i = 0; i < 3; i++) {
            f.pass(Duration.ofMillis(3_400)).applied();
        }
        f.pass(Duration.ofMillis(1_400));
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(NOT_RELEASED);
    }

    @Test
    @DisplayName("E7: Closing one whose term was lost and whose work still runs waits for the work, within the bound")
    void closingWhileEnded() {
        f.leading()
                .foundExpired(1)
                .close()
                .is(Phase.ENDED)
                .pass(LEASE.minus(NANO))
                .is(Phase.ENDED);
        f.pass(NANO).did(Effect.Closed.class);
    }

    @Test
    @DisplayName("E7: Closing one whose term was lost, and whose work then stops, releases what is still its own")
    void closingWhileEndedReleases() {
        f.leading().foundExpired(1).close().workStopped(1);
        releasing();
        f.applied().did(Effect.Closed.class);
    }

    @Test
    @DisplayName("E7: Resigning one whose term was lost and whose work does not stop answers no within the bound")
    void resigningWhileEnded() {
        f.leading().foundExpired(1).resign().didNot(Effect.Resigned.class).polls(LEASE, f.last());
        f.is(Phase.ENDED).workStopped(1).didNot(Effect.Resigned.class).is(Phase.FOLLOWING);
    }

    @Test
    @DisplayName("E8: One that resigns while the work of a lost term winds down stands back as well")
    void resigningWhileEndedStandsBack() {
        f.leading().foundExpired(1).resign().workStopped(1);
        releasing();
        f.applied().polls(LEASE.minus(NANO), f.last());
        assertThat(f.awaitsAnswer()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Wish.class)
    @DisplayName("E7: One that was never started, or follows, has nothing to release")
    void whoDoesNotLeadHasNothingToRelease(Wish wish) {
        f.sees(f.stored(f.held(OTHER, 4)));
        express(wish);
        isFulfilled(wish == Wish.BOTH ? Wish.CLOSE : wish, true);
    }

    @Test
    @DisplayName("E7: One that was never started closes and resigns at once, and does not start after its close")
    void whoWasNeverStarted() {
        f.resign().is(Phase.IDLE);
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
        f.close().did(Effect.Closed.class).start().didNot(Effect.Invoke.class).is(Phase.CLOSED);
    }

    @Test
    @DisplayName("E7: One that resigned before its start contends when it is started")
    void resigningBeforeTheStart() {
        f.resign().leading();
    }

    @Test
    @DisplayName("E7: Nothing is asked for after the close, whatever answers still come")
    void nothingAfterTheClose() {
        f.start();
        Asked read = f.call();
        f.close().did(Effect.Closed.class).did(Effect.CloseWatch.class);
        f.answer(read, new Call.Answer.Found(f.stored(f.released(OTHER, 3)))).didNot(Effect.Invoke.class);
        f.event(f.stored(f.released(OTHER, 3))).didNot(Effect.Invoke.class);
        f.watchLost(1, new Exception()).tick().resign().didNot(Effect.OpenWatch.class);
    }

    @Test
    @DisplayName("E7: A candidate without a watch has none to close")
    void noWatchToClose() {
        MachineFixture g = new MachineFixture();
        g.start().close().did(Effect.Closed.class).didNot(Effect.CloseWatch.class);
    }

    @Test
    @DisplayName("E7: A leader that drains and is deposed has lost the lock, and waits for its work only")
    void deposedWhileDraining() {
        f.leading().resign().pass(Duration.ofSeconds(4)).conflict(f.stored(f.held(OTHER, 9)));
        f.is(Phase.ENDED).didNot(Effect.TermEnded.class).workStopped(1);
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: An unreadable record while draining leaves nothing to release")
    void unreadableWhileDraining() {
        f.leading().resign().workStopped(1).failed(BackendException.unreadable("garbage", null));
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: Work that does not stop in time is reported, until it does")
    void lateWorkIsReported() {
        f.leading().foundExpired(1).pass(ElectionTiming.DEFAULT.stopBudget().minus(NANO));
        assertThat(f.effects(Effect.HealthChanged.class)).isEmpty();
        f.pass(NANO);
        assertThat(f.effect(Effect.HealthChanged.class).problem()).contains("work");
        f.workStopped(1);
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isNull();
    }

    @Test
    @DisplayName("E7: Late work is reported also after a renewal that failed, once the store can be read")
    void lateWorkIsReportedAfterTrouble() {
        f.leading().watchOpened(1).pass(Duration.ofSeconds(4)).failed().foundExpired(1);
        f.untilItAsks().reads().found(f.last()).pass(ElectionTiming.DEFAULT.stopBudget());
        assertThat(f.effect(Effect.HealthChanged.class).problem()).contains("work");
        f.is(Phase.ENDED).workStopped(1);
        assertThat(f.effect(Effect.HealthChanged.class).problem()).contains("unreachable");
    }

    @Test
    @DisplayName("E8: A renewal that failed is no trouble any more to one that lost its term, when another leads")
    void troubleEndsWhenAnotherLeads() {
        f.leading().pass(Duration.ofSeconds(4)).failed().foundExpired(1);
        f.untilItAsks().reads().found(f.stored(f.held(OTHER, 9))).is(Phase.ENDED);
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isNull();
    }

    @Test
    @DisplayName("E7: One that does not contend while its last term's work still runs takes no free lock")
    void noContentionWhileWorkRuns() {
        f.leading().pass(Duration.ofSeconds(4)).conflict(f.stored(f.held(OTHER, 9)));
        LockRecord free = f.released(OTHER, 9);
        f.event(f.stored(free)).polls(LEASE.multipliedBy(3), f.last());
        assertThat(f.awaitsAnswer()).isFalse();
        f.workStopped(1).polls(LEASE, f.last());
        assertThat(f.write().next().holder()).isEqualTo(ME);
    }

    @Test
    @DisplayName("E7: One that resigned and released has nothing more to release")
    void resigningAfterARelease() {
        f.leading().resign().workStopped(1).applied().resign().didNot(Effect.Invoke.class);
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: An acquisition in doubt that another's record has settled needs no giving back")
    void resigningAfterTheDoubtIsSettled() {
        f.start().found(Snapshot.ABSENT).applied();
        f.unknown().found(f.stored(f.held(OTHER, 3))).resign().didNot(Effect.Invoke.class);
        assertThat(f.effect(Effect.Resigned.class)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("E7: A release that conflicts without a record, and whose read fails, is tried again")
    void aBareConflictAndAFailedRead() {
        Snapshot held = f.leading().last();
        f.resign().workStopped(1).bareConflict().reads().failed().didNot(Effect.Invoke.class);
        f.untilItAsks().reads().found(held).untilItAsks();
        releasing();
    }
}
