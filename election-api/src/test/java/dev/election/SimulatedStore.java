package dev.election;

import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The store at the far end of a simulated network: correct, and at every moment of one mind. */
final class SimulatedStore {

    private record Revision(long revision) implements Version {}

    private final Simulation world;
    private final List<Consumer<Snapshot>> watchers = new ArrayList<>();
    private Snapshot current = Snapshot.ABSENT;
    private long revision;

    SimulatedStore(Simulation world) {
        this.world = world;
    }

    Snapshot read() {
        return current;
    }

    CasOutcome compareAndSet(Version expected, LockRecord next) {
        if (!current.version().equals(expected)) {
            return new CasOutcome.Conflict(current);
        }
        if (expected.equals(Version.ABSENT) && !next.isFree()) {
            throw world.violation("a held record was written over absence: " + next);
        }
        set(new Snapshot(next, new Revision(++revision)));
        return new CasOutcome.Applied(current);
    }

    /** An operator deletes the record. */
    void delete() {
        world.log("record deleted");
        revision++;
        set(Snapshot.ABSENT);
    }

    /** Somebody changes a label: the same record at another version. */
    void touch() {
        LockRecord record = current.record();
        if (record != null) {
            world.log("record touched");
            set(new Snapshot(record, new Revision(++revision)));
        }
    }

    void watch(Consumer<Snapshot> watcher) {
        watchers.add(watcher);
    }

    void unwatch(Consumer<Snapshot> watcher) {
        watchers.remove(watcher);
    }

    private void set(Snapshot next) {
        current = next;
        world.log("store: ", next.record());
        List.copyOf(watchers).forEach(watcher -> watcher.accept(next));
    }
}
