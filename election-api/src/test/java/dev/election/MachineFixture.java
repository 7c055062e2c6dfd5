package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Drives one machine input by input, with moments made by hand, and holds it after each to what it always keeps: it
 * wants to be woken later than now, it has one call at a time on its way, and it asks for no call after its end.
 */
final class MachineFixture {

    static final String ME = "me_i1";
    static final String OTHER = "other_i2";

    static final Duration LEASE = ElectionTiming.DEFAULT.leaseDuration();
    static final Duration DEADLINE = ElectionTiming.DEFAULT.renewDeadline();
    static final Duration RETRY = ElectionTiming.DEFAULT.retryPeriod();
    static final Duration CALL = ElectionTiming.DEFAULT.callTimeout();
    static final Duration MILLI = Duration.ofMillis(1);
    static final Duration NANO = Duration.ofNanos(1);

    private static final int MANY_WAKE_UPS = 10_000;

    record Revision(long revision) implements Version {}

    /** A call, and when it was asked for. */
    record Asked(Call call, Moment at) {
        long id() {
            return call.id();
        }

        LockRecord next() {
            return ((Call.Swap) call).next();
        }

        Version expected() {
            return ((Call.Swap) call).expected();
        }
    }

    final ElectionTiming timing;
    final ElectionMachine machine;
    private final List<Effect> effects = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private double jitter;
    private long nanos = 7_000_000_000L;
    private Instant wall = Instant.parse("2030-01-01T00:00:00Z");
    private long revision;
    private long attempts;
    private Snapshot last = Snapshot.ABSENT;

    MachineFixture() {
        this(ElectionTiming.DEFAULT);
    }

    MachineFixture(ElectionTiming timing) {
        this(settings(timing, true, false, 1));
    }

    MachineFixture(Settings settings) {
        timing = settings.timing();
        machine = new ElectionMachine(settings, new Jitter());
    }

    static Settings settings(ElectionTiming timing, boolean contends, boolean watches, long minimumToken) {
        return new Settings("me", "i1", timing, contends, watches, minimumToken, (next, replaced) -> next);
    }

    static MachineFixture watching() {
        return new MachineFixture(settings(ElectionTiming.DEFAULT, true, true, 1));
    }

    static MachineFixture observing() {
        return new MachineFixture(settings(ElectionTiming.DEFAULT, false, true, 1));
    }

    /** Every random delay is this share of its window, from 0 up to 1. */
    MachineFixture jitter(double share) {
        jitter = share;
        return this;
    }

    private final class Jitter implements RandomGenerator {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException("only delays are drawn");
        }

        @Override
        public long nextLong(long bound) {
            assertThat(bound).as("window of a random delay").isPositive();
            return (long) (jitter * (bound - 1));
        }
    }

    // ---- Time ----

    Moment now() {
        return new Moment(nanos, wall);
    }

    /** Time passes, and nobody tells the machine. */
    MachineFixture unnoticed(Duration elapsed) {
        nanos += elapsed.toNanos();
        wall = wall.plus(elapsed);
        return this;
    }

    MachineFixture wallJumps(Duration by) {
        wall = wall.plus(by);
        return this;
    }

    /** Time passes, and the machine is woken when it wants to be. */
    MachineFixture pass(Duration elapsed) {
        List<Effect> all = new ArrayList<>();
        long until = nanos + elapsed.toNanos();
        for (int wakeUps = 0; machine.nextWakeUp() <= until; wakeUps++) {
            assertThat(wakeUps).as("wake-ups").isLessThan(MANY_WAKE_UPS);
            unnoticed(Duration.ofNanos(machine.nextWakeUp() - nanos));
            tick();
            all.addAll(effects);
        }
        unnoticed(Duration.ofNanos(until - nanos));
        effects.clear();
        effects.addAll(all);
        return this;
    }

    /** Wakes the machine when it wants to be woken, until it asks for a call. */
    MachineFixture untilItAsks() {
        effects.clear();
        for (int wakeUps = 0; effects(Effect.Invoke.class).isEmpty(); wakeUps++) {
            assertThat(wakeUps).as("wake-ups").isLessThan(MANY_WAKE_UPS);
            pass(untilWakeUp());
        }
        return this;
    }

    Duration untilWakeUp() {
        return Duration.ofNanos(machine.nextWakeUp() - nanos);
    }

    // ---- Inputs ----

    private MachineFixture took(List<Effect> did) {
        effects.clear();
        effects.addAll(did);
        List<Effect.Invoke> invoked = effects(Effect.Invoke.class);
        assertThat(invoked).as("calls asked for at once").hasSizeLessThanOrEqualTo(1);
        invoked.forEach(invoke -> {
            assertThat(invoke.call().deadline())
                    .as("deadline of " + invoke.call())
                    .isGreaterThan(nanos);
            asked.add(new Asked(invoke.call(), now()));
        });
        assertThat(asked).as("calls without an answer").hasSizeLessThanOrEqualTo(3);
        assertThat(machine.nextWakeUp()).as("wake-up after " + did).isGreaterThan(nanos);
        if (machine.phase() == ElectionMachine.Phase.CLOSED) {
            assertThat(machine.nextWakeUp()).isEqualTo(Long.MAX_VALUE);
        }
        return this;
    }

    MachineFixture start() {
        return took(machine.start(now()));
    }

    MachineFixture tick() {
        return took(machine.tick(now()));
    }

    MachineFixture resign() {
        return took(machine.resign(now()));
    }

    MachineFixture close() {
        return took(machine.close(now()));
    }

    MachineFixture workStopped(long term) {
        return took(machine.workStopped(now(), term));
    }

    MachineFixture giveUp(long term, EndReason reason) {
        return took(machine.giveUp(now(), term, reason));
    }

    MachineFixture foundExpired(long term) {
        return took(machine.foundExpired(now(), term));
    }

    MachineFixture watchOpened(long watch) {
        return took(machine.watchOpened(now(), watch));
    }

    MachineFixture event(Snapshot seen) {
        return took(machine.watchChanged(now(), 1, seen));
    }

    MachineFixture event(long watch, Snapshot seen) {
        return took(machine.watchChanged(now(), watch, seen));
    }

    /** An event that says only that something changed. */
    MachineFixture bareEvent() {
        return took(machine.watchChanged(now(), 1, null));
    }

    MachineFixture watchLost(long watch, Throwable cause) {
        return took(machine.watchLost(now(), watch, cause));
    }

    /** Answers a call that was sent at the given moment; null if it never was. */
    MachineFixture answer(Asked call, Moment sent, Call.Answer answer) {
        asked.remove(call);
        return took(machine.answered(now(), call.id(), sent, answer));
    }

    MachineFixture answer(Asked call, Call.Answer answer) {
        return answer(call, call.at(), answer);
    }

    MachineFixture found(Snapshot snapshot) {
        assertThat(call().call()).isInstanceOf(Call.Read.class);
        return answer(call(), new Call.Answer.Found(snapshot));
    }

    /** The write on its way was applied. */
    MachineFixture applied() {
        return applied(call(), call().at());
    }

    MachineFixture applied(Asked call, Moment sent) {
        return answer(call, sent, swapped(new CasOutcome.Applied(stored(call.next()))));
    }

    MachineFixture conflict(Snapshot current) {
        return answer(call(), swapped(new CasOutcome.Conflict(current)));
    }

    MachineFixture bareConflict() {
        return answer(call(), swapped(new CasOutcome.Conflict(null)));
    }

    MachineFixture unknown() {
        return answer(call(), swapped(new CasOutcome.Unknown(new Exception("connection reset"))));
    }

    MachineFixture failed(BackendException cause) {
        return answer(call(), new Call.Answer.Failed(cause));
    }

    MachineFixture failed() {
        return failed(BackendException.transientFailure("unreachable", null));
    }

    MachineFixture notSent() {
        return answer(call(), null, new Call.Answer.NotSent());
    }

    static Call.Answer swapped(CasOutcome outcome) {
        return new Call.Answer.Swapped(outcome);
    }

    // ---- Effects ----

    <T extends Effect> List<T> effects(Class<T> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends Effect> T effect(Class<T> kind) {
        assertThat(effects).hasAtLeastOneElementOfType(kind);
        List<T> found = effects(kind);
        return found.get(found.size() - 1);
    }

    MachineFixture did(Class<? extends Effect> kind) {
        assertThat(effects).hasAtLeastOneElementOfType(kind);
        return this;
    }

    MachineFixture didNot(Class<? extends Effect> kind) {
        assertThat(effects).doesNotHaveAnyElementsOfTypes(kind);
        return this;
    }

    /** The call that was asked for last and has no answer yet. */
    Asked call() {
        assertThat(asked).as("calls without an answer").isNotEmpty();
        return asked.get(asked.size() - 1);
    }

    boolean awaitsAnswer() {
        return !asked.isEmpty();
    }

    /** The call on its way, which is to be a write. */
    Asked write() {
        assertThat(call().call()).isInstanceOf(Call.Swap.class);
        return call();
    }

    MachineFixture reads() {
        assertThat(effect(Effect.Invoke.class).call()).isInstanceOf(Call.Read.class);
        return this;
    }

    MachineFixture is(ElectionMachine.Phase phase) {
        assertThat(machine.phase()).isEqualTo(phase);
        return this;
    }

    LeaderView view() {
        return machine.sighting() == null
                ? new LeaderView.Unknown()
                : machine.sighting().view(nanos, settings(timing, true, false, 1));
    }

    // ---- What the store holds ----

    /** A record at the next version. */
    Snapshot stored(LockRecord record) {
        last = new Snapshot(record, new Revision(++revision));
        return last;
    }

    /** What was stored last. */
    Snapshot last() {
        return last;
    }

    /** The store's revision moves on without us. */
    MachineFixture revisionIs(long latest) {
        revision = latest;
        return this;
    }

    private String attempt(String holder) {
        return holder.substring(holder.lastIndexOf('_') + 1) + "." + ++attempts;
    }

    /** A record written by this library. */
    LockRecord held(String holder, long token) {
        return held(holder, token, LEASE);
    }

    LockRecord held(String holder, long token, Duration lease) {
        return new LockRecord(holder, lease, wall, wall, 1, token, attempt(holder));
    }

    /** A record released by this library. */
    LockRecord released(String holder, long token) {
        return new LockRecord("", Duration.ofSeconds(1), wall, wall, 1, token, attempt(holder));
    }

    /** A record just created by this library. */
    LockRecord createdBy(String holder) {
        return new LockRecord("", Duration.ofSeconds(1), wall, wall, 0, 0, attempt(holder));
    }

    /** A record written by client-go, which keeps our token, if there was one, as it does an unknown field. */
    LockRecord foreign(String holder, long tokenLeft, Duration lease) {
        return new LockRecord(holder, lease, wall, wall, 1, tokenLeft, "");
    }

    // ---- Ways to a state ----

    /** Has created the record and acquired it: leads its first term. Its record is at revision 2, its token is 1. */
    MachineFixture leading() {
        start().found(Snapshot.ABSENT).applied().applied();
        assertThat(effect(Effect.TermStarted.class).term()).isEqualTo(1);
        return is(ElectionMachine.Phase.LEADING);
    }

    /** Follows, and has just seen this. */
    MachineFixture sees(Snapshot snapshot) {
        return start().found(snapshot);
    }

    /** Polls until the time is up, and finds the same each time. */
    MachineFixture polls(Duration elapsed, Snapshot same) {
        long until = nanos + elapsed.toNanos();
        while (awaitsAnswer() || machine.nextWakeUp() <= until) {
            if (!awaitsAnswer()) {
                pass(untilWakeUp());
            } else if (call().call() instanceof Call.Read) {
                found(same);
            } else {
                return this;
            }
        }
        return unnoticed(Duration.ofNanos(until - nanos));
    }
}
