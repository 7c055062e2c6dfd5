package dev.election.tck.wrong;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.RawRecords;
import dev.election.tck.StoreFaults;
import dev.election.tck.TextRecords;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A correct store in memory, as its server does the work. Each step of a swap is a method of its own, to be done wrong
 * by a subclass.
 */
public class Store {

    /** What is stored for one election. */
    record Cell(String text, long revision) {}

    /** Names a state by whatever the store names it by; two are the same when their names are. */
    static final class StoreVersion implements Version {
        private final Object name;
        private final long revision;

        StoreVersion(Object name, long revision) {
            this.name = name;
            this.revision = revision;
        }

        @Override
        public long revision() {
            return revision;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof StoreVersion version && name.equals(version.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return "version " + name + " of revision " + revision;
        }
    }

    private final Network network = new Network();
    private final List<Consumer<String>> observers = new CopyOnWriteArrayList<>();
    final Map<String, Cell> cells = new HashMap<>(); // guarded by this
    private long revision; // guarded by this

    /** Opens a view. */
    public ElectionBackend open() {
        return new View(this);
    }

    public final StoreFaults faults() {
        return network;
    }

    /** The text of the records. */
    public final RawRecords rawRecords() {
        return new TextRecords() {
            @Override
            protected Optional<String> get(String election) {
                synchronized (Store.this) {
                    return Optional.ofNullable(cells.get(key(election))).map(Cell::text);
                }
            }

            @Override
            protected void put(String election, String text) {
                synchronized (Store.this) {
                    cells.put(key(election), new Cell(text, nextRevision(election)));
                }
                announce(election);
            }
        };
    }

    Network network() {
        return network;
    }

    void observe(Consumer<String> observer) {
        observers.add(observer);
    }

    void forget(Consumer<String> observer) {
        observers.remove(observer);
    }

    private void announce(String election) {
        observers.forEach(observer -> observer.accept(election));
    }

    Snapshot read(String election) throws BackendException {
        synchronized (this) {
            return snapshot(election, cells.get(key(election)));
        }
    }

    /** Empty when what is stored cannot be read. */
    final Optional<Snapshot> readOrNothing(String election) {
        try {
            return Optional.of(read(election));
        } catch (BackendException e) {
            return Optional.empty();
        }
    }

    CasOutcome swap(String election, Version expected, LockRecord next) throws BackendException {
        CasOutcome outcome = locked(election, expected, next);
        if (outcome instanceof CasOutcome.Applied) {
            announce(election);
        }
        return outcome;
    }

    private synchronized CasOutcome locked(String election, Version expected, LockRecord next) throws BackendException {
        Cell cell = cells.get(key(election));
        Snapshot current = snapshotToReplace(election, cell);
        if (!fits(current, expected)) {
            return new CasOutcome.Conflict(current);
        }
        Cell written = new Cell(text(current.isAbsent() ? null : cell, next), nextRevision(election));
        cells.put(key(election), written);
        return new CasOutcome.Applied(snapshot(election, written));
    }

    boolean delete(String election) {
        boolean found;
        synchronized (this) {
            found = cells.remove(key(election)) != null;
        }
        if (found) {
            announce(election);
        }
        return found;
    }

    private Snapshot snapshot(String election, @Nullable Cell cell) throws BackendException {
        if (cell == null) {
            return Snapshot.ABSENT;
        }
        try {
            LockRecord record = record(cell.text());
            return new Snapshot(record, version(election, cell, record));
        } catch (IllegalArgumentException e) {
            return unreadable(election, e);
        }
    }

    // What a store can get wrong.

    String key(String election) {
        return election;
    }

    boolean fits(Snapshot current, Version expected) {
        return current.version().equals(expected);
    }

    long nextRevision(String election) {
        return ++revision;
    }

    Version version(String election, Cell cell, LockRecord record) {
        return new StoreVersion(cell.revision(), cell.revision());
    }

    String text(@Nullable Cell replaced, LockRecord next) {
        LockRecordJson json = replaced == null
                ? LockRecordJson.of(next)
                : LockRecordJson.parse(replaced.text()).with(next);
        return json.toJson();
    }

    LockRecord record(String text) {
        return LockRecordJson.parse(text).record();
    }

    Snapshot snapshotToReplace(String election, @Nullable Cell cell) throws BackendException {
        return snapshot(election, cell);
    }

    Snapshot unreadable(String election, IllegalArgumentException why) throws BackendException {
        throw BackendException.unreadable(
                "the record of election " + election + " cannot be read: " + why.getMessage() + ". Cure: delete it",
                why);
    }
}
