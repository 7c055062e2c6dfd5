package dev.election;

import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one election's machine: hands it one input at a time, on the timer's thread, publishes what readers ask for,
 * carries out its effects, and wakes it when it wants to be woken. Deterministic if its time source, store and user
 * code are.
 */
final class ElectionLoop implements Store.Replies, UserCode.Reports {

    private static final Logger log = LoggerFactory.getLogger(ElectionLoop.class);

    private final String election;
    private final Settings settings;
    private final ElectionMachine machine;
    private final TimeSource time;
    private final Store store;
    private final UserCode userCode;

    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Set<CompletableFuture<Boolean>> askedToResign = ConcurrentHashMap.newKeySet();
    private final List<CompletableFuture<Boolean>> resignations = new ArrayList<>();
    private final Object termMonitor = new Object();
    private volatile @Nullable Leadership leadership;
    private volatile @Nullable Sighting sighting;
    private volatile ElectionHealth health;
    private volatile int failedSteps;
    private volatile long wakeUpAt = Long.MAX_VALUE;
    private volatile @Nullable Long stepBegan;
    private TimeSource.@Nullable Scheduled wakeUp;

    ElectionLoop(
            String election,
            Settings settings,
            RandomGenerator random,
            TimeSource time,
            Store store,
            UserCode userCode) {
        this.election = election;
        this.settings = settings;
        this.machine = new ElectionMachine(settings, random);
        this.time = time;
        this.store = store;
        this.userCode = userCode;
        this.health = new ElectionHealth(Optional.empty(), time.wallTime());
    }

    // ---- What the application asks for; from any thread ----

    void start() {
        post(machine::start);
    }

    CompletableFuture<Boolean> resign() {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        askedToResign.add(done);
        end(EndReason.RESIGNED);
        post(now -> {
            resignations.add(done);
            return machine.resign(now);
        });
        if (closed.isDone()) {
            complete(done, true); // the timer may be closed as well, and never come to it
        }
        return done;
    }

    /** What the application does with the answer is its own code, and not for the timer's thread (rule E9). */
    private void complete(CompletableFuture<Boolean> resignation, boolean released) {
        askedToResign.remove(resignation);
        Runnable told = time.workBegins();
        resignation.completeAsync(() -> released).whenComplete((outcome, failure) -> told.run());
    }

    /** Begins to close; the future completes when the lock was given back, or could not be within its bound. */
    CompletableFuture<Void> close() {
        end(EndReason.CLOSED);
        post(machine::close);
        return closed;
    }

    CompletableFuture<Void> closed() {
        return closed;
    }

    @Nullable
    Leadership leadership() {
        Leadership current = leadership;
        return current != null && current.isValid() ? current : null;
    }

    LeaderView leader() {
        Leadership own = leadership;
        if (own != null) {
            Duration left = own.remaining();
            if (!left.isZero()) {
                return new LeaderView.Known(
                        settings.identity(),
                        OptionalLong.of(own.fencingToken()),
                        settings.timing().renewDeadline().minus(left));
            }
        }
        Sighting seen = sighting;
        return seen == null ? new LeaderView.Unknown() : seen.view(time.nanoTime(), settings);
    }

    /** How often a step or an effect threw, which only a mistake of ours makes happen. */
    int failedSteps() {
        return failedSteps;
    }

    ElectionHealth health() {
        return health;
    }

    Duration overdue() {
        Long began = stepBegan;
        long due = wakeUpAt;
        long now = time.nanoTime();
        long late = Math.max(began == null ? 0 : now - began, due == Long.MAX_VALUE ? 0 : now - due);
        return Duration.ofNanos(Math.max(0, late));
    }

    @Nullable
    Leadership awaitLeadership(Duration timeout) throws InterruptedException {
        long nanos = Math.max(0, TimeUnit.NANOSECONDS.convert(timeout)); // which cuts what is too long
        long deadline = System.nanoTime() + nanos;
        synchronized (termMonitor) {
            while (true) {
                Leadership current = leadership();
                long left = deadline - System.nanoTime();
                if (current != null || left <= 0 || closed.isDone()) {
                    return current;
                }
                termMonitor.wait(Math.max(1, left / 1_000_000));
            }
        }
    }

    /** {@code isLeader()} is false from the moment on at which the caller gave up, not only once the loop knows. */
    private void end(EndReason reason) {
        Leadership current = leadership;
        if (current != null) {
            log.debug("{}: gives up: {}", election, reason);
            current.end();
        }
    }

    // ---- Inputs; from any thread ----

    @Override
    public void answered(long call, @Nullable Moment sent, Call.Answer answer) {
        post(now -> machine.answered(now, call, sent, answer));
    }

    @Override
    public void watchOpened(long watch) {
        post(now -> machine.watchOpened(now, watch));
    }

    @Override
    public void watchChanged(long watch, @Nullable Snapshot seen) {
        post(now -> machine.watchChanged(now, watch, seen));
    }

    @Override
    public void watchLost(long watch, Throwable cause) {
        post(now -> machine.watchLost(now, watch, cause));
    }

    @Override
    public void giveUp(Leadership of, EndReason reason) {
        post(now -> machine.giveUp(now, of.term(), reason));
    }

    @Override
    public void workStopped(Leadership of) {
        post(now -> machine.workStopped(now, of.term()));
    }

    private void foundExpired(long term) {
        post(now -> machine.foundExpired(now, term));
    }

    private void post(Function<Moment, List<Effect>> input) {
        time.schedule(Duration.ZERO, () -> step(input));
    }

    // ---- The loop; on the timer's thread ----

    private void step(Function<Moment, List<Effect>> input) {
        try {
            stepBegan = time.nanoTime();
            List<Effect> effects = input.apply(Moment.of(time));
            sighting = machine.sighting();
            effects.forEach(this::tryToCarryOut);
        } catch (Throwable e) { // the timer would swallow it
            failedSteps++;
            log.error("{}: a step of the election failed; it goes on", election, e);
        } finally {
            armWakeUp();
            stepBegan = null;
        }
    }

    /** One effect that fails must not keep the others from happening, such as the end of a term. */
    private void tryToCarryOut(Effect effect) {
        try {
            carryOut(effect);
        } catch (Throwable e) {
            failedSteps++;
            log.error("{}: could not carry out {}", election, effect, e);
        }
    }

    private void armWakeUp() {
        long next = machine.nextWakeUp();
        if (next >= wakeUpAt) {
            return; // the timer that is set will see to it
        }
        if (wakeUp != null) {
            wakeUp.cancel();
        }
        wakeUpAt = next;
        wakeUp = time.schedule(Duration.ofNanos(next - time.nanoTime()), () -> {
            wakeUpAt = Long.MAX_VALUE;
            step(machine::tick);
        });
    }

    private void carryOut(Effect effect) {
        if (effect instanceof Effect.Invoke invoke) {
            store.invoke(invoke.call(), this);
        } else if (effect instanceof Effect.TermExtended extended) {
            current(extended.term()).extend(extended.sent());
        } else if (effect instanceof Effect.OpenWatch open) {
            store.openWatch(open.watch(), this);
        } else if (effect instanceof Effect.CloseWatch close) {
            store.closeWatch(close.watch());
        } else if (effect instanceof Effect.TermStarted started) {
            termStarted(started);
        } else if (effect instanceof Effect.TermEnded ended) {
            termEnded(ended);
        } else if (effect instanceof Effect.LeaderChanged changed) {
            leaderChanged(changed.view());
        } else if (effect instanceof Effect.HealthChanged changed) {
            healthChanged(changed.problem());
        } else if (effect instanceof Effect.Polling polling) {
            log.warn("{}: cannot watch, so changes are found by polling: {}", election, text(polling.cause()));
        } else if (effect instanceof Effect.Resigned resigned) {
            resignations.forEach(done -> complete(done, resigned.released()));
            resignations.clear();
        } else if (effect instanceof Effect.Closed) {
            finished();
        }
    }

    private void termStarted(Effect.TermStarted started) {
        Leadership begun = new Leadership(
                started.term(),
                started.fencingToken(),
                started.sent(),
                settings.timing().renewDeadline(),
                time,
                () -> foundExpired(started.term()));
        synchronized (termMonitor) {
            leadership = begun;
            termMonitor.notifyAll();
        }
        log.info("started leading {} as {} (fencing token {})", election, settings.identity(), begun.fencingToken());
        userCode.started(begun, this);
        userCode.changed();
    }

    private void termEnded(Effect.TermEnded ended) {
        Leadership over = current(ended.term());
        over.end();
        leadership = null;
        log.info("stopped leading {} as {}: {}", election, settings.identity(), text(ended.reason()));
        userCode.ended(over, ended.reason(), this);
        userCode.changed();
    }

    private Leadership current(long term) {
        Leadership current = leadership;
        if (current == null || current.term() != term) {
            throw new IllegalStateException("term " + term + " is not the current one: " + current);
        }
        return current;
    }

    private void leaderChanged(LeaderView view) {
        if (leadership != null) {
            log.debug("leader of {} is now this candidate", election); // which was said already
        } else if (view instanceof LeaderView.Known known) {
            String token = known.fencingToken().isPresent()
                    ? " (fencing token " + known.fencingToken().getAsLong() + ")"
                    : "";
            log.info("leader of {} is now {}{}", election, known.identity(), token);
        } else {
            log.info(view instanceof LeaderView.None ? "nobody leads {}" : "it is not known who leads {}", election);
        }
        userCode.leaderChanged(view);
        userCode.changed();
    }

    private void healthChanged(@Nullable String problem) {
        Instant since = time.wallTime();
        if (problem == null) {
            log.info("{}: all is well again", election);
        } else {
            log.warn("{}: {}", election, problem);
        }
        health = new ElectionHealth(Optional.ofNullable(problem), since);
        userCode.changed();
    }

    private void finished() {
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUpAt = Long.MAX_VALUE;
        }
        closed.complete(null);
        askedToResign.forEach(done -> complete(done, false));
        synchronized (termMonitor) {
            termMonitor.notifyAll();
        }
    }

    private static String text(EndReason reason) {
        return reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
