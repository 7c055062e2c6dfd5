package dev.election.tck.wrong;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;

/** A correct client of a {@link Store}. Each thing that a client does is a method of its own, to be done wrong. */
class View implements ElectionBackend {

    final Store store;
    final Network.Connection connection;
    final Watches watches;
    volatile boolean closed;

    View(Store store) {
        this.store = store;
        this.connection = store.network().connect();
        this.watches = newWatches();
    }

    Watches newWatches() {
        return new Watches(store);
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.WATCH, Capability.DELETE);
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        return definitely(() -> store.read(election), timeout);
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        return definitely(() -> store.delete(election), timeout);
    }

    /** Where a failure says nothing but that there is no answer. */
    private <T> T definitely(Callable<T> request, Duration timeout) throws BackendException, InterruptedException {
        try {
            return call(request, timeout);
        } catch (BackendException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw BackendException.transientFailure("the store cannot be reached: " + e, e);
        }
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        requireOpen();
        requireWritable(expected, next);
        return swap(election, expected, next, timeout);
    }

    CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        try {
            return call(() -> store.swap(election, expected, next), timeout);
        } catch (Network.NotSentException e) {
            throw BackendException.transientFailure("the store cannot be reached", e);
        } catch (BackendException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            return unanswered(e);
        }
    }

    <T> T call(Callable<T> request, Duration timeout) throws Exception {
        return connection.call(request, timeout);
    }

    CasOutcome unanswered(Exception cause) throws BackendException {
        return new CasOutcome.Unknown(cause);
    }

    void requireWritable(Version expected, LockRecord next) {
        if (expected.equals(Version.ABSENT) && !next.isFree()) {
            throw new IllegalArgumentException("only a free record is written over absence");
        }
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        requireOpen();
        return watches.add(election, listener, definitely(() -> store.readOrNothing(election), timeout));
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the view is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        watches.close();
        connection.breakOff("closed");
    }

    @Override
    public String toString() {
        return "a view of " + store.getClass().getSimpleName();
    }
}
