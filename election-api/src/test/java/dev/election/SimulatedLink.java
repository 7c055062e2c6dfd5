package dev.election;

import dev.election.SimulationTrace.What;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One candidate's way to its store, on which everything happens that networks, servers and clients do. */
final class SimulatedLink implements Store {

    static final int USUAL_LATENCY = 20_000_000;

    private final Simulation world;
    private final SimulatedProcess process;
    private final int election;
    private final TimeSource clock;
    private final SplittableRandom random;
    private final long lease;
    private @Nullable SimulatedWatch watch;

    SimulatedLink(SimulatedProcess process, int election, TimeSource clock) {
        this.world = process.world;
        this.process = process;
        this.election = election;
        this.clock = clock;
        this.random = process.random.split();
        this.lease = world.plan.timing().leaseDuration().toNanos();
    }

    /** What a write is for, as it shows from outside. */
    static String purpose(Version expected, LockRecord next) {
        if (expected.equals(Version.ABSENT)) {
            return "create";
        }
        return next.isFree() ? "release" : next.acquired().equals(next.renewed()) ? "acquire" : "renew";
    }

    private SimulatedStore store() {
        return world.store(election);
    }

    private boolean strikes(SimulationFault fault) {
        return world.plan.has(fault) && world.count(fault);
    }

    // ---- Calls ----

    @Override
    public void invoke(Call call, Replies replies) {
        if (call instanceof Call.Swap swap) {
            trace(What.DECIDE, swap);
        }
        process.later(random.nextInt(1_000_000), () -> send(call, replies));
    }

    private void send(Call call, Replies replies) {
        Moment sent = Moment.of(clock);
        if (sent.nanos() >= call.deadline()) {
            replies.answered(call.id(), null, new Call.Answer.NotSent());
            return;
        }
        world.operations++;
        if (call instanceof Call.Swap swap) {
            trace(What.SEND, swap);
        } else {
            trace(What.SEND, "read", call.id(), -1, -1, null);
        }
        new Exchange(call, replies, sent).begin();
    }

    /** One request, and what becomes of it. It is answered once, at the latest when the faults stop. */
    private final class Exchange {

        private final Call call;
        private final Replies replies;
        private final Moment sent;
        private final String sender = process.toString();
        private final int born = process.born();

        Exchange(Call call, Replies replies, Moment sent) {
            this.call = call;
            this.replies = replies;
            this.sent = sent;
        }

        void begin() {
            long there = random.nextInt(USUAL_LATENCY);
            long back = random.nextInt(USUAL_LATENCY);
            if (!world.faulty()) {
                travel(there, back);
            } else if (process.isCutOff() || world.storeIsOut()) {
                beginCutOff();
            } else if (random.nextInt(world.plan.oddsOfLoss()) > 0) {
                travel(there, back);
            } else {
                beginBadly(there, back);
            }
        }

        private void travel(long there, long back) {
            world.time.after(there, () -> {
                Call.Answer answer = arrive();
                process.later(born, back, () -> answer(answer));
            });
        }

        private void beginCutOff() {
            if (random.nextBoolean()) {
                process.later(born, random.nextInt(USUAL_LATENCY), () -> fail(transientFailure("not connected")));
            } else {
                lose();
            }
        }

        private void beginBadly(long there, long back) {
            switch (random.nextInt(11)) {
                case 0 -> {
                    if (strikes(SimulationFault.LOST_REQUEST)) {
                        lose();
                        return;
                    }
                }
                case 1, 2 -> {
                    if (strikes(SimulationFault.LOST_ANSWER)) {
                        world.time.after(there, this::arrive);
                        lose();
                        return;
                    }
                }
                case 3, 4 -> {
                    if (strikes(SimulationFault.DELAY)) {
                        boolean onTheWay = random.nextBoolean();
                        long late = random.nextLong(random.nextInt(3) == 0 ? 2 * lease : lease / 8);
                        travel(world.clip(onTheWay ? late : there), world.clip(onTheWay ? back : late));
                        return;
                    }
                }
                case 5 -> {
                    if (strikes(SimulationFault.ZOMBIE_WRITE)) {
                        world.time.after(world.clip(random.nextLong(4 * lease)), this::arrive);
                        lose();
                        return;
                    }
                }
                case 6 -> {
                    if (strikes(SimulationFault.DUPLICATE)) {
                        world.time.after(there + 1 + world.clip(random.nextLong(lease)), this::arrive);
                    }
                }
                case 7 -> {
                    if (strikes(SimulationFault.ERROR_AFTER_WRITE)) {
                        world.time.after(there, () -> {
                            arrive();
                            process.later(born, back, this::answerNothing);
                        });
                        return;
                    }
                }
                case 8 -> {
                    if (call instanceof Call.Read && strikes(SimulationFault.STALE_READ)) {
                        Snapshot past = store().readThePast(random.nextInt(1, 6));
                        process.later(born, there + back, () -> answer(new Call.Answer.Found(past)));
                        return;
                    }
                }
                default -> {
                    BackendException error = error();
                    if (error != null) {
                        process.later(born, there + back, () -> fail(error));
                        return;
                    }
                }
            }
            travel(there, back);
        }

        private @Nullable BackendException error() {
            return switch (random.nextInt(4)) {
                case 0 -> strikes(SimulationFault.ERROR_TRANSIENT) ? transientFailure("try again") : null;
                case 1 ->
                    strikes(SimulationFault.ERROR_OVERLOADED)
                            ? BackendException.overloaded(
                                    "too many", null, Duration.ofNanos(world.clip(random.nextLong(lease))))
                            : null;
                case 2 -> strikes(SimulationFault.ERROR_DENIED) ? BackendException.denied("may not", null) : null;
                default -> strikes(SimulationFault.ERROR_REFUSED) ? BackendException.refused("no", null) : null;
            };
        }

        /** At the store. The sender may be dead. */
        private Call.Answer arrive() {
            try {
                return call instanceof Call.Swap swap
                        ? new Call.Answer.Swapped(
                                store().compareAndSet(sender, call.id(), swap.expected(), swap.next()))
                        : new Call.Answer.Found(store().read());
            } catch (BackendException e) {
                return new Call.Answer.Failed(e);
            }
        }

        /** Nothing comes back: the client gives up at the deadline, or hangs until somebody resets its connection. */
        private void lose() {
            long left = process.trueNanos(Math.max(0, call.deadline() - clock.nanoTime()));
            long late = random.nextInt(4) == 0 ? random.nextLong(lease) : 0;
            process.later(born, world.clip(left + late), this::answerNothing);
        }

        private void answerNothing() {
            if (call instanceof Call.Swap) {
                answer(new Call.Answer.Swapped(new CasOutcome.Unknown(NO_ANSWER)));
            } else {
                fail(transientFailure("no answer"));
            }
        }

        private void fail(BackendException error) {
            answer(new Call.Answer.Failed(error));
        }

        private void answer(Call.Answer answer) {
            traceAnswer(call, answer);
            replies.answered(call.id(), sent, answer);
        }
    }

    /** Nobody looks at where it was thrown, and a million of them take their time. */
    private static final class NoAnswer extends Exception {

        private static final long serialVersionUID = 1L;

        NoAnswer() {
            super("no answer", null, false, false);
        }
    }

    static final Exception NO_ANSWER = new NoAnswer();

    private static BackendException transientFailure(String message) {
        return BackendException.transientFailure(message, NO_ANSWER);
    }

    // ---- Watching ----

    @Override
    public void openWatch(long id, Replies replies) {
        forgetWatch();
        SimulatedWatch opening = new SimulatedWatch(process, election, random, id, replies);
        watch = opening;
        process.later(random.nextInt(USUAL_LATENCY), () -> {
            if (watch == opening) { // it may be closed by now
                opening.open();
            }
        });
    }

    @Override
    public void closeWatch(long id) {
        forgetWatch();
    }

    void forgetWatch() {
        if (watch != null) {
            store().unwatch(watch);
            watch = null;
        }
    }

    // ---- The trace ----

    private void traceAnswer(Call call, Call.Answer answer) {
        if (answer instanceof Call.Answer.Found found) {
            trace(What.READ, "", call.id(), -1, found.snapshot());
        } else if (answer instanceof Call.Answer.Failed failed) {
            trace(What.ERROR, failed.cause().kind().name(), call.id(), -1, null);
        } else if (answer instanceof Call.Answer.Swapped swapped) {
            CasOutcome outcome = swapped.outcome();
            if (outcome instanceof CasOutcome.Applied applied) {
                trace(What.ACKNOWLEDGED, "", call.id(), -1, applied.current());
            } else if (outcome instanceof CasOutcome.Conflict conflict) {
                trace(What.CONFLICT, "", call.id(), -1, conflict.current());
            } else {
                trace(What.UNKNOWN, "", call.id(), -1, null);
            }
        }
    }

    private void trace(What what, Call.Swap swap) {
        LockRecord next = swap.next();
        trace(what, purpose(swap.expected(), next), swap.id(), swap.expected().revision(), -1, next);
    }

    private void trace(What what, String detail, long call, long expected, @Nullable Snapshot seen) {
        if (seen == null) {
            trace(what, detail, call, expected, -1, null);
        } else {
            trace(what, detail, call, expected, seen.version().revision(), seen.record());
        }
    }

    private void trace(What what, String detail, long call, long expected, long revision, @Nullable LockRecord record) {
        long token = record == null ? -1 : record.fencingToken();
        String holder = record == null ? "" : record.holder();
        world.trace.add(process.toString(), election, what, detail, call, expected, revision, token, holder);
    }
}
