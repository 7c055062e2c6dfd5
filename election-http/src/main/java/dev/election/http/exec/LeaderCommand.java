package dev.election.http.exec;

import dev.election.ElectionTiming;
import dev.election.EndReason;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import dev.election.LeadershipTask;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command that runs while leading: task and listener of one candidate. The task returns when no process of the command
 * is left, so the lock is released then and not before (rule E7).
 *
 * <p>Thread-safe.
 */
public final class LeaderCommand implements LeadershipTask, LeadershipListener {

    private static final Logger log = LoggerFactory.getLogger(LeaderCommand.class);

    private static final SecureRandom COOKIES = new SecureRandom();

    /** The variable with the fencing token of the term. */
    public static final String TOKEN_VARIABLE = "ELECTION_FENCING_TOKEN";

    /**
     * What to run, and how.
     *
     * @param words passed on as they are
     * @param environment for the command, besides ours and {@link #TOKEN_VARIABLE}; asked for at each start
     * @param timing of the candidate
     * @param grace the longest that the command may take to end when it is told to; the lease may allow it less
     * @param once whether it is run only once
     */
    public record Plan(
            CommandWords words,
            Supplier<Map<String, String>> environment,
            ElectionTiming timing,
            Duration grace,
            boolean once) {}

    private final Plan plan;
    private final Uptime uptime;
    private final CompletableFuture<Integer> done = new CompletableFuture<>();
    private @Nullable Child child; // guarded by this
    private OptionalInt lastExit = OptionalInt.empty(); // guarded by this
    private String stopSignal = "TERM"; // guarded by this
    private boolean stopping; // guarded by this

    /** The lock was seen to be another's: it may have started the command already. */
    private volatile boolean deposed;

    /**
     * A command that is not running yet.
     *
     * @throws IllegalArgumentException when the times leave too little to end it in time
     */
    public LeaderCommand(Plan plan) {
        this(plan, Uptime.ofThisMachine());
    }

    LeaderCommand(Plan plan, Uptime uptime) {
        if (plan.timing().stopBudget().compareTo(StopTimes.LEAST_BUDGET) < 0) {
            throw new IllegalArgumentException("after a loss the command must have "
                    + StopTimes.LEAST_BUDGET.toMillis() + " ms to end, and these times leave it "
                    + plan.timing().stopBudget().toMillis()
                    + " ms: give a longer lease duration, or a shorter renew deadline");
        }
        this.plan = plan;
        this.uptime = uptime;
    }

    /** Completes with the exit code when a command that is run once has ended. */
    public CompletableFuture<Integer> done() {
        return done;
    }

    /** From now on nothing is started. */
    public synchronized void startNoMore() {
        stopping = true;
    }

    /**
     * From now on nothing is started, and a command that runs will be told to end by this signal once its candidate is
     * closed or resigns. One that is to end already gets the signal at once: by a second one people mean to hurry it.
     *
     * @param signal such as {@code TERM}
     */
    public void stopBy(String signal) {
        synchronized (this) {
            if (!stopping) {
                lastExit = OptionalInt.empty(); // what ran before does not count
                stopping = true;
                stopSignal = signal;
                return;
            }
        }
        forward(signal);
    }

    /**
     * The exit code of the command that ran when it was to be {@linkplain #stopBy stopped}, or otherwise last; empty when
     * none did. To be asked when the candidate is closed.
     */
    public synchronized OptionalInt exitCode() {
        return lastExit;
    }

    /** Passes a signal on to the command, if it runs. */
    public void forward(String signal) {
        Child running;
        synchronized (this) {
            running = child;
        }
        if (running != null) {
            try {
                running.tree().signalLeader(signal);
            } catch (IOException e) {
                log.warn("could not send SIG{} to the command", signal, e);
            }
        }
    }

    @Override
    public void onStoppedLeading(EndReason reason) {
        if (reason == EndReason.CONFLICT) {
            deposed = true;
        }
    }

    @Override
    public void run(Leadership term) throws IOException, InterruptedException {
        deposed = false;
        String cookie = new BigInteger(128, COOKIES).toString(36);
        long now = uptime.now();
        Duration remaining = term.remaining();
        if (remaining.isZero()) {
            return;
        }
        StopTimes times = StopTimes.of(now, remaining, plan.timing().stopBudget());
        try (Guardian guardian = Guardian.start(cookie, plan.grace(), times, remaining)) {
            try {
                Child started = start(term, cookie, guardian, times);
                if (started != null) {
                    StopTimes told = follow(term, started, guardian, times);
                    end(term, started, guardian, told);
                }
            } finally {
                endAll(cookie);
            }
        }
    }

    /**
     * Leaves no process behind, whatever went wrong, such as that there was no thread left to wait for the command after
     * it had been forked: when the task returns, the lock is released. Then takes down how the command ended.
     */
    private void endAll(String cookie) {
        Child ended;
        synchronized (this) {
            ended = child;
            child = null;
        }
        ProcessTree tree = ended == null ? new ProcessTree(cookie, ProcessTree.NO_LEADER) : ended.tree();
        new Stopping(tree, uptime).kill();
        if (ended != null) {
            int exit = ended.exitCode();
            synchronized (this) {
                lastExit = OptionalInt.of(exit);
            }
            if (plan.once()) {
                done.complete(exit);
            }
        }
    }

    private synchronized @Nullable Child start(Leadership term, String cookie, Guardian guardian, StopTimes times)
            throws IOException {
        if (stopping || !term.isValid()) {
            return null;
        }
        Map<String, String> environment = new HashMap<>(plan.environment().get());
        environment.put(TOKEN_VARIABLE, Long.toString(term.fencingToken()));
        child = Child.start(plan.words(), environment, cookie, guardian, times);
        log.info(
                "started {} (process {}, fencing token {})",
                plan.words().name(),
                child.tree().leader().pid(),
                term.fencingToken());
        return child;
    }

    /**
     * Tells the guardian of each renewal, until the term, the command or the guardian ends. Renewals are looked for
     * rather than told of, because one may also be acknowledged by a later read, which only the term's handle shows.
     *
     * @return what the guardian knows last
     */
    private StopTimes follow(Leadership term, Child started, Guardian guardian, StopTimes first) {
        StopTimes told = first;
        CompletableFuture<Object> anyEnd = CompletableFuture.anyOf(started.onExit(), guardian.onExit());
        try {
            guardian.tell(told, started.tree().leader());
            while (!anyEnd.isDone()) {
                long now = uptime.now();
                Duration remaining = term.remaining();
                if (remaining.isZero()) {
                    break;
                }
                StopTimes next = StopTimes.of(now, remaining, plan.timing().stopBudget());
                if (next.isLaterThan(told) && guardian.tell(next, started.tree().leader())) {
                    told = next;
                }
                awaitEnd(anyEnd, StopTimes.untilNextLook(remaining));
            }
        } catch (IOException e) {
            log.debug("the guardian cannot be told", e); // it has ended, which end() sees
        } catch (InterruptedException e) {
            log.debug("the term is over");
        }
        return told;
    }

    private static void awaitEnd(CompletableFuture<Object> end, Duration limit) throws InterruptedException {
        try {
            end.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // Time to look again.
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process failed", e.getCause());
        }
    }

    private void end(Leadership term, Child ended, Guardian guardian, StopTimes told) {
        boolean byItself = !ended.isAlive();
        boolean unguarded = !guardian.isAlive();
        if (unguarded) {
            log.error("the guardian of the command has ended; killing the command");
        } else if (!byItself) {
            log.info("stopping the command");
        }
        StopTimes stopping = told.stopping(uptime.now(), plan.grace());
        try {
            guardian.tell(stopping, ended.tree().leader());
        } catch (IOException e) {
            log.debug("the guardian cannot be told", e);
        }
        new Stopping(ended.tree(), uptime).end(signal(), stopping.killAt(), () -> deposed || !guardian.isAlive());
        int exit = ended.exitCode();
        log.info(
                "the command ended with exit code {}{}{}",
                exit,
                exit == Child.NOT_RUN && !term.isValid() ? ": its term was over before it ran" : "",
                plan.once() || isStopping() ? "" : "; contending again");
    }

    private synchronized String signal() {
        return stopSignal;
    }

    private synchronized boolean isStopping() {
        return stopping;
    }
}
