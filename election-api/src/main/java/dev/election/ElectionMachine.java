package dev.election;

import dev.election.OwnWrites.Attempt;
import dev.election.OwnWrites.Purpose;
import dev.election.spi.BackendException;
import dev.election.spi.BackendException.Kind;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
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

    /** A store that answers nothing at all gets no more than this many calls to keep. */
    private static final int MAX_UNANSWERED = 3;

    /** The window of the random delay before a take-over starts at R/400: 5 ms with the defaults. */
    private static final int TAKEOVER_WINDOW_DIVISOR = 400;

    private static final int MAX_DOUBLINGS = 6;

    /** As client-go writes it: the API server refuses 0. */
    private static final Duration RELEASED_LEASE = Duration.ofSeconds(1);

    private final Settings settings;
    private final RandomGenerator random;
    private final long leaseNanos;
    private final long deadlineNanos;
    private final long retryNanos;
    private final long callNanos;

    private final OwnWrites own = new OwnWrites();
    private final WatchState watch;
    private Moment now = new Moment(0, Instant.EPOCH);
    private List<Effect> effects = new ArrayList<>();
    private Phase phase = Phase.IDLE;

    private long calls;
    private int unanswered;
    private @Nullable Call inFlight;
    private long invokedAt;
    private boolean newsDuringCall;
    private boolean unseenNews;

    private @Nullable Sighting sighting;
    private boolean unreadable;
    private long readAt;
    private long acquireAt;
    private long notBefore;
    private int conflicts;

    private long term;
    private @Nullable Moment validity;
    private boolean workRunning;
    private long workLateAt = Long.MAX_VALUE;
    private long writeAt;
    private boolean suspect;

    private boolean closing;
    private boolean resigning;
    private long drainUntil = Long.MAX_VALUE;
    private boolean standingBack;
    private long standBackUntil;
    private long termStartedAt;
    private int failures;

    private @Nullable Problem storeProblem;
    private @Nullable Problem workProblem;
    private @Nullable Problem reportedProblem;
    private LeaderView reportedLeader = new LeaderView.Unknown();

    ElectionMachine(Settings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        leaseNanos = settings.timing().leaseDuration().toNanos();
        deadlineNanos = settings.timing().renewDeadline().toNanos();
        retryNanos = settings.timing().retryPeriod().toNanos();
        callNanos = settings.timing().callTimeout().toNanos();
        watch = new WatchState(settings.watches(), retryNanos, random);
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
                standBack();
                giveBackOrFinish();
            } else if (phase == Phase.IDLE) {
                finish(true);
            } else {
                standBack();
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
        if (inFlight != null) {
            at = Math.min(at, inFlight.deadline());
        } else if (unanswered < MAX_UNANSWERED) {
            at = Math.min(at, callDueAt());
        }
        if (validity != null) {
            at = Math.min(at, validity.nanos() + deadlineNanos);
        }
        if (sighting != null) {
            at = Math.min(at, sighting.viewChangesAt(now.nanos(), settings));
        }
        return at;
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
        if (inFlight != null && now.nanos() >= inFlight.deadline()) {
            inFlight = null;
            trouble(
                    Kind.TRANSIENT,
                    "no answer from the store within "
                            + Duration.ofNanos(callNanos).toMillis() + " ms");
            pause(0);
        }
        if (validity != null && now.leaderElapsedSince(validity) >= deadlineNanos) {
            validityOver(EndReason.EXPIRED);
        }
        if (now.nanos() >= workLateAt) {
            workLateAt = Long.MAX_VALUE;
            workProblem = new Problem(
                    null, "the work of the last term still runs; this candidate does not contend before it has ended");
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
        Problem problem = storeProblem != null ? storeProblem : isExhausted() ? EXHAUSTED : workProblem;
        boolean same = problem == null || reportedProblem == null
                ? problem == reportedProblem
                : problem.kind() == reportedProblem.kind();
        if (!same) {
            reportedProblem = problem;
            effects.add(new Effect.HealthChanged(problem == null ? null : problem.text()));
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
        unanswered--;
        boolean current = inFlight != null && inFlight.id() == call;
        if (current) {
            inFlight = null;
        }
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
            own.dropCall(call);
            if (answer instanceof Call.Answer.Failed failed) {
                onFailed(current, failed.cause());
            } // else it was not sent, since its deadline had passed, which was seen to then
        }
    }

    private void onFound(Snapshot seen) {
        healthy();
        if (isOvertaken(seen)) {
            return;
        }
        see(seen);
        lookAgainAfterUnseenNews();
    }

    /** Whether an answer may tell of an older state than the news that came while its call was on its way. */
    private boolean isOvertaken(Snapshot answer) {
        if (!newsDuringCall || sighting == null) {
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
        suspect = phase == Phase.LEADING || phase == Phase.DRAINING;
        readAt = suspect ? now.nanos() : Math.max(now.nanos(), notBefore);
    }

    /** What an event that showed no record told of may have happened after what the answer shows. */
    private void lookAgainAfterUnseenNews() {
        if (unseenNews) {
            suspect();
        }
    }

    private void onSwapped(long call, boolean current, CasOutcome outcome) {
        if (outcome instanceof CasOutcome.Applied applied) {
            Attempt attempt = own.ofCall(call);
            if (attempt != null) {
                healthy();
                newsDuringCall |= !current;
                acknowledged(attempt, applied.current());
            }
        } else if (outcome instanceof CasOutcome.Conflict conflict) {
            Attempt attempt = own.ofCall(call);
            own.dropCall(call);
            if (current) {
                healthy();
                onConflict(conflict.current(), attempt);
            }
        } else if (outcome instanceof CasOutcome.Unknown unknown && current) {
            trouble(Kind.TRANSIENT, "a write was not confirmed: " + unknown.cause());
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

    private void onFailed(boolean current, BackendException cause) {
        if (current || storeProblem != null) { // a late complaint does not count if all went well since
            trouble(cause.kind(), String.valueOf(cause.getMessage()));
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
                newsDuringCall = true;
                unseenNews = true;
            }
            return;
        }
        if (seen == null || seen.isAbsent()) {
            suspect();
            newsDuringCall = true;
            unseenNews = true;
        } else if (sighting == null || !sighting.isNewerThan(seen)) {
            if (own.couldBe(seen)) {
                readAt = inFlight == null ? now.nanos() : readAt;
                return;
            }
            newsDuringCall = true;
            own.settle(seen);
            if (held != null && !Sighting.isSameRecord(held.record(), seen)) {
                own.lost();
            }
            look(seen);
        }
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
        if (sighting.isHeldByAnother(settings.holder())) {
            standingBack = false;
        }
        schedulePoll();
    }

    private void schedulePoll() {
        long interval = watch.isOpen() ? leaseNanos : retryNanos;
        readAt = now.nanos() + interval + random.nextLong(Math.max(1, interval / 5));
    }

    // ---- Acknowledgement ----

    /** The store is known to hold, or to have held, this write of ours (rule E5). */
    private void acknowledged(Attempt attempt, Snapshot current) {
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
            case CREATE -> acquireAt = everSeen ? acquireAt : now.nanos();
            case ACQUIRE -> acquired(attempt);
            case RENEW -> renewed(attempt);
            case RELEASE -> finishDrain(true);
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
        boolean failed = reason == EndReason.TASK_FAILED;
        boolean again = failed && now.nanos() - termStartedAt < coolDown();
        failures = failed ? again ? Math.min(failures + 1, MAX_DOUBLINGS) : 1 : 0;
        standBack();
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
        workProblem = null;
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
            if (standingBack) {
                standBack(); // the cool-down counts from the end
            }
        }
    }

    private void resigned(boolean released) {
        if (resigning) {
            resigning = false;
            effects.add(new Effect.Resigned(released));
        }
    }

    /** Lets others go first: until one has led, or the cool-down is over (rule E8). */
    private void standBack() {
        standingBack = true;
        standBackUntil = now.nanos() + coolDown();
    }

    /** One lease; doubled with every term after the first that failed without having lasted even that long. */
    private long coolDown() {
        return leaseNanos << Math.max(0, failures - 1);
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
                && (!standingBack || now.nanos() >= standBackUntil);
    }

    // ---- Trouble ----

    /** What is wrong; reported anew only when it is of another kind, because a store in trouble finds ever new words. */
    private record Problem(@Nullable Kind kind, String text) {}

    private static final Problem EXHAUSTED = new Problem(
            Kind.UNREADABLE,
            "the record's fencing token is the greatest there is, so no greater one can follow; delete the record after"
                    + " stopping all candidates");

    private boolean isExhausted() {
        return sighting != null && sighting.tokenFloor() == Long.MAX_VALUE;
    }

    private void trouble(Kind kind, String text) {
        storeProblem = new Problem(kind, text);
    }

    private void healthy() {
        storeProblem = null;
    }

    /**
     * Waits after a call that failed. One that leads tries again within its deadline, and at once if the failed call
     * took its whole timeout (rule E12); one that follows has time.
     */
    private void pause(long retryAfterNanos) {
        long leaderRetry = Math.max(now.nanos(), invokedAt + callNanos + random.nextLong(Math.max(1, callNanos / 10)));
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
        if (inFlight != null || unanswered >= MAX_UNANSWERED) {
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
        boolean holding = phase == Phase.LEADING || phase == Phase.DRAINING;
        return holding && !suspect ? Long.MAX_VALUE : readAt;
    }

    private long contendDueAt() {
        boolean allowed = settings.contends() && !workRunning && !unreadable && sighting != null && !isExhausted();
        if (!allowed) {
            return Long.MAX_VALUE;
        }
        long due = Math.max(acquireAt, notBefore);
        return standingBack ? Math.max(due, standBackUntil) : due;
    }

    private void read() {
        schedulePoll(); // whatever becomes of this read, there will be another
        invoke(new Call.Read(++calls, now.nanos() + callNanos));
    }

    private void contend() {
        standingBack = false;
        Snapshot seen = Objects.requireNonNull(sighting).snapshot();
        LockRecord current = seen.record();
        if (current == null) {
            swap(Purpose.CREATE, seen, freeRecord(0, sighting.tokenFloor()));
            return;
        }
        long token = Math.max(Math.max(sighting.tokenFloor() + 1, seen.version().revision()), settings.minimumToken());
        boolean changesHands = !current.holder().equals(settings.holder());
        int transitions = changesHands && current.transitions() < Integer.MAX_VALUE
                ? current.transitions() + 1
                : current.transitions();
        swap(Purpose.ACQUIRE, seen, heldRecord(transitions, token, now.wall()));
    }

    private void renew() {
        Snapshot held = Objects.requireNonNull(own.held());
        LockRecord record = Objects.requireNonNull(held.record());
        swap(Purpose.RENEW, held, heldRecord(record.transitions(), record.fencingToken(), record.acquired()));
    }

    private void release() {
        Snapshot ours = Objects.requireNonNull(own.toGiveBack());
        LockRecord record = Objects.requireNonNull(ours.record());
        swap(Purpose.RELEASE, ours, freeRecord(record.transitions(), record.fencingToken()));
    }

    private LockRecord heldRecord(int transitions, long token, Instant acquired) {
        return new LockRecord(
                settings.holder(),
                settings.timing().leaseDuration(),
                acquired,
                now.wall(),
                transitions,
                token,
                nextAttempt());
    }

    private LockRecord freeRecord(int transitions, long token) {
        return new LockRecord("", RELEASED_LEASE, now.wall(), now.wall(), transitions, token, nextAttempt());
    }

    private String nextAttempt() {
        return settings.incarnation() + "." + (calls + 1);
    }

    private void swap(Purpose purpose, Snapshot replaced, LockRecord next) {
        LockRecord stored = settings.asStored().apply(next, replaced);
        Version expected = replaced.version();
        long deadline = now.nanos() + callNanos;
        if (validity != null) {
            deadline = Math.min(deadline, validity.nanos() + deadlineNanos);
        }
        Call call = new Call.Swap(++calls, deadline, expected, stored);
        own.begin(new Attempt(call.id(), purpose, replaced, stored, now));
        invoke(call);
    }

    private void invoke(Call call) {
        inFlight = call;
        invokedAt = now.nanos();
        newsDuringCall = false;
        unseenNews = false;
        unanswered++;
        effects.add(new Effect.Invoke(call));
    }
}
