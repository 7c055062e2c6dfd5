package dev.election;

import dev.election.SimulationTrace.What;
import dev.election.spi.LockRecord;
import dev.election.spi.TimeSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The shipped driver and machine of one candidate, and work that obeys, or does not. */
final class SimulatedCandidate implements UserCode {

    private static final long NEVER = Long.MAX_VALUE;

    /** By rule E8 a cool-down doubles with every failure, this many times. */
    private static final int MAX_DOUBLINGS = 6;

    final SimulatedProcess process;
    final int election;
    private final Simulation world;
    private final ElectionLoop loop;
    private final SimulatedLink link;

    private @Nullable CompletableFuture<Void> closed;
    private @Nullable Leadership term;
    private @Nullable Leadership working;
    private long termStartedAt;
    private long workOverdueAt = NEVER;
    private boolean standsBack;
    private long standsBackUntil;
    private int failures;
    private boolean hasSeenTheRecord;

    SimulatedCandidate(SimulatedProcess process, int election, TimeSource clock) {
        this.process = process;
        this.election = election;
        this.world = process.world;
        this.link = new SimulatedLink(process, election, clock);
        Settings settings = new Settings(
                process.identity(),
                process.incarnation(),
                world.plan.timing(),
                true,
                process.random.nextInt(4) > 0,
                1,
                (next, replaced) -> next);
        this.loop = new ElectionLoop(
                "example",
                world.bug.settings(settings),
                process.random.split(),
                clock,
                world.bug.store(link, this, clock),
                world.bug.userCode(this));
    }

    void start() {
        loop.start();
    }

    void close() {
        closed = loop.close();
    }

    void resign() {
        world.trace.add(process.toString(), election, What.RESIGN, "");
        standBack(0); // though it may not lead
        loop.resign();
    }

    /** The process dies. */
    void vanish() {
        link.forgetWatch();
        world.checks(election).ended(this);
        term = null;
        working = null;
    }

    // ---- What is looked at from outside ----

    boolean leads() {
        return world.bug.leads(this);
    }

    /** What the shipped code says when it is asked. */
    boolean loopSaysItLeads() {
        return loop.leadership() != null;
    }

    /** What a program says that has remembered what it was told. */
    boolean wasToldToLead() {
        return term != null;
    }

    /** Whether a record is that of its term. */
    boolean isItsTerm(LockRecord record) {
        return term != null && term.fencingToken() == record.fencingToken() && record.isOurs();
    }

    boolean isClosed() {
        return closed != null && closed.isDone();
    }

    boolean hasFailed() {
        return loop.failedSteps() > 0;
    }

    boolean hasSeenTheRecord() {
        return hasSeenTheRecord;
    }

    /** It takes no part until then. */
    void isAwayUntil(long then) {
        standsBackUntil = Math.max(standsBackUntil, then);
    }

    long standsBackUntil() {
        return standsBackUntil;
    }

    /** Work that obeys must not be overlapped; a process that was stopped meanwhile cannot obey (rule E14). */
    boolean worksWithinItsBudget() {
        return working != null && process.nanoTime() < workOverdueAt && process.hasRunSince(termStartedAt);
    }

    // ---- UserCode ----

    @Override
    public void started(Leadership leadership, Reports reports) {
        long token = leadership.fencingToken();
        world.trace.add(process.toString(), election, What.LEAD, "", 0, -1, -1, token, "");
        if (term != null || working != null) {
            throw world.violation(this + " was told of a start within a term");
        }
        term = leadership;
        working = leadership;
        termStartedAt = world.now();
        workOverdueAt = NEVER;
        standsBack = false;
        world.checks(election).started(this, token);
        long lease = world.plan.timing().leaseDuration().toNanos();
        if (world.strikes(SimulationFault.CALLBACK_THROWS, process.random, 8)) {
            process.later(sometime(lease), () -> reports.giveUp(leadership, EndReason.TASK_FAILED));
        } else if (world.strikes(SimulationFault.RESIGNATION, process.random, 8)) {
            process.later(sometime(lease), () -> reports.giveUp(leadership, EndReason.TASK_FINISHED));
        }
    }

    private long sometime(long lease) {
        return world.clip(process.random.nextLong(4 * lease));
    }

    @Override
    public void ended(Leadership leadership, EndReason reason, Reports reports) {
        long token = leadership.fencingToken();
        world.trace.add(process.toString(), election, What.END, reason.name(), 0, -1, -1, token, "");
        if (term != leadership) {
            throw world.violation(this + " was told of the end of another term");
        }
        if (reason == EndReason.CONFLICT && world.stillHolds(this, token)) {
            throw world.violation(this + " gave up a lock that it holds, for another's");
        }
        term = null;
        world.checks(election).ended(this);
        if (reason == EndReason.TASK_FAILED) {
            failures = Math.min(failures + 1, MAX_DOUBLINGS);
        } else if (reason == EndReason.TASK_FINISHED || reason == EndReason.RESIGNED) {
            failures = 0;
        }
        long budget = world.plan.timing().stopBudget().toNanos();
        workOverdueAt = process.nanoTime() + budget;
        long takes = world.clip(process.trueNanos(timeToStop(budget)));
        if (reason != EndReason.EXPIRED && reason != EndReason.CONFLICT) {
            standBack(takes);
        }
        process.later(takes, () -> {
            world.trace.add(process.toString(), election, What.STOP_WORK, "", 0, -1, -1, token, "");
            working = null;
            if (standsBack) {
                standBack(0); // the cool-down is counted anew
            }
            reports.workStopped(leadership);
        });
    }

    private void standBack(long after) {
        standsBack = true;
        long lease = world.plan.timing().leaseDuration().toNanos();
        long coolDown = process.trueNanos(lease << Math.max(0, failures - 1));
        standsBackUntil = world.now() + after + 2 * coolDown; // twice, for it is counted anew when the lock is released
    }

    private long timeToStop(long budget) {
        long lease = world.plan.timing().leaseDuration().toNanos();
        if (world.strikes(SimulationFault.CALLBACK_HANGS, process.random, 20)) {
            return process.random.nextLong(20 * lease);
        }
        if (world.strikes(SimulationFault.CALLBACK_SLOW, process.random, 5)) {
            return process.random.nextLong(3 * lease);
        }
        return process.random.nextLong(budget);
    }

    @Override
    public void leaderChanged(LeaderView view) {
        hasSeenTheRecord |= view instanceof LeaderView.Known;
    }

    @Override
    public boolean isCurrentThread() {
        return false;
    }

    @Override
    public String toString() {
        return process + "#" + election;
    }
}
