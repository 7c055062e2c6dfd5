package dev.election;

import dev.election.OwnWrites.Attempt;
import dev.election.OwnWrites.Purpose;
import dev.election.spi.BackendException;
import dev.election.spi.BackendException.Kind;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The election, as one candidate sees it: a deterministic state machine that is given one input at a time, with the
 * time at which it is given, and answers with what is to be done.
 *
 * <p>It owns no thread, clock or I/O, and draws from a random generator that it is handed; so the same code runs under
 * the real {@link ElectionLoop}, under property tests and under a simulator. It is not thread-safe.
 *
 * <p>Every input first lets time pass: validity that has run out is gone before an answer that came too late is looked
 * at (rule E1). Then the input is digested; then the next call is decided on, at most one at a time. When it wants to
 * be woken is a function of its state: {@link #nextWakeUp()}.
 */
final class ElectionMachine {

    /** The phases of a candidate's life. */
    enum Phase {
        /** Not started. */
        IDLE,
        /** Looks on, and contends if it may. */
        FOLLOWING,
        /** Leads. */
        LEADING,
        /** Gave up its term: keeps the lock while the work winds down, then releases it (rule E7). */
        DRAINING,
        /** The lease is gone, the work still runs; does not contend. */
        ENDED,
        /** Done. */
        CLOSED
    }

    /** The window of the random delay before a take-over starts at R/400: 5 ms with the defaults. */
    private static final int TAKEOVER_WINDOW_DIVISOR = 400;

    /** It ends at R/100, 20 ms with the defaults: a lost race costs a refused write, a long delay costs a hand-over. */
    private static final int MAX_DOUBLINGS = 2;

    private final Settings settings;
    private final RandomGenerator random;
    private final long leaseNanos;
    private final long deadlineNanos;
    private final long retryNanos;
    private final long callNanos;

    private final RecordWriter records;
    private final CallSlot calls = new CallSlot();
    private final OwnWrites own = new OwnWrites();
    private final WatchState watch;
    private final StandBack standBack;
    private final Problems problems = new Problems();
    private Moment now = new Moment(0, Instant.EPOCH);
    private List<Effect> effects = new ArrayList<>();
    private Phase phase = Phase.IDLE;

    private @Nullable Sighting sighting;
    private boolean unreadable;
    private long readAt;
    private long acquireAt;
    private long notBefore;
    private int conflicts;

    private long term;
    private long termStartedAt;
    private @Nullable Moment validity;
    private boolean workRunning;
    private long workLateAt = Long.MAX_VALUE;
    private long writeAt;
    private boolean suspect;

    private boolean closing;
    private boolean resigning;
    private long drainUntil = Long.MAX_VALUE;
    private LeaderView reportedLeader = new LeaderView.Unknown();

    ElectionMachine(Settings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        leaseNanos = settings.timing().leaseDuration().toNanos();
        deadlineNanos = settings.timing().renewDeadline().toNanos();
        retryNanos = settings.timing().retryPeriod().toNanos();
        callNanos = settings.timing().callTimeout().toNanos();
        records = new RecordWriter(settings);
        watch = new WatchState(settings.watches(), retryNanos, random);
        standBack = new StandBack(leaseNanos);
    }

    // ---- Inputs ----

    List<Effect> start(Moment at) {
        return step(at, () -> {
            if (phase == Phase.IDLE) {
                phase = Phase.FOLLOWING;
                readAt = at.nanos();
            }
        });
    }

    /** Time has passed. */
    List<Effect> tick(Moment at) {
        return step(at, () -> {});
    }

    /**
     * A call was answered.
     *
     * @param sent when it was handed to the store, noted just before; null if it never was
     */
    List<Effect> answered(Moment at, long call, @Nullable Moment sent, Call.Answer answer) {
        return step(at, () -> onAnswer(call, sent, answer));
    }

    List<Effect> watchOpened(Moment at, long opened) {
        return step(at, () -> {
            if (watch.opened(opened) && phase == Phase.FOLLOWING) {
                readAt = Math.max(
                        now.nanos(), notBefore); // what changed before the watch was open is not reported by it
            }
        });
    }

    /** A watch reports what the store holds, or with null only that something changed. */
    List<Effect> watchChanged(Moment at, long from, @Nullable Snapshot seen) {
        return step(at, () -> {
            if (watch.isCurrent(from)) {
                onEvent(seen);
            }
        });
    }

    List<Effect> watchLost(Moment at, long lost, Throwable cause) {
        return step(at, () -> {
            if (watch.isCurrent(lost)) {
                if (watch.lost(now.nanos(), cause)) {
                    effects.add(new Effect.Polling(cause));
                }
                readAt = Math.min(readAt, Math.max(now.nanos(), notBefore));
            }
        });
    }

    /** Somebody who held the term's handle found its time to be up. */
    List<Effect> foundExpired(Moment at, long which) {
        return step(at, () -> {
            if (which == term && phase == Phase.LEADING) {
                validityOver(EndReason.EXPIRED);
            }
        });
    }

    /** All user code of a term has ended; comes exactly once for each term, after its end. */
    List<Effect> workStopped(Moment at, long which) {
        return step(at, () -> {
            if (which == term) {
                onWorkStopped();
            }
        });
    }

    /** The work itself ends the term. */
    List<Effect> giveUp(Moment at, long which, EndReason reason) {
        return step(at, () -> {
            if (which == term && phase == Phase.LEADING) {
                drain(reason);
            }
        });
    }

    List<Effect> resign(Moment at) {
        return step(at, () -> {
            resigning = true;
            if (phase == Phase.LEADING) {
                drain(EndReason.RESIGNED);
            } else if (phase == Phase.FOLLOWING) {
                standBack.begin(now.nanos());
                giveBackOrFinish();
            } else if (phase == Phase.IDLE) {
                finish(true);
            } else {
                standBack.begin(now.nanos());
                boundTheWait();
            }
        });
    }

    List<Effect> close(Moment at) {
        return step(at, () -> {
            closing = true;
            if (phase == Phase.LEADING) {
                drain(EndReason.CLOSED);
            } else if (phase == Phase.FOLLOWING) {
                giveBackOrFinish();
            } else if (phase == Phase.IDLE) {
                finish(true);
            } else {
                boundTheWait();
            }
        });
    }

    // ---- What the state says ----

    Phase phase() {
        return phase;
    }

    /** What was last seen, for views that are computed when they are asked for; null while nothing trustworthy was. */
    @Nullable
    Sighting sighting() {
        return unreadable ? null : sighting;
    }

    /** Monotonic time at which {@link #tick} is wanted; {@code Long.MAX_VALUE} for never. Later than now. */
    long nextWakeUp() {
        if (phase == Phase.IDLE || phase == Phase.CLOSED) {
            return Long.MAX_VALUE;
        }
        long at = Math.min(drainUntil, Math.min(workLateAt, watch.openAt()));
        at = Math.min(at, calls.isFree() ? callDueAt() : calls.deadline());
        if (validity != null) {
            at = Math.min(at, validity.nanos() + deadlineNanos);
        }
        if (sighting != null) {
            at = Math.min(at, sighting.viewChangesAt(now.nanos(), settings));
        }
        return at;
    }

    /** Whether the lock is this candidate's, as far as it knows. */
    private boolean isHolding() {
        return phase == Phase.LEADING || phase == Phase.DRAINING;
    }

    private LeaderView view() {
        if (phase == Phase.LEADING && validity != null) {
            LockRecord record = Objects.requireNonNull(own.held()).record();
            return new LeaderView.Known(
                    settings.identity(),
                    OptionalLong.of(Objects.requireNonNull(record).fencingToken()),
                    Duration.ofNanos(now.nanos() - validity.nanos()));
        }
        return sighting == null || unreadable ? new LeaderView.Unknown() : sighting.view(now.nanos(), settings);
    }

    // ---- One step ----

    private List<Effect> step(Moment at, Runnable input) {
        if (phase == Phase.CLOSED) {
            return List.of();
        }
        now = at;
        effects = new ArrayList<>(4);
        letTimePass();
        if (phase != Phase.CLOSED) {
            input.run();
        }
        if (phase != Phase.CLOSED && phase != Phase.IDLE) {
            decide();
        }
        report();
        return effects;
    }

    private void letTimePass() {
        if (now.nanos() >= calls.deadline()) {
            long millis = Duration.ofNanos(callNanos).toMillis();
            problems.store(calls.isWriting(), Kind.TRANSIENT, "no answer from the store within " + millis + " ms");
            calls.giveUp();
            pause(0);
        }
        if (validity != null && now.leaderElapsedSince(validity) >= deadlineNanos) {
            validityOver(EndReason.EXPIRED);
        }
        if (now.nanos() >= workLateAt) {
            workLateAt = Long.MAX_VALUE;
            problems.workIsLate(true);
        }
        if (now.nanos() >= drainUntil) {
            drainUntil = Long.MAX_VALUE;
            validity = null;
            if (closing || !workRunning) {
                finish(false);
            } else {
                phase = Phase.ENDED;
                resigned(false);
            }
        }
    }

    private void report() {
        problems.exhausted(isExhausted());
        Effect change = problems.change();
        if (change != null) {
            effects.add(change);
        }
        if (phase == Phase.IDLE || phase == Phase.CLOSED) {
            return;
        }
        LeaderView view = view();
        if (!isSameLeader(view, reportedLeader)) {
            reportedLeader = view;
            effects.add(new Effect.LeaderChanged(view));
        }
    }

    private static boolean isSameLeader(LeaderView one, LeaderView other) {
        return one instanceof LeaderView.Known a && other instanceof LeaderView.Known b
                ? a.identity().equals(b.identity()) && a.fencingToken().equals(b.fencingToken())
                : one.equals(other);
    }

    // ---- Answers ----

    private void onAnswer(long call, @Nullable Moment sent, Call.Answer answer) {
        boolean current = calls.answered(call);
        if (sent != null) {
            own.noteSent(call, sent);
        }
        if (answer instanceof Call.Answer.Found found) {
            if (current) {
                onFound(found.snapshot());
            } else {
                onEvent(found.snapshot()); // given up on, and overtaken: as good as an event
            }
        } else if (answer instanceof Call.Answer.Swapped swapped) {
            onSwapped(call, current, swapped.outcome());
        } else {
            boolean write = own.ofCall(call) != null;
            own.dropCall(call);
            if (answer instanceof Call.Answer.Failed failed) {
                onFailed(current, write, failed.cause());
            } // else it was not sent, since its deadline had passed, which was seen to then
        }
    }

    private void onFound(Snapshot seen) {
        problems.readingIsWell();
        if (isOvertaken(seen)) {
            return;
        }
        see(seen);
        if (!isHolding() && view() instanceof LeaderView.Known) { // so nothing is to be written
            problems.storeIsWell();
        }
        lookAgainAfterUnseenNews();
    }

    /** Whether an answer may tell of an older state than the news that came while its call was on its way. */
    private boolean isOvertaken(Snapshot answer) {
        if (!calls.hadNews() || sighting == null) {
            return false;
        }
        boolean overtaken = answer.isAbsent() || sighting.isNewerThan(answer);
        if (answer.isAbsent() || (overtaken && suspect)) {
            suspect(); // before or after the news? Only another read tells.
        }
        return overtaken;
    }

    /** What is ours may be so no longer; a read will tell (rule E11). */
    private void suspect() {
        suspect = isHolding();
        readAt = suspect ? now.nanos() : Math.max(now.nanos(), notBefore);
    }

    /** What an event that showed no record told of may have happened after what the answer shows. */
    private void lookAgainAfterUnseenNews() {
        if (calls.hadUnseenNews()) {
            suspect();
        }
    }

    private void onSwapped(long call, boolean current, CasOutcome outcome) {
        if (outcome instanceof CasOutcome.Applied applied) {
            Attempt attempt = own.ofCall(call);
            if (attempt != null) {
                if (!current) {
                    calls.news();
                }
                acknowledged(attempt, applied.current());
            }
        } else if (outcome instanceof CasOutcome.Conflict conflict) {
            Attempt attempt = own.ofCall(call);
            own.dropCall(call);
            if (current) {
                problems.storeIsWell();
                onConflict(conflict.current(), attempt);
            }
        } else if (outcome instanceof CasOutcome.Unknown unknown && current) {
            problems.store(true, Kind.TRANSIENT, "a write was not confirmed: " + unknown.cause());
            pause(0);
            if (phase == Phase.FOLLOWING) {
                readAt = now.nanos() + random.nextLong(Math.max(1, callNanos / 8)); // we may well be the leader
            }
        }
    }

    private void onConflict(@Nullable Snapshot current, @Nullable Attempt attempt) {
        if (phase == Phase.FOLLOWING) {
            conflicts = Math.min(conflicts + 1, MAX_DOUBLINGS);
        }
        if (current == null) {
            suspect();
            writeAt = now.nanos() + callNanos;
            notBefore = now.nanos() + random.nextLong(retryNanos);
            return;
        }
        if (isOvertaken(current)) {
            return;
        }
        boolean moved = attempt == null || !attempt.replaced().version().equals(current.version());
        see(current);
        lookAgainAfterUnseenNews();
        if (moved) {
            writeAt = now.nanos(); // E15: somebody touched a label
        } else { // a conflict without a cause: another try at once would meet it again
            writeAt = now.nanos() + callNanos;
            notBefore = now.nanos() + retryNanos;
        }
    }

    private void onFailed(boolean current, boolean write, BackendException cause) {
        if (current || problems.isStoreInTrouble()) { // a late complaint does not count if all went well since
            problems.store(write, cause.kind(), String.valueOf(cause.getMessage()));
        }
        if (!current) {
            return;
        }
        if (cause.kind() == Kind.UNREADABLE) { // whatever it is, it is not our record
            unreadable = true;
            own.lost();
            deposed();
        }
        Duration stayAway = cause.retryAfter();
        pause((stayAway.compareTo(ElectionTiming.MAX_LEASE) > 0 ? ElectionTiming.MAX_LEASE : stayAway).toNanos());
    }

    /** What the store holds, told by the store itself in answer to a call. */
    private void see(Snapshot seen) {
        Attempt applied = own.settle(seen);
        if (applied != null) {
            acknowledged(applied, seen);
            return;
        }
        Snapshot held = own.held();
        if (held != null) {
            if (Sighting.isSameRecord(held.record(), seen)) {
                own.moved(seen);
                suspect = false;
            } else {
                own.lost();
                deposed();
            }
        }
        look(seen);
    }

    /** What a watch saw. It never deposes and never acknowledges; where that is at stake it leads to a read. */
    private void onEvent(@Nullable Snapshot seen) {
        Snapshot held = own.held();
        if (validity != null && held != null) {
            boolean ours = seen != null && (Sighting.isSameRecord(held.record(), seen) || own.couldBe(seen));
            boolean older = seen != null
                    && !seen.isAbsent()
                    && seen.version().revision() <= held.version().revision();
            if (!ours && !older) {
                suspect();
                calls.unseenNews();
            }
            return;
        }
        if (seen == null || seen.isAbsent()) {
            suspect();
            calls.unseenNews();
        } else if (sighting == null || !sighting.isNewerThan(seen)) {
            if (own.couldBe(seen)) {
                readAt = calls.isTaken() ? readAt : now.nanos();
                return;
            }
            if (anotherWasQuicker(seen)) {
                conflicts = Math.max(0, conflicts - 1); // and nobody collided
            }
            calls.news();
            own.settle(seen);
            if (held != null && !Sighting.isSameRecord(held.record(), seen)) {
                own.lost();
            }
            look(seen);
        }
    }

    /** Whether the lock was to be had, and has gone to another before we tried. */
    private boolean anotherWasQuicker(Snapshot seen) {
        LockRecord record = seen.record();
        boolean gone = record != null && !record.isFree() && !record.holder().equals(settings.holder());
        return gone && sighting != null && !sighting.isHeldByAnother(settings.holder()) && !calls.isTaken();
    }

    private void look(Snapshot seen) {
        Sighting before = sighting;
        unreadable = false;
        if (before != null && Objects.equals(before.snapshot().record(), seen.record())) {
            sighting = before.sameAt(seen, now.nanos());
        } else {
            sighting = before == null
                    ? Sighting.first(seen, now.nanos(), settings)
                    : before.changed(seen, now.nanos(), settings);
            long window = Math.max(1, (retryNanos / TAKEOVER_WINDOW_DIVISOR) << conflicts);
            acquireAt = sighting.takeableAt() + random.nextLong(window);
        }
        if (sighting.isHeldByAnother(settings.holder()) || anotherHasLed(before, seen)) {
            standBack.end();
        }
        schedulePoll();
    }

    /** Whether another one has acquired and released the lock since we last looked, and was not seen to hold it. */
    private boolean anotherHasLed(@Nullable Sighting before, Snapshot seen) {
        LockRecord was = before == null ? null : before.snapshot().record();
        LockRecord is = seen.record();
        return was != null && is != null && is.isFree() && is.fencingToken() > was.fencingToken() && !isOwn(is);
    }

    private void schedulePoll() {
        long interval = watch.isOpen() ? leaseNanos : retryNanos;
        readAt = now.nanos() + interval + random.nextLong(Math.max(1, interval / 5));
    }

    // ---- Acknowledgement ----

    /** The store is known to hold, or to have held, this write of ours (rule E5). */
    private void acknowledged(Attempt attempt, Snapshot current) {
        problems.storeIsWell();
        own.applied(attempt, current);
        if (sighting != null && sighting.isNewerThan(current)) {
            own.lost(); // a watch has already shown what came after it
            deposed();
            readAt = now.nanos();
            return;
        }
        unreadable = false;
        boolean everSeen = sighting != null && sighting.hadRecord();
        look(current);
        switch (attempt.purpose()) {
            case CREATE -> created(everSeen);
            case ACQUIRE -> acquired(attempt);
            case RENEW -> renewed(attempt);
            case RELEASE -> finishDrain(true);
        }
    }

    /** The record is there, and free. Who has never seen one before need not wait for anybody. */
    private void created(boolean everSeen) {
        if (!everSeen) {
            sighting = Objects.requireNonNull(sighting).takeableNow();
            acquireAt = now.nanos();
        }
    }

    private void acquired(Attempt attempt) {
        if (phase != Phase.FOLLOWING) {
            return;
        }
        if (!mayContend()) {
            giveBackOrFinish();
        } else if (now.leaderElapsedSince(attempt.sent()) < deadlineNanos) {
            term++;
            termStartedAt = now.nanos();
            validity = attempt.sent();
            phase = Phase.LEADING;
            workRunning = true;
            suspect = false;
            lookAgainAfterUnseenNews();
            conflicts = Math.max(0, conflicts - 1);
            effects.add(new Effect.TermStarted(term, attempt.next().fencingToken(), attempt.sent()));
            scheduleRenewal(attempt.sent());
        }
        // Else it came too late: the record is ours, and leading needs a new acquisition with a new token (E1).
    }

    private void renewed(Attempt attempt) {
        suspect = false;
        lookAgainAfterUnseenNews();
        if (validity != null && attempt.sent().nanos() > validity.nanos()) {
            validity = attempt.sent();
            scheduleRenewal(attempt.sent());
            if (phase == Phase.LEADING) {
                effects.add(new Effect.TermExtended(term, attempt.sent()));
            }
        }
    }

    /** Every third of the renew deadline, a little early at random so that many electors do not keep step. */
    private void scheduleRenewal(Moment sent) {
        writeAt = sent.nanos() + deadlineNanos / 3 - random.nextLong(Math.max(1, deadlineNanos / 30));
    }

    // ---- The end of a term ----

    /** Gives up willingly: the work is told at once, the lock is kept until it has stopped (rule E7). */
    private void drain(EndReason reason) {
        phase = Phase.DRAINING;
        drainUntil = now.nanos() + leaseNanos;
        standBack.begin(now.nanos(), reason, now.nanos() - termStartedAt);
        termEnded(reason);
    }

    private void validityOver(EndReason reason) {
        validity = null;
        if (phase == Phase.LEADING) {
            phase = Phase.ENDED;
            backOff();
            termEnded(reason);
        } else if (phase == Phase.DRAINING && workRunning) {
            phase = Phase.ENDED;
        }
    }

    /** The store holds something that is not ours. */
    private void deposed() {
        suspect = false;
        if (validity != null) {
            validityOver(EndReason.CONFLICT);
        }
    }

    private void termEnded(EndReason reason) {
        workLateAt = now.nanos() + settings.timing().stopBudget().toNanos();
        effects.add(new Effect.TermEnded(term, reason));
    }

    private void onWorkStopped() {
        workRunning = false;
        workLateAt = Long.MAX_VALUE;
        problems.workIsLate(false);
        if (phase == Phase.DRAINING || closing || resigning) {
            giveBackOrFinish();
        } else if (phase == Phase.ENDED) {
            finish(false);
        }
    }

    /** Releases what is ours or may turn out to be; nobody's work depends on it any more. */
    private void giveBackOrFinish() {
        if (own.toGiveBack() == null) {
            finish(true);
        } else {
            phase = Phase.DRAINING;
            validity = null;
            writeAt = now.nanos();
            drainUntil = Math.min(drainUntil, now.nanos() + 2 * callNanos + callNanos / 2);
        }
    }

    private void boundTheWait() {
        drainUntil = Math.min(drainUntil, now.nanos() + leaseNanos);
    }

    private void finishDrain(boolean released) {
        if (phase == Phase.DRAINING && !workRunning) {
            finish(released);
        }
    }

    private void finish(boolean released) {
        drainUntil = Long.MAX_VALUE;
        validity = null;
        suspect = false;
        resigned(released);
        if (closing) {
            phase = Phase.CLOSED;
            long running = watch.stop();
            if (running != 0) {
                effects.add(new Effect.CloseWatch(running));
            }
            effects.add(new Effect.Closed());
        } else if (phase != Phase.IDLE) {
            phase = Phase.FOLLOWING;
            standBack.restart(now.nanos());
        }
    }

    private void resigned(boolean released) {
        if (resigning) {
            resigning = false;
            effects.add(new Effect.Resigned(released));
        }
    }

    private void backOff() {
        notBefore = Math.max(notBefore, now.nanos() + random.nextLong(retryNanos));
    }

    private boolean mayContend() {
        return settings.contends()
                && !closing
                && !resigning
                && !workRunning
                && !unreadable
                && now.nanos() >= standBack.until();
    }

    // ---- Trouble ----

    private boolean isExhausted() {
        return sighting != null && sighting.tokenFloor() == Long.MAX_VALUE;
    }

    /**
     * Waits after a call that failed. One that leads tries again within its deadline, and at once if the failed call
     * took its whole timeout (rule E12); one that follows has time.
     */
    private void pause(long retryAfterNanos) {
        long leaderRetry =
                Math.max(now.nanos(), calls.invokedAt() + callNanos + random.nextLong(Math.max(1, callNanos / 10)));
        writeAt = Math.max(now.nanos() + retryAfterNanos, leaderRetry);
        notBefore = now.nanos() + Math.max(retryAfterNanos, retryNanos + random.nextLong(Math.max(1, retryNanos / 5)));
        boolean urgent = suspect || own.toGiveBack() != null;
        readAt = urgent ? writeAt : notBefore;
    }

    // ---- Decisions ----

    private void decide() {
        if (now.nanos() >= watch.openAt()) {
            effects.add(new Effect.OpenWatch(watch.opening()));
        }
        if (!calls.isFree()) {
            return;
        }
        if (phase == Phase.DRAINING && !workRunning && own.toGiveBack() == null) {
            finish(true);
        }
        if (phase == Phase.CLOSED || now.nanos() < callDueAt()) {
            return;
        }
        if (now.nanos() >= readDueAt()) {
            read();
        } else if (phase == Phase.FOLLOWING) {
            contend();
        } else if (workRunning) {
            renew();
        } else {
            release();
        }
    }

    /** When the next call is due, if none is on its way. */
    private long callDueAt() {
        return Math.min(
                readDueAt(),
                switch (phase) {
                    case FOLLOWING -> contendDueAt();
                    case LEADING, DRAINING -> writeAt;
                    case IDLE, ENDED, CLOSED -> Long.MAX_VALUE;
                });
    }

    private long readDueAt() {
        return isHolding() && !suspect ? Long.MAX_VALUE : readAt;
    }

    private long contendDueAt() {
        boolean allowed = settings.contends() && !workRunning && !unreadable && sighting != null && !isExhausted();
        if (!allowed) {
            return Long.MAX_VALUE;
        }
        return Math.max(Math.max(acquireAt, notBefore), standBack.until());
    }

    private void read() {
        schedulePoll(); // whatever becomes of this read, there will be another
        effects.add(new Effect.Invoke(calls.read(now.nanos(), now.nanos() + callNanos)));
    }

    private void contend() {
        standBack.end();
        Sighting seen = Objects.requireNonNull(sighting);
        if (seen.snapshot().isAbsent()) {
            swap(Purpose.CREATE, seen.snapshot(), records.create(seen, now.wall(), nextAttempt()));
        } else {
            swap(Purpose.ACQUIRE, seen.snapshot(), records.acquire(seen, now.wall(), nextAttempt()));
        }
    }

    private void renew() {
        Snapshot held = Objects.requireNonNull(own.held());
        swap(Purpose.RENEW, held, records.renew(held, now.wall(), nextAttempt()));
    }

    private void release() {
        Snapshot ours = Objects.requireNonNull(own.toGiveBack());
        swap(Purpose.RELEASE, ours, records.release(ours, now.wall(), nextAttempt()));
    }

    private String nextAttempt() {
        return settings.incarnation() + "." + calls.nextId();
    }

    private boolean isOwn(LockRecord record) {
        return record.attempt().startsWith(settings.incarnation() + ".");
    }

    private void swap(Purpose purpose, Snapshot replaced, LockRecord next) {
        long deadline = now.nanos() + callNanos;
        if (validity != null) {
            deadline = Math.min(deadline, validity.nanos() + deadlineNanos);
        }
        Call call = calls.swap(now.nanos(), deadline, replaced.version(), next);
        own.begin(new Attempt(call.id(), purpose, replaced, next, now));
        effects.add(new Effect.Invoke(call));
    }
}
