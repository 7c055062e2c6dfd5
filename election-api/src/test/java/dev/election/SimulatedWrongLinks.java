package dev.election;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ways to the store with one thing wrong; see {@link SimulationBug}. */
final class SimulatedWrongLinks {

    private SimulatedWrongLinks() {}

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

        private final SimulatedWrongClocks.BlockingClock clock;

        CallBlocksTheTimer(Store right, SimulatedWrongClocks.BlockingClock clock) {
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
}
