package dev.election.http.metrics;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Passes every call on to a backend as it is, and shows each record that comes back. */
final class SeenTerms implements ElectionBackend {

    private final ElectionBackend backend;
    private final BiConsumer<String, LockRecord> seen;

    /** @param seen told of the election's name and the record, on the thread that has it */
    SeenTerms(ElectionBackend backend, BiConsumer<String, LockRecord> seen) {
        this.backend = backend;
        this.seen = seen;
    }

    @Override
    public Set<Capability> capabilities() {
        return backend.capabilities();
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        Snapshot snapshot = backend.read(election, timeout);
        show(election, snapshot);
        return snapshot;
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        CasOutcome outcome = backend.compareAndSet(election, expected, next, timeout);
        if (outcome instanceof CasOutcome.Applied applied) {
            show(election, applied.current());
        } else if (outcome instanceof CasOutcome.Conflict conflict) {
            show(election, conflict.current());
        }
        return outcome;
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        WatchListener showing = new WatchListener() {
            @Override
            public void changed(@Nullable Snapshot current) {
                show(election, current);
                listener.changed(current);
            }

            @Override
            public void lost(Throwable cause) {
                listener.lost(cause);
            }
        };
        return backend.watch(election, showing, timeout);
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        return backend.delete(election, timeout);
    }

    @Override
    public LockRecord asStored(LockRecord next, Snapshot replaced) {
        return backend.asStored(next, replaced);
    }

    @Override
    public void close() {
        backend.close();
    }

    /** The backend's own description: it stands in messages. */
    @Override
    public String toString() {
        return backend.toString();
    }

    private void show(String election, @Nullable Snapshot snapshot) {
        LockRecord record = snapshot == null ? null : snapshot.record();
        if (record != null) {
            seen.accept(election, record);
        }
    }
}
