package dev.election;

import static dev.election.MachineFixture.CALL;
import static dev.election.MachineFixture.DEADLINE;
import static dev.election.MachineFixture.NANO;
import static dev.election.MachineFixture.RETRY;
import static dev.election.MachineFixture.swapped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionMachine.Phase;
import dev.election.MachineFixture.Asked;
import dev.election.spi.CasOutcome;
import dev.election.spi.Snapshot;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls that hang, and who notices: rule E12. */
class ElectionMachineDeadlineTest {

    private final MachineFixture f = new MachineFixture();

    private static ElectionTiming timing(long deadlineMillis, long retryMillis) {
        return new ElectionTiming(
                Duration.ofMillis(deadlineMillis + 5),
                Duration.ofMillis(deadlineMillis),
                Duration.ofMillis(retryMillis),
                0);
    }

    @ParameterizedTest(name = "D = {0} ms, R = {1} ms")
    @CsvSource({
        "10000, 2000",
        "10000, 3333",
        "10000, 3334",
        "10000, 5000",
        "10000, 9000",
        "10000, 9980",
        "10000, 5",
        "100, 33",
        "100, 50",
        "100, 5",
        "60, 40",
        "30, 10",
        "3000000, 1000000"
    })
    @DisplayName("E12: One hung renewal costs no leadership, however early or late it is sent and retried")
    void oneHungRenewalCostsNoLeadership(long deadline, long retry) {
        for (double jitter : new double[] {0, 0.5, 1}) {
            MachineFixture g = new MachineFixture(timing(deadline, retry)).leading();
            g.jitter(jitter);
            long acquired = g.now().nanos();
            g.untilItAsks();
            Asked hung = g.write();
            g.untilItAsks();
            assertThat(g.write()).isNotEqualTo(hung);
            Duration left = Duration.ofNanos(
                    g.timing.renewDeadline().toNanos() - (g.now().nanos() - acquired));
            assertThat(left)
                    .as("time left for the retry")
                    .isGreaterThan(g.timing.callTimeout().multipliedBy(9).dividedBy(10));
            g.applied().is(Phase.LEADING);
            assertThat(g.effect(Effect.TermExtended.class).sent()).isEqualTo(g.now());
        }
    }

    @Test
    @DisplayName("E12: A call's deadline is min(R, (D - R) / 2) from when it was asked for")
    void aCallsDeadline() {
        f.start();
        assertThat(f.call().call().deadline() - f.now().nanos()).isEqualTo(RETRY.toNanos());
        MachineFixture g = new MachineFixture(timing(10_000, 6_000));
        g.start();
        assertThat(g.call().call().deadline() - g.now().nanos())
                .isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    @DisplayName("E12: A renewal's deadline is not later than the end of the term")
    void aRenewalsDeadlineIsTheTermsEnd() {
        f.leading();
        long end = f.now().nanos() + DEADLINE.toNanos();
        f.pass(Duration.ofSeconds(4)).unknown().untilItAsks().unknown().untilItAsks();
        f.failed().unnoticed(Duration.ofNanos(end - f.now().nanos() - 1000)).tick();
        assertThat(f.write().call().deadline()).isEqualTo(end);
    }

    @Test
    @DisplayName("E12: Hung calls do not delay stepping down")
    void hungCallsDoNotDelaySteppingDown() {
        f.leading().pass(DEADLINE.minus(NANO)).is(Phase.LEADING);
        f.pass(NANO).is(Phase.ENDED).did(Effect.TermEnded.class);
    }

    @Test
    @DisplayName("E12: A store that answers nothing keeps three calls, and gets a fourth when one of them returns")
    void threeCallsAtMost() {
        f.start();
        Asked first = f.call();
        f.pass(Duration.ofHours(2));
        Asked third = f.call();
        assertThat(third.id() - first.id()).isEqualTo(2);
        f.answer(first, new Call.Answer.NotSent()).reads();
        assertThat(f.call().id()).isEqualTo(third.id() + 1);
        f.pass(Duration.ofHours(2));
        assertThat(f.call().id()).isEqualTo(third.id() + 1);
    }

    @Test
    @DisplayName("E12: A term that began while two calls hang has one call left, and then waits for its end")
    void aTermWithHungCalls() {
        f.leading().pass(DEADLINE);
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(EndReason.EXPIRED);
        f.workStopped(1).pass(Duration.ofHours(1)).is(Phase.FOLLOWING);
        f.close().pass(Duration.ofHours(1)).is(Phase.CLOSED);
    }

    @Test
    @DisplayName("E12: A call that takes its whole timeout is followed by the next within a tenth of it")
    void aTimedOutCallIsFollowedSoon() {
        f.leading().pass(Duration.ofSeconds(4));
        Asked hung = f.write();
        f.jitter(1)
                .unnoticed(Duration.ofNanos(hung.call().deadline() - f.now().nanos()))
                .tick();
        assertThat(f.untilWakeUp()).isLessThan(CALL.dividedBy(10)).isPositive();
    }

    @Test
    @DisplayName("E12: A renewal that fails at once is not repeated before its timeout would have passed")
    void aFailedRenewalIsNotRepeatedAtOnce() {
        f.leading().pass(DEADLINE.dividedBy(3)).failed().didNot(Effect.Invoke.class);
        f.pass(CALL.minus(NANO));
        assertThat(f.awaitsAnswer()).isFalse();
        f.pass(NANO).write();
    }

    @Test
    @DisplayName("E12: A call that was never sent, for want of a thread, leaves nothing in doubt")
    void aCallThatWasNotSent() {
        f.start().found(Snapshot.ABSENT).applied();
        Asked acquisition = f.write();
        f.unnoticed(CALL).notSent();
        f.untilItAsks().reads().found(f.stored(acquisition.next())).didNot(Effect.TermStarted.class);
    }

    @Test
    @DisplayName("E12: A silent store is reported")
    void aSilentStoreIsReported() {
        f.start().pass(CALL);
        assertThat(f.effect(Effect.HealthChanged.class).problem()).contains("2000 ms");
    }

    @Test
    @DisplayName("E12: A follower whose take-over hangs reads as soon as a retry may be sent")
    void aHungTakeoverIsLookedAfter() {
        f.start().found(Snapshot.ABSENT).applied();
        f.pass(CALL).reads();
    }

    @Test
    @DisplayName("E12: A late answer of a write that was given up on counts, if it is of the present term")
    void aLateRenewalCounts() {
        f.leading().pass(Duration.ofMillis(3_400));
        Asked first = f.write();
        f.pass(CALL);
        Asked second = f.write();
        f.applied(first, first.at()).did(Effect.TermExtended.class);
        f.conflict(f.last()).is(Phase.LEADING);
        assertThat(second.expected()).isEqualTo(first.expected());
        f.untilItAsks().applied().did(Effect.TermExtended.class);
    }

    @Test
    @DisplayName("E12: The late word that a write's fate is unknown changes nothing")
    void aLateUnknownChangesNothing() {
        f.leading().pass(Duration.ofMillis(3_400));
        Asked first = f.write();
        f.pass(CALL).applied().is(Phase.LEADING);
        f.answer(first, swapped(new CasOutcome.Unknown(new Exception("late"))))
                .didNot(Effect.HealthChanged.class)
                .didNot(Effect.Invoke.class);
    }

    @Test
    @DisplayName("E12: The late answer to a read counts as an event")
    void aLateReadIsAsGoodAsAnEvent() {
        f.start();
        Asked read = f.call();
        f.pass(CALL.plusMillis(1)).answer(read, new Call.Answer.Found(f.stored(f.held(MachineFixture.OTHER, 5))));
        assertThat(f.effect(Effect.LeaderChanged.class).view()).isInstanceOf(LeaderView.Known.class);
    }
}
