package dev.election;

import static dev.election.MachineFixture.CALL;
import static dev.election.MachineFixture.LEASE;
import static dev.election.MachineFixture.ME;
import static dev.election.MachineFixture.MILLI;
import static dev.election.MachineFixture.OTHER;
import static dev.election.MachineFixture.RETRY;
import static dev.election.MachineFixture.swapped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionMachine.Phase;
import dev.election.MachineFixture.Asked;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What counts as an acknowledgement, and what ends a term: rules E5 and E15. */
class ElectionMachineAcknowledgementTest {

    private final MachineFixture f = MachineFixture.watching();

    /** The record was created; the acquisition is on its way. */
    private Asked acquiring() {
        f.start().found(Snapshot.ABSENT).applied();
        return f.write();
    }

    @Test
    @DisplayName("E5: An acquisition without an answer is resolved by a read that shows it, valid from its sending")
    void anUnknownAcquisitionIsResolvedByARead() {
        Asked acquisition = acquiring();
        Moment sent = f.unnoticed(MILLI).now();
        f.unnoticed(MILLI).answer(acquisition, sent, swapped(new CasOutcome.Unknown(new Exception("reset"))));
        f.pass(Duration.ofMillis(300)).found(f.stored(acquisition.next()));
        assertThat(f.effect(Effect.TermStarted.class).sent()).isEqualTo(sent);
    }

    @Test
    @DisplayName("E5: An acquisition that still hangs is resolved by a read, and counts from when it was asked for")
    void aHangingAcquisitionIsResolvedByARead() {
        Asked acquisition = acquiring();
        f.pass(CALL.plusMillis(1)).found(f.stored(acquisition.next()));
        assertThat(f.effect(Effect.TermStarted.class).sent()).isEqualTo(acquisition.at());
    }

    @Test
    @DisplayName("E5: An acquisition in doubt is resolved by the conflict that its retry meets")
    void anAcquisitionIsResolvedByAConflict() {
        Asked acquisition = acquiring();
        f.unknown().polls(LEASE, f.last());
        Asked again = f.write();
        f.conflict(f.stored(acquisition.next()));
        assertThat(f.effect(Effect.TermStarted.class).sent()).isEqualTo(acquisition.at());
        assertThat(f.effect(Effect.TermStarted.class).fencingToken())
                .isEqualTo(acquisition.next().fencingToken());
        assertThat(again.expected()).isEqualTo(acquisition.expected());
    }

    @Test
    @DisplayName("E5: An acquisition that was given up on starts the term when it is acknowledged after all, in time")
    void aLateAppliedStartsTheTerm() {
        Asked acquisition = acquiring();
        f.pass(CALL.plusMillis(1)).reads();
        f.applied(acquisition, acquisition.at());
        assertThat(f.effect(Effect.TermStarted.class).sent()).isEqualTo(acquisition.at());
    }

    @Test
    @DisplayName(
            "E5: The same record at the version that was to be replaced proves nothing, and the retry expects that version")
    void theSameVersionProvesNothing() {
        Asked acquisition = acquiring();
        Snapshot before = f.last();
        f.unknown().pass(CALL).found(before).didNot(Effect.TermStarted.class).is(Phase.FOLLOWING);
        f.polls(LEASE, before);
        assertThat(f.write().expected()).isEqualTo(acquisition.expected());
        assertThat(f.write().next().attempt()).isNotEqualTo(acquisition.next().attempt());
    }

    @Test
    @DisplayName("E5: A record that equals the attempt in all but one field is not ours")
    void anAlmostEqualRecordIsNotOurs() {
        LockRecord wrote = acquiring().next();
        f.unknown().pass(CALL);
        f.found(f.stored(new LockRecord(
                        wrote.holder(),
                        wrote.leaseDuration(),
                        wrote.acquired(),
                        wrote.renewed().plusNanos(1000),
                        wrote.transitions(),
                        wrote.fencingToken(),
                        wrote.attempt())))
                .didNot(Effect.TermStarted.class)
                .is(Phase.FOLLOWING);
    }

    @Test
    @DisplayName("E5: Another candidate's record settles an acquisition in doubt: a late word of it starts nothing")
    void anothersRecordSettlesTheDoubt() {
        Asked acquisition = acquiring();
        f.pass(CALL.plusMillis(1));
        Asked read = f.call();
        f.answer(read, new Call.Answer.Found(f.revisionIs(7).stored(f.held(OTHER, 9))));
        f.revisionIs(1).applied(acquisition, acquisition.at()).didNot(Effect.TermStarted.class);
        f.is(Phase.FOLLOWING);
    }

    @Test
    @DisplayName("E5: A creation in doubt that a read shows is acquired at once")
    void aCreationIsResolvedByARead() {
        f.start().found(Snapshot.ABSENT);
        Asked creation = f.write();
        f.unknown().pass(CALL).found(f.stored(creation.next())).polls(LEASE, f.last());
        assertThat(f.write().next().holder()).isEqualTo(ME);
        assertThat(f.write().expected()).isEqualTo(f.last().version());
    }

    @Test
    @DisplayName("E5: A failure that says that nothing was written leaves nothing in doubt")
    void aDefiniteFailureLeavesNoDoubt() {
        Asked acquisition = acquiring();
        Snapshot before = f.last();
        f.failed().pass(RETRY).found(before);
        f.conflict(f.stored(acquisition.next())).didNot(Effect.TermStarted.class);
    }

    @Test
    @DisplayName("E5: A renewal in doubt is resolved by the conflict of the next, and counts from its own sending")
    void aRenewalIsResolvedByTheConflictOfTheNext() {
        f.leading().pass(Duration.ofSeconds(4));
        Asked renewal = f.write();
        f.unknown().pass(CALL);
        assertThat(f.write().expected()).isEqualTo(renewal.expected());
        f.conflict(f.stored(renewal.next()));
        assertThat(f.effect(Effect.TermExtended.class).sent()).isEqualTo(renewal.at());
    }

    @Test
    @DisplayName("E5: When the watch shows our own renewal before its answer comes, the answer still acknowledges")
    void ourOwnWriteMayBeSeenBeforeItsAnswer() {
        f.leading().pass(Duration.ofSeconds(4));
        Asked renewal = f.write();
        Snapshot stored = f.stored(renewal.next());
        f.event(stored).didNot(Effect.Invoke.class);
        f.answer(renewal, swapped(new CasOutcome.Applied(stored))).did(Effect.TermExtended.class);
        assertThat(f.awaitsAnswer()).as("a read on suspicion").isFalse();
    }

    @Test
    @DisplayName("E5: An event that shows our acquisition in doubt leads to a read, and starts nothing by itself")
    void anEventShowsOurAcquisition() {
        Asked acquisition = acquiring();
        f.jitter(0.9).unknown();
        Snapshot ours = f.stored(acquisition.next());
        f.event(ours).didNot(Effect.TermStarted.class).reads();
        f.found(ours).did(Effect.TermStarted.class);
    }

    @Test
    @DisplayName("E5: A late acknowledgement that a watch has overtaken by another's record starts nothing")
    void anOvertakenAcknowledgementStartsNothing() {
        Asked acquisition = acquiring();
        Snapshot ours = f.stored(acquisition.next());
        f.event(f.stored(f.held(OTHER, 9)));
        f.answer(acquisition, swapped(new CasOutcome.Applied(ours))).didNot(Effect.TermStarted.class);
        f.is(Phase.FOLLOWING).pass(LEASE.minusSeconds(1));
        assertThat(f.view()).isInstanceOf(LeaderView.Known.class);
    }

    @Test
    @DisplayName("E5: The answer to a read sent before a late acknowledgement arrived does not depose the new leader")
    void anOvertakenReadDoesNotDepose() {
        Asked acquisition = acquiring();
        Snapshot before = f.last();
        f.pass(CALL.plusMillis(1)).reads();
        Asked read = f.call();
        f.applied(acquisition, acquisition.at()).is(Phase.LEADING);
        f.answer(read, new Call.Answer.Found(before))
                .didNot(Effect.TermEnded.class)
                .is(Phase.LEADING);
    }

    @Test
    @DisplayName("E5: A read of absence that a late acknowledgement overtook is read again")
    void anOvertakenReadOfAbsenceIsRepeated() {
        f.start().found(Snapshot.ABSENT);
        Asked creation = f.write();
        f.unknown().reads();
        Asked read = f.call();
        f.applied(creation, creation.at());
        f.answer(read, new Call.Answer.Found(Snapshot.ABSENT))
                .untilItAsks()
                .reads()
                .found(f.last());
        f.polls(LEASE, f.last());
        assertThat(f.write().next().holder()).isEqualTo(ME);
    }

    // ---- E15 ----

    @Test
    @DisplayName("E15: A label touched while leading: the renewal is swapped again at the new version")
    void aTouchedLabelIsSwappedAgain() {
        LockRecord held = f.leading().last().record();
        f.pass(Duration.ofSeconds(4));
        Snapshot touched = f.stored(held);
        f.conflict(touched).is(Phase.LEADING).didNot(Effect.TermEnded.class);
        assertThat(f.write().expected()).isEqualTo(touched.version());
        f.applied().did(Effect.TermExtended.class);
    }

    @Test
    @DisplayName("E15: Labels touched again and again do not extend the term")
    void touchedLabelsDoNotExtend() {
        LockRecord held = f.leading().last().record();
        f.pass(Duration.ofSeconds(4));
        for (int i = 0; i < 100; i++) {
            f.conflict(f.stored(held)).didNot(Effect.TermExtended.class);
        }
        f.pass(Duration.ofSeconds(6)).is(Phase.ENDED);
    }

    @Test
    @DisplayName("E15: A conflict with another's record ends the term at once")
    void aConflictEndsTheTerm() {
        f.leading().pass(Duration.ofSeconds(4)).conflict(f.stored(f.held(OTHER, 9)));
        assertThat(f.effect(Effect.TermEnded.class)).isEqualTo(new Effect.TermEnded(1, EndReason.CONFLICT));
        f.is(Phase.ENDED);
    }

    @Test
    @DisplayName("E15: A conflict with absence ends the term at once")
    void aConflictWithAbsenceEndsTheTerm() {
        f.leading().pass(Duration.ofSeconds(4)).conflict(Snapshot.ABSENT);
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.CONFLICT);
    }

    @Test
    @DisplayName("E15: A conflict that does not tell with what leads to a read; our own record goes on")
    void aBareConflictIsReadAndMayGoOn() {
        LockRecord held = f.leading().last().record();
        f.pass(Duration.ofSeconds(4)).bareConflict().reads().is(Phase.LEADING);
        Snapshot touched = f.stored(held);
        f.found(touched).is(Phase.LEADING).pass(CALL);
        assertThat(f.write().expected()).isEqualTo(touched.version());
    }

    @Test
    @DisplayName("E15: A conflict that does not tell with what leads to a read; another's record ends the term")
    void aBareConflictIsReadAndMayEnd() {
        f.leading().pass(Duration.ofSeconds(4)).bareConflict().found(f.stored(f.held(OTHER, 9)));
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.CONFLICT);
    }

    @Test
    @DisplayName("E15: A conflict with the very version that was expected is tried again, but not at once")
    void aBaselessConflictIsNotTriedAtOnce() {
        Snapshot ours = f.leading().last();
        f.pass(Duration.ofSeconds(4)).conflict(ours).is(Phase.LEADING).didNot(Effect.Invoke.class);
        f.pass(CALL);
        assertThat(f.write().expected()).isEqualTo(ours.version());
    }

    @Test
    @DisplayName("E8: A follower's take-over that meets the very version it expected is tried again, but not at once")
    void aBaselessConflictOfAFollowerIsNotTriedAtOnce() {
        acquiring();
        f.conflict(f.last()).didNot(Effect.Invoke.class);
        assertThat(f.untilWakeUp()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("S12: An unreadable record ends the term at once, and is not overwritten before it can be read again")
    void anUnreadableRecordDeposes() {
        f.leading().pass(Duration.ofSeconds(4));
        f.failed(BackendException.unreadable("garbage in example; delete it", null));
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.CONFLICT);
        assertThat(f.effect(Effect.HealthChanged.class).problem()).contains("garbage");
        assertThat(f.machine.sighting()).isNull();
        f.workStopped(1);
        for (int i = 0; i < 20; i++) {
            f.untilItAsks().reads().failed(BackendException.unreadable("garbage", null));
        }
    }

    @Test
    @DisplayName("S12: An unreadable record that was repaired is waited out like any other")
    void aRepairedRecordIsWaitedFor() {
        f.start().failed(BackendException.unreadable("garbage", null)).is(Phase.FOLLOWING);
        f.pass(RETRY).found(f.stored(f.held(OTHER, 3)));
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isNull();
        f.polls(LEASE.minusMillis(1), f.last());
        assertThat(f.awaitsAnswer()).isFalse();
        f.polls(MILLI, f.last());
        f.write();
    }

    @Test
    @DisplayName("E5: An event of another's record settles an acquisition in doubt: there is nothing to give back")
    void anEventSettlesTheDoubt() {
        acquiring();
        f.jitter(1).unknown().event(f.stored(f.held(OTHER, 9))).resign();
        f.didNot(Effect.Invoke.class).did(Effect.Resigned.class);
    }

    @Test
    @DisplayName("E5: A conflict leaves nothing in doubt, whatever the read after it shows")
    void aBareConflictLeavesNoDoubt() {
        acquiring();
        f.jitter(0.5)
                .bareConflict()
                .found(f.last())
                .resign()
                .didNot(Effect.Invoke.class)
                .did(Effect.Resigned.class);
    }

    @Test
    @DisplayName("S12: A late word that the record was unreadable deposes nobody")
    void aLateUnreadableDeposesNobody() {
        f.leading().pass(Duration.ofMillis(3_400));
        Asked hung = f.write();
        f.pass(CALL).applied();
        f.answer(hung, new Call.Answer.Failed(BackendException.unreadable("garbage", null)))
                .didNot(Effect.TermEnded.class)
                .didNot(Effect.HealthChanged.class);
    }
}
