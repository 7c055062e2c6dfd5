package dev.election;

import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Ways to the store that show the records of others wrongly; see {@link SimulationBug}. */
final class SimulatedWrongSight {

    private SimulatedWrongSight() {}

    /** Shows something else than is there, of records of others. */
    static class Seeing extends SimulatedWrongLinks.Link {

        private final UnaryOperator<Snapshot> asSeen;

        /** The records that were written here, which are seen as they are. */
        private final Set<String> own = new HashSet<>();

        Seeing(Store right, UnaryOperator<Snapshot> asSeen) {
            super(right);
            this.asSeen = asSeen;
        }

        @Override
        public void invoke(Call call, Store.Replies replies) {
            if (call instanceof Call.Swap swap) {
                own.add(swap.next().attempt());
            }
            super.invoke(call, replies);
        }

        private Snapshot see(Snapshot seen) {
            LockRecord record = seen.record();
            return record != null && own.contains(record.attempt()) ? seen : asSeen.apply(seen);
        }

        @Override
        Store.Replies replies(Store.Replies to) {
            return new SimulatedWrongLinks.Answers(to) {
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
                                    SimulatedWrongRecords.withLease(
                                            record, record.leaseDuration().plusMillis(++looks % 2)),
                                    seen.version());
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
                            ? new Snapshot(
                                    SimulatedWrongRecords.withLease(record, Duration.ofMillis(1)), seen.version())
                            : new Snapshot(
                                    SimulatedWrongRecords.withLease(
                                            record, record.leaseDuration().plusMillis(++looks)),
                                    seen.version());
                }
            });
        }
    }
}
