package com.example.wrong;

import dev.election.local.MemoryBackend;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.Set;

/** Refreshes the version that it is told to expect, as a client does that reads again and retries: breaks S1 and S4. */
final class WrongBackend implements ElectionBackend {

    private static final Set<Capability> OFFERED = Set.of(Capability.WATCH, Capability.DELETE);

    private final ElectionBackend store;

    WrongBackend(String name) {
        store = MemoryBackend.open(name);
    }

    @Override
    public Set<Capability> capabilities() {
        return OFFERED;
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        return store.read(election, timeout);
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        CasOutcome outcome = store.compareAndSet(election, expected, next, timeout);
        while (outcome instanceof CasOutcome.Conflict) {
            Version fresh = store.read(election, timeout).version();
            outcome = store.compareAndSet(election, fresh, next, timeout);
        }
        return outcome;
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
    public void close() {
        store.close();
    }
}
