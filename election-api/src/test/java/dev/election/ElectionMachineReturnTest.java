package dev.election;

import static dev.election.MachineFixture.LEASE;
import static dev.election.MachineFixture.ME;
import static dev.election.MachineFixture.NANO;
import static dev.election.MachineFixture.OTHER;
import static dev.election.MachineFixture.RETRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionMachine.Phase;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contending again: rule E8; and a store in trouble. */
class ElectionMachineReturnTest {

    private final MachineFixture f = MachineFixture.watching();

    /** Asks for no write for so long, though the lock is free, and then for one. */
    private void contendsAgainAfter(Duration wait) {
        f.polls(wait.minus(NANO), f.last());
        assertThat(f.awaitsAnswer()).as("a write before " + wait).isFalse();
        f.polls(NANO, f.last());
        assertThat(f.write().next().holder()).isEqualTo(ME);
    }

    private void fails() {
        long term = f.effect(Effect.TermStarted.class).term();
        f.giveUp(term, EndReason.TASK_FAILED).workStopped(term).applied().is(Phase.FOLLOWING);
    }

    @ParameterizedTest
    @EnumSource(
            value = EndReason.class,
            names = {"TASK_FAILED", "TASK_FINISHED"})
    @DisplayName("E8: After its task ended, a candidate stands back for one lease, counted from the end")
    void afterItsTaskACandidateStandsBack(EndReason reason) {
        f.leading().giveUp(1, reason);
        assertThat(f.effect(Effect.TermEnded.class).reason()).isEqualTo(reason);
        f.pass(Duration.ofSeconds(2)).workStopped(1).pass(Duration.ofSeconds(1)).applied();
        contendsAgainAfter(LEASE);
        assertThat(f.applied().effect(Effect.TermStarted.class).term()).isEqualTo(2);
    }

    @Test
    @DisplayName("E8: After it resigned, a candidate stands back for one lease")
    void afterResigningACandidateStandsBack() {
        f.leading().resign().workStopped(1).applied();
        contendsAgainAfter(LEASE);
    }

    @Test
    @DisplayName("E8: A follower that resigns stands back for one lease")
    void aFollowerThatResignsStandsBack() {
        f.jitter(0.99).sees(f.stored(f.released(OTHER, 4))).jitter(0).resign().did(Effect.Resigned.class);
        contendsAgainAfter(LEASE);
    }

    @Test
    @DisplayName("E8: One that stands back contends again as soon as another one has led")
    void standingBackEndsWithAnotherLeader() {
        f.leading().resign().workStopped(1).applied().watchOpened(1);
        f.found(f.last()).event(f.stored(f.held(OTHER, 2))).event(f.stored(f.released(OTHER, 2)));
        assertThat(f.write().next().holder()).isEqualTo(ME);
    }

    @Test
    @DisplayName("E8: One that polls contends again when it finds that another one has led and left")
    void standingBackEndsWithATermBetweenTwoReads() {
        f.leading().resign().workStopped(1).applied();
        f.polls(RETRY.multipliedBy(2), f.last());
        assertThat(f.awaitsAnswer()).isFalse();
        f.untilItAsks().found(f.stored(f.released(OTHER, 2)));
        assertThat(f.write().next().holder()).isEqualTo(ME);
    }

    @Test
    @DisplayName("E8: What it itself released last, though it did not know, is no other's term")
    void itsOwnLateReleaseIsNoOthersTerm() {
        f.leading().resign().workStopped(1).applied();
        f.untilItAsks().found(f.stored(f.released(ME, 2)));
        assertThat(f.awaitsAnswer()).isFalse();
    }

    @Test
    @DisplayName("E8: Its own record is no other leader: it ends no standing back")
    void itsOwnRecordIsNoOtherLeader() {
        f.leading().resign().workStopped(1);
        MachineFixture.Asked release = f.write();
        f.unnoticed(Duration.ofSeconds(5)).tick().is(Phase.FOLLOWING);
        f.answer(release, MachineFixture.swapped(new CasOutcome.Unknown(new Exception("reset"))));
        f.polls(LEASE.minusSeconds(1), f.last());
        assertThat(f.awaitsAnswer()).isFalse();
    }

    @Test
    @DisplayName("E8: The cool-down doubles with each term that fails before it lasted that long, up to 32 leases")
    void theCoolDownDoubles() {
        f.leading();
        int[] leases = {1, 2, 4, 8, 16, 32, 32};
        for (int each : leases) {
            fails();
            contendsAgainAfter(LEASE.multipliedBy(each));
            f.applied();
        }
    }

    @Test
    @DisplayName("E8: A failure after a term that lasted begins again with one lease")
    void aLongTermForgivesFailures() {
        f.leading();
        fails();
        contendsAgainAfter(LEASE);
        f.applied();
        fails();
        contendsAgainAfter(LEASE.multipliedBy(2));
        f.applied();
        long term = f.effect(Effect.TermStarted.class).term();
        for (int i = 0; i < 10; i++) {
            f.pass(Duration.ofMillis(3_400)).applied();
        }
        f.giveUp(term, EndReason.TASK_FAILED).workStopped(term).applied();
        contendsAgainAfter(LEASE);
    }

    @Test
    @DisplayName("E8: Resigning forgives failures")
    void resigningForgivesFailures() {
        f.leading();
        fails();
        contendsAgainAfter(LEASE);
        f.applied().resign().workStopped(2).applied();
        contendsAgainAfter(LEASE);
        f.applied().giveUp(3, EndReason.TASK_FAILED).workStopped(3).applied();
        contendsAgainAfter(LEASE);
    }

    @Test
    @DisplayName("E8: After a loss a candidate contends again by itself, after a random part of the retry period")
    void afterALossACandidateContendsAgain() {
        f.leading().jitter(0.5).foundExpired(1).jitter(0).workStopped(1);
        contendsAgainAfter(RETRY.dividedBy(2).minus(NANO));
    }

    // ---- A store in trouble ----

    @Test
    @DisplayName("E8: A follower whose store fails goes on reading every retry period, and says once what is wrong")
    void aFollowerGoesOnForEver() {
        f.start().failed();
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isEqualTo("unreachable");
        for (int i = 0; i < 100; i++) {
            long before = f.now().nanos();
            f.untilItAsks().reads();
            assertThat(f.now().nanos() - before).isEqualTo(RETRY.toNanos());
            f.failed(BackendException.transientFailure("unreachable " + i, null))
                    .didNot(Effect.HealthChanged.class);
        }
        f.untilItAsks().found(f.stored(f.held(OTHER, 3)));
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isNull();
    }

    @Test
    @DisplayName("E8: Trouble of another kind is said anew")
    void anotherKindOfTroubleIsSaid() {
        f.start().failed().untilItAsks().failed(BackendException.denied("may not get leases", null));
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isEqualTo("may not get leases");
    }

    @Test
    @DisplayName("E8: A call that was given up on and fails late does not call a store sick that has answered since")
    void aLateFailureIsOldNews() {
        f.start();
        MachineFixture.Asked hung = f.call();
        f.pass(RETRY.multipliedBy(2)).reads().found(f.stored(f.held(OTHER, 3)));
        f.answer(hung, new Call.Answer.Failed(BackendException.transientFailure("late", null)))
                .didNot(Effect.HealthChanged.class);
    }

    @Test
    @DisplayName("E8: A late failure tells more than silence, while there is nothing but silence")
    void aLateFailureIsNewsInSilence() {
        f.start();
        MachineFixture.Asked hung = f.call();
        f.pass(RETRY).answer(hung, new Call.Answer.Failed(BackendException.denied("may not", null)));
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isEqualTo("may not");
    }

    @Test
    @DisplayName("S2: A store that asks to be left alone is left alone, by events and a new watch too")
    void retryAfterIsHonoured() {
        Duration stayAway = Duration.ofSeconds(50);
        f.sees(f.stored(f.held(OTHER, 3))).untilItAsks();
        f.failed(BackendException.overloaded("busy", null, stayAway))
                .watchOpened(1)
                .didNot(Effect.Invoke.class);
        f.bareEvent().didNot(Effect.Invoke.class).watchLost(1, new Exception()).didNot(Effect.Invoke.class);
        f.pass(stayAway.minus(NANO));
        assertThat(f.awaitsAnswer()).isFalse();
        f.pass(NANO).reads();
    }

    @Test
    @DisplayName("S2: A leader leaves its store alone too, though it costs the term")
    void aLeaderHonoursRetryAfter() {
        f.leading().pass(Duration.ofSeconds(4));
        f.failed(BackendException.overloaded("busy", null, Duration.ofSeconds(5)));
        f.pass(Duration.ofSeconds(5).minus(NANO));
        assertThat(f.awaitsAnswer()).isFalse();
        f.pass(NANO).is(Phase.LEADING);
        f.write();
    }

    @Test
    @DisplayName("S2: A store that asks to be left alone for ever is asked again after an hour")
    void retryAfterIsClamped() {
        f.start().failed(BackendException.overloaded("busy", null, ChronoUnit.FOREVER.getDuration()));
        f.pass(Duration.ofHours(1).minus(NANO));
        assertThat(f.awaitsAnswer()).isFalse();
        f.pass(NANO).reads();
    }

    // ---- Looking on ----

    @Test
    @DisplayName("An observer never writes, whatever it sees")
    void anObserverNeverWrites() {
        MachineFixture g = MachineFixture.observing();
        g.sees(Snapshot.ABSENT).polls(LEASE.multipliedBy(3), Snapshot.ABSENT);
        assertThat(g.awaitsAnswer()).isFalse();
        g.event(g.stored(g.released(OTHER, 3))).polls(LEASE.multipliedBy(3), g.last());
        assertThat(g.awaitsAnswer()).isFalse();
        g.event(g.stored(g.held(OTHER, 4))).polls(LEASE.multipliedBy(3), g.last());
        assertThat(g.awaitsAnswer()).isFalse();
        g.close().did(Effect.Closed.class).didNot(Effect.Invoke.class);
    }

    @Test
    @DisplayName("E8: A candidate that was never started says nothing, whatever it is told")
    void theIdleSayNothing() {
        f.tick()
                .didNot(Effect.OpenWatch.class)
                .didNot(Effect.LeaderChanged.class)
                .is(Phase.IDLE);
        assertThat(f.machine.nextWakeUp()).isEqualTo(Long.MAX_VALUE);
        f.resign().didNot(Effect.OpenWatch.class).didNot(Effect.LeaderChanged.class);
    }

    @Test
    @DisplayName("E8: A write that was not confirmed is trouble, until one is")
    void anUnconfirmedWriteIsTrouble() {
        f.leading().pass(Duration.ofSeconds(4)).unknown();
        assertThat(f.effect(Effect.HealthChanged.class).problem()).contains("not confirmed", "connection reset");
        f.untilItAsks().applied();
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isNull();
    }

    @Test
    @DisplayName("E8: A store that can be read but not written is in one trouble, and not in a new one at each try")
    void aStoreThatCannotBeWrittenIsInOneTrouble() {
        f.start().found(Snapshot.ABSENT).failed(BackendException.denied("may not create", null));
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isEqualTo("may not create");
        for (int i = 0; i < 10; i++) {
            f.untilItAsks().found(f.last()).didNot(Effect.HealthChanged.class);
            f.failed(BackendException.denied("may not create", null)).didNot(Effect.HealthChanged.class);
        }
        f.untilItAsks().found(f.last()).applied();
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isNull();
    }

    @Test
    @DisplayName("E8: It is no trouble to a follower that it could not write, while another leads")
    void aFollowerNeedNotWrite() {
        f.start().found(Snapshot.ABSENT).failed(BackendException.denied("may not create", null));
        f.untilItAsks().found(f.stored(f.held(OTHER, 3)));
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isNull();
    }

    @Test
    @DisplayName("E8: A conflict is an answer, and ends a trouble")
    void aConflictEndsATrouble() {
        f.leading().pass(Duration.ofSeconds(4)).failed().untilItAsks().conflict(f.stored(f.held(OTHER, 9)));
        assertThat(f.effect(Effect.HealthChanged.class).problem()).isNull();
    }

    @Test
    @DisplayName("E8: A follower that may have become the leader looks within an eighth of the call timeout")
    void aFollowerInDoubtLooksSoon() {
        f.start().found(Snapshot.ABSENT).applied();
        f.jitter(1).unknown();
        assertThat(f.untilWakeUp()).isLessThan(RETRY.dividedBy(8)).isPositive();
        f.pass(f.untilWakeUp()).reads();
    }

    @Test
    @DisplayName(
            "E8: An acquisition that turns out to have been applied while standing back is given back, without a term")
    void aLateAcquisitionIsGivenBack() {
        f.start().found(Snapshot.ABSENT).applied();
        MachineFixture.Asked acquisition = f.write();
        f.resign().unnoticed(Duration.ofSeconds(6)).tick().is(Phase.FOLLOWING).found(f.last());
        f.applied(acquisition, acquisition.at())
                .didNot(Effect.TermStarted.class)
                .is(Phase.DRAINING);
        assertThat(f.write().next().isFree()).isTrue();
        assertThat(f.write().expected()).isEqualTo(f.last().version());
        f.applied().is(Phase.FOLLOWING);
    }

    @Test
    @DisplayName("E8: Who stood back once, led again, and lost that term, does not stand back again")
    void standingBackIsForOnce() {
        f.leading().resign().workStopped(1).applied();
        contendsAgainAfter(LEASE);
        f.applied().foundExpired(2).workStopped(2);
        assertThat(f.write().next().holder()).isEqualTo(ME);
    }

    @Test
    @DisplayName("E11: Retries are jittered by a fifth")
    void retriesAreJittered() {
        f.jitter(1).start().failed();
        assertThat(f.untilWakeUp()).isEqualTo(RETRY.plus(RETRY.dividedBy(5)).minus(NANO));
    }

    @Test
    @DisplayName("S4: Each attempt is named after its incarnation and its call, so that no two are alike")
    void attemptsAreUnique() {
        f.start().found(Snapshot.ABSENT);
        assertThat(f.write().next().attempt()).isEqualTo("i1." + f.write().id());
    }
}
