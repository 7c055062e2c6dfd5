package dev.election;

import dev.election.SimulationTrace.What;
import dev.election.spi.BackendException;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One watch of a candidate's: its events may be late, repeated, overtaken or missing, and it may be lost. */
final class SimulatedWatch implements SimulatedStore.Watcher {

    private final Simulation world;
    private final SimulatedProcess process;
    private final int election;
    private final SplittableRandom random;
    private final long id;
    private final Store.Replies replies;
    private final long lease;

    SimulatedWatch(SimulatedProcess process, int election, SplittableRandom random, long id, Store.Replies replies) {
        this.world = process.world;
        this.process = process;
        this.election = election;
        this.random = random;
        this.id = id;
        this.replies = replies;
        this.lease = world.plan.timing().leaseDuration().toNanos();
    }

    private SimulatedStore store() {
        return world.store(election);
    }

    private boolean strikes(SimulationFault fault) {
        return world.plan.has(fault) && world.count(fault);
    }

    private int latency() {
        return random.nextInt(SimulatedLink.USUAL_LATENCY);
    }

    private boolean isUnlucky() {
        return random.nextInt(world.plan.oddsOfLoss()) == 0;
    }

    void open() {
        boolean unlucky = world.faulty() && isUnlucky();
        if (isCutOff() || (unlucky && strikes(SimulationFault.WATCH_LOST))) {
            boolean denied = random.nextInt(8) == 0 && strikes(SimulationFault.ERROR_DENIED);
            lose(denied ? BackendException.denied("may not watch", null) : SimulatedLink.NO_ANSWER);
            return;
        }
        store().watch(this);
        process.later(latency(), () -> replies.watchOpened(id));
    }

    private boolean isCutOff() {
        return process.isCutOff() || world.storeIsOut();
    }

    private void lose(Exception cause) {
        store().unwatch(this);
        long when = Math.max(process.cutOffUntil(), world.storeIsOutUntil()) - world.now();
        process.later(Math.max(0, when) + latency(), () -> replies.watchLost(id, cause));
    }

    @Override
    public void changed(Snapshot now) {
        Snapshot seen = store().isCorrupted() ? null : now;
        if (!world.faulty()) {
            tell(latency(), seen);
            return;
        }
        boolean unlucky = isUnlucky();
        if (isCutOff() || (unlucky && strikes(SimulationFault.WATCH_LOST))) {
            lose(SimulatedLink.NO_ANSWER);
            return;
        }
        if (unlucky && strikes(SimulationFault.WATCH_MISSED)) {
            return;
        }
        // Each on its own way: events overtake each other, and answers.
        boolean late = isUnlucky() && strikes(SimulationFault.DELAY);
        tell(late ? someDelay() : latency(), random.nextInt(16) == 0 ? null : seen);
        if (unlucky && strikes(SimulationFault.WATCH_REPEATED)) {
            tell(someDelay(), seen);
        }
    }

    private long someDelay() {
        return world.clip(random.nextLong(lease));
    }

    private void tell(long latency, @Nullable Snapshot seen) {
        process.later(latency, () -> {
            LockRecord record = seen == null ? null : seen.record();
            world.trace.add(
                    process.toString(),
                    election,
                    What.EVENT,
                    seen == null ? "unseen" : "",
                    0,
                    -1,
                    seen == null ? -1 : seen.version().revision(),
                    record == null ? -1 : record.fencingToken(),
                    record == null ? "" : record.holder());
            replies.watchChanged(id, seen);
        });
    }
}
