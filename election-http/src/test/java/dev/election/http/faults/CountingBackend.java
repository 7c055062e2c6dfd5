package dev.election.http.faults;

import dev.election.http.faults.BlackBox.Field;
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

/** Counts what becomes of each operation on a store. */
final class CountingBackend implements ElectionBackend {

    private final ElectionBackend store;
    private final BlackBox box;

    CountingBackend(ElectionBackend store, BlackBox box) {
        this.store = store;
        this.box = box;
    }

    @Override
    public Set<Capability> capabilities() {
        return store.capabilities();
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        Field outcome = Field.READ_FAILED;
        try {
            Snapshot answer = store.read(election, timeout);
            outcome = Field.READ_OK;
            return answer;
        } finally {
            box.count(outcome);
        }
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        // What is thrown beside a BackendException leaves it open, too (rule S2).
        Field outcome = Field.WRITE_UNKNOWN;
        try {
            CasOutcome answer = store.compareAndSet(election, expected, next, timeout);
            if (answer instanceof CasOutcome.Applied) {
                outcome = Field.WRITE_OK;
            } else if (answer instanceof CasOutcome.Conflict) {
                outcome = Field.WRITE_CONFLICT;
            }
            return answer;
        } catch (BackendException e) {
            outcome = Field.WRITE_FAILED;
            throw e;
        } finally {
            box.count(outcome);
        }
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        return store.watch(election, listener, timeout);
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        return store.delete(election, timeout);
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        return store.examine(election, timeout);
    }

    @Override
    public LockRecord asStored(LockRecord next, Snapshot replaced) {
        return store.asStored(next, replaced);
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
