package dev.election;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the mistakes of {@link SimulationBug} look like at the ports. */
final class SimulatedMistakes {

    private SimulatedMistakes() {}

    // ---- Clocks ----

    /** A clock with one thing wrong. */
    abstract static class Clock implements TimeSource {

        private final TimeSource right;

        Clock(TimeSource right) {
            this.right = right;
        }

        @Override
        public long nanoTime() {
            return right.nanoTime();
        }

        @Override
        public Instant wallTime() {
            return right.wallTime();
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            return right.schedule(delay, task);
        }
    }

    /** Its timer waits for somebody. */
    static final class BlockingClock extends Clock {

        private final List<Runnable> waiting = new ArrayList<>();
        private boolean blocked;

        BlockingClock(TimeSource right) {
            super(right);
        }

        void block() {
            blocked = true;
        }

        void unblock() {
            blocked = false;
            List<Runnable> tasks = List.copyOf(waiting);
            waiting.clear();
            tasks.forEach(Runnable::run);
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            boolean[] cancelled = new boolean[1];
            Runnable unlessCancelled = () -> {
                if (!cancelled[0]) {
                    task.run();
                }
            };
            super.schedule(delay, () -> {
                if (blocked) {
                    waiting.add(unlessCancelled);
                } else {
                    unlessCancelled.run();
                }
            });
            return () -> cancelled[0] = true;
        }
    }

    // ---- Records ----

    static LockRecord withToken(LockRecord record, long token) {
        return new LockRecord(
                record.holder(),
                record.leaseDuration(),
                record.acquired(),
                record.renewed(),
                record.transitions(),
                token,
                record.attempt());
    }

    private static LockRecord withLease(LockRecord record, Duration lease) {
        return new LockRecord(
                record.holder(),
                lease,
                record.acquired(),
                record.renewed(),
                record.transitions(),
                record.fencingToken(),
                record.attempt());
    }

    static LockRecord lastTokenPlusOne(LockRecord next, Snapshot replaced) {
        LockRecord last = replaced.record();
        boolean renews = last != null && last.acquired().equals(next.acquired());
        long token = last == null ? 0 : renews || next.isFree() ? last.fencingToken() : last.fencingToken() + 1;
        return withToken(next, token);
    }

    static LockRecord ownTokenAgain(LockRecord next, Snapshot replaced) {
        LockRecord last = replaced.record();
        String identity = next.holder().split("_")[0];
        boolean again = last != null && !next.isFree() && last.holder().startsWith(identity);
        return again ? withToken(next, last.fencingToken()) : next;
    }

    /** Rounded down to the next power of two of seconds. */
    static LockRecord rounded(LockRecord next) {
        long seconds = next.leaseDuration().toSeconds();
        return next.isFree() ? next : withLease(next, Duration.ofSeconds(Math.max(1, Long.highestOneBit(seconds))));
    }

    static Snapshot withLease(Snapshot seen, Duration lease) {
        LockRecord record = seen.record();
        return record == null || record.isFree() || record.leaseDuration().compareTo(lease) < 0
                ? seen
                : new Snapshot(withLease(record, lease), seen.version());
    }

    static Snapshot leftByWallClock(Snapshot seen, TimeSource clock) {
        LockRecord record = seen.record();
        if (record == null || record.isFree()) {
            return seen;
        }
        Duration left = Duration.between(clock.wallTime(), record.renewed().plus(record.leaseDuration()));
        Duration wait = left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
        return new Snapshot(withLease(record, wait), seen.version());
    }

    // ---- Stores ----

    /** A way to the store with one thing wrong. */
    abstract static class Link implements Store {

        private final Store right;

        Link(Store right) {
            this.right = right;
        }

        @Override
        public void invoke(Call call, Replies replies) {
            right.invoke(call, replies(replies));
        }

        @Override
        public void openWatch(long watch, Replies replies) {
            right.openWatch(watch, replies(replies));
        }

        @Override
        public void closeWatch(long watch) {
            right.closeWatch(watch);
        }

        Replies replies(Replies to) {
            return to;
        }
    }

    /** Answers with one thing wrong. */
    abstract static class Answers implements Store.Replies {

        final Store.Replies to;

        Answers(Store.Replies to) {
            this.to = to;
        }

        @Override
        public void answered(long call, @Nullable Moment sent, Call.Answer answer) {
            to.answered(call, sent, answer);
        }

        @Override
        public void watchOpened(long watch) {
            to.watchOpened(watch);
        }

        @Override
        public void watchChanged(long watch, @Nullable Snapshot seen) {
            to.watchChanged(watch, seen);
        }

        @Override
        public void watchLost(long watch, Throwable cause) {
            to.watchLost(watch, cause);
        }
    }

    static final class ValidityFromReply extends Link {

        private final TimeSource clock;

        ValidityFromReply(Store right, TimeSource clock) {
            super(right);
            this.clock = clock;
        }

        @Override
        Replies replies(Replies to) {
            return new Answers(to) {
                @Override
                public void answered(long call, @Nullable Moment sent, Call.Answer answer) {
                    to.answered(call, sent == null ? null : Moment.of(clock), answer);
                }
            };
        }
    }

    /** Shows something else than is there, of records of others. */
    static class Seeing extends Link {

        private final UnaryOperator<Snapshot> asSeen;

        /** The records that were written here, which are seen as they are. */
        private final Map<String, Boolean> own = new HashMap<>();

        Seeing(Store right, UnaryOperator<Snapshot> asSeen) {
            super(right);
            this.asSeen = asSeen;
        }

        @Override
        public void invoke(Call call, Replies replies) {
            if (call instanceof Call.Swap swap) {
                own.put(swap.next().attempt(), true);
            }
            super.invoke(call, replies);
        }

        private Snapshot see(Snapshot seen) {
            LockRecord record = seen.record();
            return record != null && own.containsKey(record.attempt()) ? seen : asSeen.apply(seen);
        }

        @Override
        Replies replies(Replies to) {
            return new Answers(to) {
                @Override
                public void answered(long call, @Nullable Moment sent, Call.Answer answer) {
                    to.answered(call, sent, see(answer));
                }

                @Override
                public void watchChanged(long watch, @Nullable Snapshot seen) {
                    to.watchChanged(watch, seen == null ? null : Seeing.this.see(seen));
                }
            };
        }

        private Call.Answer see(Call.Answer answer) {
            if (answer instanceof Call.Answer.Found found) {
                return new Call.Answer.Found(see(found.snapshot()));
            }
            if (answer instanceof Call.Answer.Swapped swapped
                    && swapped.outcome() instanceof CasOutcome.Conflict conflict
                    && conflict.current() != null) {
                return new Call.Answer.Swapped(new CasOutcome.Conflict(see(conflict.current())));
            }
            return answer;
        }
    }

    static final class FirstOfHolder extends Seeing {
        FirstOfHolder(Store right) {
            super(right, new UnaryOperator<>() {
                private @Nullable LockRecord first;

                @Override
                public Snapshot apply(Snapshot seen) {
                    LockRecord record = seen.record();
                    if (record == null || record.isFree()) {
                        return seen;
                    }
                    if (first == null || !first.holder().equals(record.holder())) {
                        first = record;
                    }
                    return new Snapshot(first, seen.version());
                }
            });
        }
    }

    static final class NeverTheSame extends Seeing {
        NeverTheSame(Store right) {
            super(right, new UnaryOperator<>() {
                private int looks;

                @Override
                public Snapshot apply(Snapshot seen) {
                    LockRecord record = seen.record();
                    return record == null || record.isFree()
                            ? seen
                            : new Snapshot(
                                    withLease(record, record.leaseDuration().plusMillis(++looks % 2)), seen.version());
                }
            });
        }
    }

    /** The shipped code clamps; so the record is shown as another, again and again, until its time is really over. */
    static final class Unclamped extends Seeing {
        Unclamped(Store right, TimeSource clock) {
            super(right, new UnaryOperator<>() {
                private Version since = Version.ABSENT;
                private long from;
                private int looks;

                @Override
                public Snapshot apply(Snapshot seen) {
                    LockRecord record = seen.record();
                    if (record == null || record.leaseDuration().compareTo(ElectionTiming.MAX_LEASE) <= 0) {
                        return seen;
                    }
                    if (!since.equals(seen.version())) {
                        since = seen.version();
                        from = clock.nanoTime();
                    }
                    boolean over =
                            clock.nanoTime() - from >= record.leaseDuration().toNanos();
                    return over
                            ? new Snapshot(withLease(record, Duration.ofMillis(1)), seen.version())
                            : new Snapshot(
                                    withLease(record, record.leaseDuration().plusMillis(++looks)), seen.version());
                }
            });
        }
    }

    static final class StartBeforeWrite extends Link {

        private final TimeSource clock;

        StartBeforeWrite(Store right, TimeSource clock) {
            super(right);
            this.clock = clock;
        }

        @Override
        public void invoke(Call call, Replies replies) {
            if (call instanceof Call.Swap swap && isAcquisition(swap)) {
                long revision = swap.expected().revision() + 1;
                Snapshot hoped = new Snapshot(swap.next(), new SimulatedStore.Revision(revision, revision));
                replies.answered(call.id(), Moment.of(clock), new Call.Answer.Swapped(new CasOutcome.Applied(hoped)));
                super.invoke(call, new Answers(replies) {
                    @Override
                    public void answered(long id, @Nullable Moment sent, Call.Answer answer) {}
                });
            } else {
                super.invoke(call, replies);
            }
        }
    }

    static boolean isAcquisition(Call.Swap swap) {
        return SimulatedLink.purpose(swap.expected(), swap.next()).equals("acquire");
    }

    /** Makes something of a write whose outcome is not known. */
    abstract static class OfUnknown extends Link {

        OfUnknown(Store right) {
            super(right);
        }

        abstract void unknown(Call.Swap swap, @Nullable Moment sent, CasOutcome.Unknown outcome, Replies replies);

        @Override
        public void invoke(Call call, Replies replies) {
            super.invoke(call, new Answers(replies) {
                @Override
                public void answered(long id, @Nullable Moment sent, Call.Answer answer) {
                    if (call instanceof Call.Swap swap
                            && answer instanceof Call.Answer.Swapped swapped
                            && swapped.outcome() instanceof CasOutcome.Unknown outcome) {
                        unknown(swap, sent, outcome, to);
                    } else {
                        to.answered(id, sent, answer);
                    }
                }
            });
        }
    }

    static final class UnknownIsApplied extends OfUnknown {

        UnknownIsApplied(Store right) {
            super(right);
        }

        @Override
        void unknown(Call.Swap swap, @Nullable Moment sent, CasOutcome.Unknown outcome, Replies replies) {
            long revision = swap.expected().revision() + 1;
            Snapshot hoped = new Snapshot(swap.next(), new SimulatedStore.Revision(revision, revision));
            replies.answered(swap.id(), sent, new Call.Answer.Swapped(new CasOutcome.Applied(hoped)));
        }
    }

    static final class UnknownIsRefused extends OfUnknown {

        UnknownIsRefused(Store right) {
            super(right);
        }

        @Override
        void unknown(Call.Swap swap, @Nullable Moment sent, CasOutcome.Unknown outcome, Replies replies) {
            replies.answered(
                    swap.id(),
                    sent,
                    new Call.Answer.Failed(BackendException.transientFailure("timeout", outcome.cause())));
        }
    }

    static final class BlindRetry extends OfUnknown {

        private final TimeSource clock;

        BlindRetry(Store right, TimeSource clock) {
            super(right);
            this.clock = clock;
        }

        @Override
        void unknown(Call.Swap swap, @Nullable Moment sent, CasOutcome.Unknown outcome, Replies replies) {
            long deadline = clock.nanoTime() + Duration.ofSeconds(1).toNanos();
            super.invoke(new Call.Swap(swap.id(), deadline, swap.expected(), swap.next()), replies);
        }
    }

    /** A refused write of some purpose, or of all, is written over whatever is there. */
    static final class RefreshedVersion extends Link {

        private final String purpose;

        RefreshedVersion(Store right, String purpose) {
            super(right);
            this.purpose = purpose;
        }

        @Override
        public void invoke(Call call, Replies replies) {
            if (!(call instanceof Call.Swap swap)
                    || !SimulatedLink.purpose(swap.expected(), swap.next()).contains(purpose)) {
                super.invoke(call, replies);
                return;
            }
            super.invoke(call, new Answers(replies) {
                @Override
                public void answered(long id, @Nullable Moment sent, Call.Answer answer) {
                    if (answer instanceof Call.Answer.Swapped swapped
                            && swapped.outcome() instanceof CasOutcome.Conflict conflict
                            && conflict.current() != null
                            && !conflict.current().isAbsent()) {
                        Version now = Objects.requireNonNull(conflict.current()).version();
                        invoke(new Call.Swap(id, swap.deadline(), now, swap.next()), to);
                    } else {
                        to.answered(id, sent, answer);
                    }
                }
            });
        }
    }

    static final class AcquiresOverAbsence extends Link {

        private final SimulatedProcess process;

        AcquiresOverAbsence(Store right, SimulatedProcess process) {
            super(right);
            this.process = process;
        }

        @Override
        public void invoke(Call call, Replies replies) {
            if (call instanceof Call.Swap swap && swap.expected().equals(Version.ABSENT)) {
                LockRecord free = swap.next();
                LockRecord held = new LockRecord(
                        process.identity() + "_" + process.incarnation(),
                        process.world.plan.timing().leaseDuration(),
                        free.acquired(),
                        free.renewed(),
                        free.transitions(),
                        free.fencingToken() + 1,
                        free.attempt());
                super.invoke(new Call.Swap(swap.id(), swap.deadline(), swap.expected(), held), replies);
            } else {
                super.invoke(call, replies);
            }
        }
    }

    static final class EndsWithAnError extends Link {

        private boolean ended;

        EndsWithAnError(Store right) {
            super(right);
        }

        @Override
        Replies replies(Replies to) {
            return new Answers(to) {
                @Override
                public void answered(long call, @Nullable Moment sent, Call.Answer answer) {
                    ended |= answer instanceof Call.Answer.Failed failed
                            && failed.cause().kind() != BackendException.Kind.TRANSIENT;
                    if (!ended) {
                        to.answered(call, sent, answer);
                    }
                }
            };
        }
    }

    static final class CallBlocksTheTimer extends Link {

        private final BlockingClock clock;

        CallBlocksTheTimer(Store right, BlockingClock clock) {
            super(right);
            this.clock = clock;
        }

        @Override
        public void invoke(Call call, Replies replies) {
            clock.block();
            super.invoke(call, replies);
        }

        @Override
        Replies replies(Replies to) {
            return new Answers(to) {
                @Override
                public void answered(long call, @Nullable Moment sent, Call.Answer answer) {
                    to.answered(call, sent, answer);
                    clock.unblock();
                }
            };
        }
    }

    // ---- User code ----

    /** Tells an application of its terms, with one thing wrong. */
    abstract static class Telling implements UserCode {

        final SimulatedCandidate work;

        Telling(SimulatedCandidate work) {
            this.work = work;
        }

        @Override
        public void started(Leadership leadership, Reports reports) {
            work.started(leadership, reports);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            work.ended(leadership, reason, reports);
        }

        @Override
        public void leaderChanged(LeaderView view) {
            work.leaderChanged(view);
        }

        @Override
        public boolean isCurrentThread() {
            return work.isCurrentThread();
        }
    }

    static final class ReleaseBeforeStop extends Telling {

        ReleaseBeforeStop(SimulatedCandidate work) {
            super(work);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            work.ended(leadership, reason, new Reports() {
                @Override
                public void giveUp(Leadership of, EndReason why) {
                    reports.giveUp(of, why);
                }

                @Override
                public void workStopped(Leadership of) {}
            });
            reports.workStopped(leadership);
        }
    }

    static final class StopTwice extends Telling {

        StopTwice(SimulatedCandidate work) {
            super(work);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            work.ended(leadership, reason, reports);
            work.ended(leadership, reason, reports);
        }
    }

    static final class StopNotTold extends Telling {

        StopNotTold(SimulatedCandidate work) {
            super(work);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            if (reason == EndReason.EXPIRED) {
                reports.workStopped(leadership);
            } else {
                work.ended(leadership, reason, reports);
            }
        }
    }

    static final class StopBehindStart extends Telling {

        private long busyUntil;

        StopBehindStart(SimulatedCandidate work) {
            super(work);
        }

        @Override
        public void started(Leadership leadership, Reports reports) {
            SimulatedProcess process = work.process;
            long takes = process.random.nextLong(
                    4 * process.world.plan.timing().leaseDuration().toNanos());
            busyUntil = process.world.now() + takes;
            work.started(leadership, reports);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            SimulatedProcess process = work.process;
            process.later(Math.max(0, busyUntil - process.world.now()), () -> work.ended(leadership, reason, reports));
        }
    }
}
