package dev.election;

import dev.election.SimulationTrace.What;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A member of the election that follows client-go's documented rules: it reads and then updates every retry period,
 * judges any holder by its own lease duration from when it saw the record change, counts its own leadership from the
 * answer, and on its way out clears the record that it reads last, if its last observation was of itself.
 *
 * <p>It knows nothing of attempts; annotations, among them the token, stay as they are when it updates.
 */
final class SimulatedClientGo {

    private final Simulation world;
    private final SimulatedStore store;
    private final SplittableRandom random;
    private final String name;
    private final ElectionTiming timing;
    private @Nullable LockRecord observed;
    private long observedAt;
    private boolean leading;
    private long turn;
    private long lastSuccess;

    SimulatedClientGo(Simulation world, int index) {
        this.world = world;
        this.store = world.store(0);
        this.random = world.random.split();
        this.name = "go" + index;
        this.timing = world.plan.timing();
    }

    void start() {
        next(random.nextLong(timing.leaseDuration().toNanos()));
    }

    private void next(long after) {
        long mine = ++turn;
        world.time.after(after, () -> {
            if (turn == mine) {
                round();
            }
        });
    }

    /** Whether it believes that it leads. */
    boolean leads() {
        return leading && world.now() - lastSuccess < timing.renewDeadline().toNanos();
    }

    private void round() {
        if (leading && world.now() - lastSuccess >= timing.renewDeadline().toNanos()) {
            stop("deadline");
        } else if (leading && world.faulty() && random.nextInt(200) == 0) {
            stop("cancelled");
        } else {
            exchange(() -> update(get()));
        }
        long period = timing.retryPeriod().toNanos();
        next(leading ? period : period + random.nextLong(Math.max(1, period * 6 / 5)));
    }

    private interface Work {
        void run() throws BackendException;
    }

    /** A read and an update that follows are two requests, so the update may be late, or meet another's. */
    private void exchange(Work work) {
        if (world.faulty() && (world.storeIsOut() || random.nextInt(world.plan.oddsOfLoss()) == 0)) {
            return; // an error, which it takes for a round without success
        }
        try {
            work.run();
        } catch (BackendException e) {
            world.trace.add(name, 0, What.ERROR, e.kind().name());
        }
    }

    private Snapshot get() throws BackendException {
        Snapshot seen = store.read();
        LockRecord record = seen.record();
        if (record != null && !record.equals(observed)) {
            observed = record;
            observedAt = world.now();
        }
        return seen;
    }

    private void update(Snapshot seen) {
        LockRecord record = seen.record();
        boolean mine = record != null && record.holder().equals(name);
        boolean held = record != null && !record.isFree();
        if (held && !mine && world.now() < observedAt + timing.leaseDuration().toNanos()) {
            lost();
            return;
        }
        Instant wall = Instant.EPOCH.plusNanos(world.now());
        int transitions = record == null ? 0 : mine ? record.transitions() : record.transitions() + 1;
        LockRecord next = new LockRecord(
                name,
                timing.leaseDuration(),
                mine ? record.acquired() : wall,
                wall,
                transitions,
                record == null ? 0 : record.fencingToken(),
                "");
        later(() -> {
            if (swap(seen, next)) {
                lastSuccess = world.now();
                if (!leading) {
                    leading = true;
                    next(0);
                    world.trace.add(name, 0, What.LEAD, "");
                }
            }
        });
    }

    private boolean swap(Snapshot seen, LockRecord next) throws BackendException {
        world.operations++;
        boolean applied = store.compareAndSet(name, 0, seen.version(), next) instanceof CasOutcome.Applied;
        if (applied) {
            observed = next;
            observedAt = world.now();
        }
        return applied;
    }

    private void lost() {
        if (leading) {
            leading = false;
            world.trace.add(name, 0, What.END, "lost");
        }
    }

    private void stop(String why) {
        leading = false;
        world.trace.add(name, 0, What.END, why);
        LockRecord last = observed;
        if (last == null || !last.holder().equals(name)) {
            return;
        }
        later(() -> {
            Snapshot seen = store.read(); // whoever holds it by now
            LockRecord record = seen.record();
            if (record != null) {
                Instant wall = Instant.EPOCH.plusNanos(world.now());
                swap(
                        seen,
                        new LockRecord(
                                "",
                                Duration.ofSeconds(1),
                                wall,
                                wall,
                                record.transitions(),
                                record.fencingToken(),
                                ""));
            }
        });
    }

    private void later(Work work) {
        boolean late = world.strikes(SimulationFault.DELAY, random, 20);
        long latency =
                late ? world.clip(random.nextLong(timing.leaseDuration().toNanos())) : random.nextInt(20_000_000);
        world.time.after(latency, () -> exchange(work));
    }
}
