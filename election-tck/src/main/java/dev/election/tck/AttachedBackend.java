package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A backend whose events are waited for; see {@link VirtualTime#attach}. */
final class AttachedBackend implements ElectionBackend {

    private final ElectionBackend backend;
    private final EventsUnderWay events;

    AttachedBackend(ElectionBackend backend, EventsUnderWay events) {
        this.backend = backend;
        this.events = events;
    }

    @Override
    public Set<Capability> capabilities() {
        return backend.capabilities();
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        return backend.read(election, timeout);
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        EventsUnderWay.Change change = events.change(election);
        CasOutcome outcome = backend.compareAndSet(election, expected, next, timeout);
        if (outcome instanceof CasOutcome.Applied applied
                && !applied.current().version().equals(expected)) {
            change.written(applied.current());
        }
        return outcome;
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        EventsUnderWay.Watcher watcher = events.watcher(backend, election, listener);
        Watch watch = backend.watch(election, watcher, timeout);
        watcher.opened();
        return () -> {
            watch.close();
            watcher.closed();
        };
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        EventsUnderWay.Change change = events.change(election);
        boolean existed = backend.delete(election, timeout);
        if (existed) {
            change.deleted();
        }
        return existed;
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        return backend.examine(election, timeout);
    }

    @Override
    public LockRecord asStored(LockRecord next, Snapshot replaced) {
        return backend.asStored(next, replaced);
    }

    @Override
    public void close() {
        backend.close();
        events.closed(backend);
    }

    @Override
    public String toString() {
        return backend.toString();
    }
}
