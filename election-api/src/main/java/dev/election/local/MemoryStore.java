package dev.election.local;

import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The records that the views of one memory backend share.
 *
 * <p>One lock guards them all: it is held for a look-up and a comparison, and never while an observer is told.
 */
final class MemoryStore {

    /**
     * Kept for the life of the JVM, as a server would: the records of a name outlive the "process" that closes its
     * view and opens another. What is kept is one small record per election.
     */
    private static final Map<String, MemoryStore> NAMED = new ConcurrentHashMap<>();

    private record MemoryVersion(long revision) implements Version {}

    private final String name;
    private final List<Consumer<String>> observers = new CopyOnWriteArrayList<>();

    private final Map<String, Snapshot> records = new HashMap<>(); // guarded by this
    private long revision; // guarded by this; one for all elections, so it outlives their deletion (rule S5)

    MemoryStore(String name) {
        this.name = name;
    }

    static MemoryStore named(String name) {
        return NAMED.computeIfAbsent(name, MemoryStore::new);
    }

    String name() {
        return name;
    }

    synchronized Snapshot read(String election) {
        return records.getOrDefault(election, Snapshot.ABSENT);
    }

    CasOutcome compareAndSet(String election, Version expected, LockRecord next) {
        CasOutcome outcome = swap(election, expected, next);
        if (outcome instanceof CasOutcome.Applied) {
            announce(election);
        }
        return outcome;
    }

    private synchronized CasOutcome swap(String election, Version expected, LockRecord next) {
        Snapshot current = read(election);
        if (!current.version().equals(expected)) {
            return new CasOutcome.Conflict(current);
        }
        Snapshot written = new Snapshot(next, new MemoryVersion(++revision));
        records.put(election, written);
        return new CasOutcome.Applied(written);
    }

    boolean delete(String election) {
        boolean existed = remove(election);
        if (existed) {
            announce(election);
        }
        return existed;
    }

    private synchronized boolean remove(String election) {
        return records.remove(election) != null;
    }

    /** Adds one that is told the name of each election whose record changed, on the thread that changed it. */
    void addObserver(Consumer<String> observer) {
        observers.add(observer);
    }

    void removeObserver(Consumer<String> observer) {
        observers.remove(observer);
    }

    private void announce(String election) {
        observers.forEach(observer -> observer.accept(election));
    }
}
