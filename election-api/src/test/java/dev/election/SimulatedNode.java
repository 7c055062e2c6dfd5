package dev.election;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One process with its own clock, its own way to the store, and one candidate in it. It may be paused, cut off, or
 * crash and come back under the same identity.
 */
final class SimulatedNode implements TimeSource, Store, UserCode {

    private static final Instant EPOCH = Instant.parse("2030-01-01T00:00:00Z");

    private final Simulation world;
    private final String identity;
    private final SplittableRandom random;
    private final double rate;
    private long wallOffset;
    private int incarnation;
    private boolean alive;
    private boolean hasSeenTheRecord;
    private long pausedUntil;
    private long cutOffUntil;

    private @Nullable ElectionLoop loop;
    private @Nullable CompletableFuture<Void> closed;
    private @Nullable Consumer<Snapshot> watcher;
    private @Nullable Leadership term;
    private @Nullable Leadership working;
    private long termStartedAt;
    private long workOverdueAt = Long.MAX_VALUE;

    SimulatedNode(Simulation world, String identity) {
        this.world = world;
        this.identity = identity;
        this.random = world.random.split();
        double drift = world.timing.driftBound();
        // The ends of the budget are where mistakes show.
        this.rate = switch (random.nextInt(3)) {
            case 0 -> 1 - drift;
            case 1 -> 1 + drift;
            default -> 1 - drift + 2 * drift * random.nextDouble();
        };
        this.wallOffset = random.nextLong(-3_600_000_000_000L, 3_600_000_000_000L);
    }

    // ---- Life ----

    void boot() {
        incarnation++;
        alive = true;
        hasSeenTheRecord = false;
        term = null;
        working = null;
        Settings settings = new Settings(
                identity, "x" + incarnation, world.timing, true, random.nextInt(4) > 0, 1, (next, replaced) -> next);
        loop = new ElectionLoop("example", settings, random.split(), this, this, this);
        loop.start();
        world.log(this, " boots, its clock runs at ", rate);
    }

    void crash() {
        world.log(this, " crashes");
        alive = false;
        loop = null;
        term = null;
        working = null;
        forgetWatch();
    }

    void pause(long nanos) {
        world.log(this, " pauses for ", Duration.ofNanos(nanos));
        // A second pause within a longer one does not shorten it: what was put off by that stays put off.
        pausedUntil = Math.max(pausedUntil, world.now() + nanos);
    }

    void cutOff(long nanos) {
        world.log(this, " is cut off for ", Duration.ofNanos(nanos));
        cutOffUntil = world.now() + nanos;
    }

    void jump(long nanos) {
        world.log(this, "'s wall clock jumps by ", Duration.ofNanos(nanos));
        wallOffset += nanos;
    }

    void resign() {
        if (loop != null && world.now() >= pausedUntil) {
            world.log(this, " resigns");
            loop.resign();
        }
    }

    void close() {
        if (loop != null) {
            closed = loop.close();
        }
    }

    boolean isClosed() {
        return closed != null && closed.isDone();
    }

    boolean isAlive() {
        return alive;
    }

    boolean leads() {
        return loop != null && loop.leadership() != null;
    }

    boolean hasFailed() {
        return loop != null && loop.failedSteps() > 0;
    }

    boolean hasSeenTheRecord() {
        return alive && hasSeenTheRecord;
    }

    /** Work that obeys must not be overlapped; a process that was stopped meanwhile cannot obey (rule E14). */
    boolean isWorkingWithinItsBudget() {
        return working != null && nanoTime() < workOverdueAt && pausedUntil < termStartedAt;
    }

    /** Runs something in this process later, unless it has crashed by then; a paused process does it when it wakes. */
    private void here(long trueNanos, Runnable action) {
        here(incarnation, trueNanos, action);
    }

    private void here(int born, long trueNanos, Runnable action) {
        world.after(trueNanos, () -> {
            if (alive && incarnation == born) {
                if (world.now() < pausedUntil) {
                    here(born, pausedUntil - world.now(), action);
                } else {
                    action.run();
                }
            }
        });
    }

    // ---- TimeSource ----

    @Override
    public long nanoTime() {
        return (long) (world.now() * rate);
    }

    @Override
    public Instant wallTime() {
        return EPOCH.plusNanos(nanoTime() + wallOffset);
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        boolean[] cancelled = new boolean[1];
        here((long) Math.ceil(Math.max(0, delay.toNanos()) / rate), () -> {
            if (!cancelled[0]) {
                task.run();
            }
        });
        return () -> cancelled[0] = true;
    }

    // ---- Store ----

    @Override
    public void invoke(Call call, Replies replies) {
        here(random.nextLong(1_000_000), () -> {
            Moment sent = Moment.of(this);
            world.log(this, " sends ", call);
            if (sent.nanos() >= call.deadline()) {
                replies.answered(call.id(), null, new Call.Answer.NotSent());
                return;
            }
            Answering answering = new Answering(call, replies, sent);
            if (isLost()) {
                answering.lose();
            } else {
                world.after(latency(), () -> {
                    Call.Answer answer = arrive(call);
                    if (isLost()) {
                        answering.lose();
                    } else {
                        here(answering.born, latency(), () -> answering.answer(answer));
                    }
                });
            }
        });
    }

    /** At the store. */
    private Call.Answer arrive(Call call) {
        if (world.faulty() && world.faults.lostMessages() && random.nextInt(50) == 0) {
            return new Call.Answer.Failed(BackendException.transientFailure("overloaded", null));
        }
        return call instanceof Call.Swap swap
                ? new Call.Answer.Swapped(world.store.compareAndSet(swap.expected(), swap.next()))
                : new Call.Answer.Found(world.store.read());
    }

    /** Answers once; says that it does not know if the answer was lost, in time or much later. */
    private final class Answering {

        private final Call call;
        private final Replies replies;
        private final Moment sent;
        private final int born = incarnation;

        Answering(Call call, Replies replies, Moment sent) {
            this.call = call;
            this.replies = replies;
            this.sent = sent;
        }

        void answer(Call.Answer answer) {
            world.log(SimulatedNode.this, " is answered ", call.id(), ": ", answer);
            replies.answered(call.id(), world.anchorAtReply ? Moment.of(SimulatedNode.this) : sent, answer);
        }

        void lose() {
            Exception lost = new Exception("no answer");
            long left = Math.max(0, (long) ((call.deadline() - nanoTime()) / rate));
            long late = random.nextInt(4) == 0
                    ? random.nextLong(world.timing.leaseDuration().toNanos())
                    : 0;
            here(
                    born,
                    left + late,
                    () -> answer(
                            call instanceof Call.Swap
                                    ? new Call.Answer.Swapped(new CasOutcome.Unknown(lost))
                                    : new Call.Answer.Failed(BackendException.transientFailure("no answer", lost))));
        }
    }

    private boolean isLost() {
        return world.faulty() && world.faults.lostMessages() && (world.now() < cutOffUntil || random.nextInt(20) == 0);
    }

    private long latency() {
        if (world.faulty() && world.faults.slowNetwork() && random.nextInt(10) == 0) {
            return random.nextLong(world.timing.leaseDuration().toNanos());
        }
        return random.nextLong(20_000_000);
    }

    @Override
    public void openWatch(long watch, Replies replies) {
        forgetWatch();
        here(latency(), () -> {
            if (isLost()) {
                replies.watchLost(watch, new Exception("cannot watch"));
                return;
            }
            Consumer<Snapshot> opened = new Consumer<>() {
                @Override
                public void accept(Snapshot seen) {
                    if (world.faulty() && world.faults.lostWatches() && random.nextInt(20) == 0) {
                        world.store.unwatch(this);
                        here(latency(), () -> replies.watchLost(watch, new Exception("watch lost")));
                        return;
                    }
                    // Each on its own way: events overtake each other, and answers.
                    here(latency(), () -> {
                        world.log(SimulatedNode.this, " is told ", seen);
                        replies.watchChanged(watch, random.nextInt(10) == 0 ? null : seen);
                    });
                }
            };
            watcher = opened;
            world.store.watch(opened);
            here(latency(), () -> replies.watchOpened(watch));
        });
    }

    @Override
    public void closeWatch(long watch) {
        forgetWatch();
    }

    private void forgetWatch() {
        if (watcher != null) {
            world.store.unwatch(watcher);
            watcher = null;
        }
    }

    // ---- UserCode ----

    @Override
    public void started(Leadership leadership, Reports reports) {
        if (term != null || working != null) {
            throw world.violation(this + " was told of a start within a term");
        }
        term = leadership;
        working = leadership;
        termStartedAt = world.now();
        workOverdueAt = Long.MAX_VALUE;
        world.termStarted(this, leadership.fencingToken());
        if (world.faulty() && world.faults.resignations() && random.nextInt(8) == 0) {
            EndReason reason = random.nextBoolean() ? EndReason.TASK_FAILED : EndReason.TASK_FINISHED;
            here(random.nextLong(4 * world.timing.leaseDuration().toNanos()), () -> reports.giveUp(leadership, reason));
        }
    }

    @Override
    public void ended(Leadership leadership, EndReason reason, Reports reports) {
        world.log(this, " stops: ", reason);
        if (term != leadership) {
            throw world.violation(this + " was told of the end of another term");
        }
        term = null;
        long budget = world.timing.stopBudget().toNanos();
        // Against an operator who deletes a record nothing can be promised for work that still winds down.
        workOverdueAt = reason == EndReason.CONFLICT ? nanoTime() : nanoTime() + budget;
        boolean slow = world.faulty() && random.nextInt(5) == 0;
        long takes = slow ? random.nextLong(3 * world.timing.leaseDuration().toNanos()) : random.nextLong(budget);
        here((long) (takes / rate), () -> {
            working = null;
            reports.workStopped(leadership);
        });
    }

    @Override
    public void leaderChanged(LeaderView view) {
        world.log(this, " sees ", view);
        hasSeenTheRecord |= view instanceof LeaderView.Known;
    }

    @Override
    public boolean isCurrentThread() {
        return false;
    }

    @Override
    public String toString() {
        return identity + "_x" + incarnation;
    }
}
