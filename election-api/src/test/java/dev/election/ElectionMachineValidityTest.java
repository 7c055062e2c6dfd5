package dev.election;

import static dev.election.MachineFixture.DEADLINE;
import static dev.election.MachineFixture.LEASE;
import static dev.election.MachineFixture.ME;
import static dev.election.MachineFixture.MILLI;
import static dev.election.MachineFixture.NANO;
import static dev.election.MachineFixture.OTHER;
import static dev.election.MachineFixture.swapped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionMachine.Phase;
import dev.election.MachineFixture.Asked;
import dev.election.spi.CasOutcome;
import dev.election.spi.Snapshot;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long a term lasts: rules E1 and E2. */
class ElectionMachineValidityTest {

    private final MachineFixture f = new MachineFixture();

    @Test
    @DisplayName("E1: A term counts from the sending of its acquisition, however late the answer")
    void aTermCountsFromTheSendingOfItsAcquisition() {
        f.start().found(Snapshot.ABSENT).applied();
        Moment asked = f.now();
        f.unnoticed(Duration.ofMillis(3));
        Moment sent = f.now();
        f.unnoticed(Duration.ofMillis(1900)).applied(f.write(), sent);
        assertThat(sent).isNotEqualTo(asked);
        assertThat(f.effect(Effect.TermStarted.class).sent()).isEqualTo(sent);

        Duration left = DEADLINE.minusMillis(1900);
        f.pass(left.minus(NANO)).is(Phase.LEADING);
        f.pass(NANO).is(Phase.ENDED);
        assertThat(f.effect(Effect.TermEnded.class)).isEqualTo(new Effect.TermEnded(1, EndReason.EXPIRED));
    }

    @Test
    @DisplayName("E1: A renewal extends the term from its sending, and not from its answer")
    void aRenewalExtendsFromItsSending() {
        f.leading().pass(Duration.ofSeconds(4));
        Asked renewal = f.write();
        Moment sent = renewal.at();
        f.unnoticed(MILLI.multipliedBy(900)).applied(renewal, sent);
        assertThat(f.effect(Effect.TermExtended.class)).isEqualTo(new Effect.TermExtended(1, sent));

        long gone = f.now().nanos() - sent.nanos();
        f.pass(DEADLINE.minusNanos(gone).minus(NANO)).is(Phase.LEADING);
        f.pass(NANO).is(Phase.ENDED);
    }

    @Test
    @DisplayName("E1: An unknown outcome extends nothing")
    void anUnknownOutcomeExtendsNothing() {
        Moment acquired = f.leading().now();
        f.pass(Duration.ofSeconds(4)).unknown().didNot(Effect.TermExtended.class);
        f.pass(DEADLINE.minusNanos(f.now().nanos() - acquired.nanos())).is(Phase.ENDED);
    }

    @Test
    @DisplayName(
            "E1: An acquisition that is acknowledged at sent + D starts nothing; leading needs a new one, with a new token")
    void anAcquisitionAcknowledgedTooLateStartsNothing() {
        f.start().found(Snapshot.ABSENT).applied();
        Asked late = f.write();
        f.unnoticed(DEADLINE)
                .applied(late, late.at())
                .didNot(Effect.TermStarted.class)
                .is(Phase.FOLLOWING);

        f.polls(LEASE, f.last());
        Asked again = f.write();
        assertThat(again.next().holder()).isEqualTo(ME);
        assertThat(again.next().fencingToken()).isGreaterThan(late.next().fencingToken());
        f.applied();
        assertThat(f.effect(Effect.TermStarted.class).fencingToken())
                .isEqualTo(again.next().fencingToken());
    }

    @Test
    @DisplayName("E1: An acquisition that is acknowledged a nanosecond before sent + D starts a term of a nanosecond")
    void anAcquisitionAcknowledgedJustInTimeStartsAShortTerm() {
        f.start().found(Snapshot.ABSENT).applied();
        Asked late = f.write();
        f.unnoticed(DEADLINE.minus(NANO)).applied(late, late.at()).did(Effect.TermStarted.class);
        f.pass(NANO).is(Phase.ENDED);
    }

    @Test
    @DisplayName("E1: A renewal acknowledged at sent + D of the last one does not revive the term")
    void aRenewalAcknowledgedTooLateRevivesNothing() {
        f.leading().pass(Duration.ofSeconds(4));
        Asked renewal = f.write();
        f.unnoticed(DEADLINE).applied(renewal, renewal.at());
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.EXPIRED);
        f.didNot(Effect.TermExtended.class).is(Phase.ENDED);
        f.workStopped(1).didNot(Effect.TermStarted.class);
    }

    @Test
    @DisplayName("E1: The answer to an older renewal does not shorten the term")
    void anOlderRenewalDoesNotShortenTheTerm() {
        f.leading().pass(Duration.ofSeconds(4));
        Asked first = f.write();
        f.pass(Duration.ofSeconds(2));
        Asked second = f.write();
        assertThat(second).isNotEqualTo(first);
        f.applied(second, second.at()).did(Effect.TermExtended.class);
        f.answer(first, swapped(new CasOutcome.Unknown(new Exception("late")))).didNot(Effect.TermExtended.class);
    }

    @Test
    @DisplayName("E2: A wall clock that is set forward by the renew deadline ends the term")
    void aWallClockJumpForwardEndsTheTerm() {
        f.leading().wallJumps(DEADLINE).tick().is(Phase.ENDED);
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.EXPIRED);
    }

    @Test
    @DisplayName("E2: A wall clock that is set back or by centuries does what it must")
    void aWallClockThatIsSetBackChangesNothing() {
        f.leading().wallJumps(Duration.ofDays(-400_000)).tick().is(Phase.LEADING);
        f.wallJumps(Duration.ofDays(800_000)).tick().is(Phase.ENDED);
    }

    @Test
    @DisplayName("E2: An acquisition counts as too late by the wall clock as well")
    void anAcquisitionIsTooLateByTheWallClock() {
        f.start().found(Snapshot.ABSENT).applied().wallJumps(DEADLINE).applied();
        f.didNot(Effect.TermStarted.class).is(Phase.FOLLOWING);
    }

    @Test
    @DisplayName("E2: A follower trusts its monotonic clock only")
    void aFollowerIgnoresItsWallClock() {
        Snapshot theirs = f.stored(f.held(OTHER, 5));
        f.sees(theirs).wallJumps(Duration.ofDays(1)).tick().is(Phase.FOLLOWING);
        assertThat(f.awaitsAnswer()).isFalse();
    }

    @Test
    @DisplayName("E2: A handle that was found expired ends its term, and only its own, once")
    void aHandleFoundExpiredEndsItsTerm() {
        f.leading().foundExpired(7).didNot(Effect.TermEnded.class).is(Phase.LEADING);
        f.foundExpired(1).did(Effect.TermEnded.class).is(Phase.ENDED);
        f.foundExpired(1).didNot(Effect.TermEnded.class);
    }

    @Test
    @DisplayName("E4: The work of an ended term stops once; what is said of other terms is ignored")
    void workOfAnotherTermIsIgnored() {
        f.leading().foundExpired(1).workStopped(9).is(Phase.ENDED);
        f.giveUp(1, EndReason.TASK_FINISHED).didNot(Effect.TermEnded.class).is(Phase.ENDED);
        f.workStopped(1).is(Phase.FOLLOWING);
    }

    @Test
    @DisplayName("E4: Work that gives up another term than the current one changes nothing")
    void givingUpAnotherTermIsIgnored() {
        f.leading()
                .giveUp(2, EndReason.TASK_FAILED)
                .didNot(Effect.TermEnded.class)
                .is(Phase.LEADING);
    }

    @Test
    @DisplayName("E1: Renewals are sent every third of the renew deadline, a little early at random")
    void renewalsAreSentEveryThird() {
        f.leading();
        assertThat(f.untilWakeUp()).isEqualTo(DEADLINE.dividedBy(3));
        f.jitter(1).pass(f.untilWakeUp()).applied();
        assertThat(f.untilWakeUp())
                .isEqualTo(DEADLINE.dividedBy(3).minus(DEADLINE.dividedBy(30)).plus(NANO));
    }

    @Test
    @DisplayName("E1: A renewal keeps holder, token and acquire time, and moves renew time and attempt")
    void aRenewalKeepsTheTermsOwnFields() {
        f.start().found(Snapshot.ABSENT).applied();
        var acquired = f.write().next();
        f.applied().pass(Duration.ofSeconds(4));
        var renewed = f.write().next();
        assertThat(renewed.holder()).isEqualTo(ME);
        assertThat(renewed.fencingToken()).isEqualTo(acquired.fencingToken());
        assertThat(renewed.acquired()).isEqualTo(acquired.acquired());
        assertThat(renewed.transitions()).isEqualTo(acquired.transitions()).isEqualTo(1);
        assertThat(renewed.leaseDuration()).isEqualTo(LEASE);
        assertThat(renewed.renewed()).isAfter(acquired.renewed());
        assertThat(renewed.attempt()).isNotEqualTo(acquired.attempt()).startsWith("i1.");
    }
}
