package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.BackendException.Kind;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A view whose caller bears with it, as an elector would: what failed for a passing reason is tried again, and where an
 * outcome is not known the record tells, or the same write is tried again while its version fits. A store may have
 * such troubles at any time and keep every rule, so that tests which are about something else must not fail by them.
 *
 * <p>What the backend itself says is asked for by {@link Answer#to}.
 */
final class PatientBackend implements ElectionBackend {

    /** Enough for a store that fails every other call, and soon over for one that always fails. */
    static final int TRIES = 20;

    private static final long PAUSE_MILLIS = 2;

    private interface Call<T> {
        T call() throws BackendException, InterruptedException;
    }

    private final ElectionBackend backend;

    private PatientBackend(ElectionBackend backend) {
        this.backend = backend;
    }

    static ElectionBackend of(ElectionBackend backend) {
        return backend instanceof PatientBackend ? backend : new PatientBackend(backend);
    }

    /** The backend without patience, to hear each of its answers. */
    static ElectionBackend bare(ElectionBackend view) {
        return view instanceof PatientBackend patient ? patient.backend : view;
    }

    @Override
    public Set<Capability> capabilities() {
        return backend.capabilities();
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        return patiently(() -> backend.read(election, timeout), timeout);
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        return patiently(() -> backend.watch(election, listener, timeout), timeout);
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        return patiently(() -> backend.delete(election, timeout), timeout);
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        long start = System.nanoTime();
        CasOutcome outcome = patiently(() -> backend.compareAndSet(election, expected, next, timeout), timeout);
        if (!(outcome instanceof CasOutcome.Unknown)) {
            return outcome;
        }
        try {
            for (int tries = 1; tries < TRIES && !isOver(start, timeout); tries++) {
                Snapshot now = read(election, timeout);
                if (!now.version().equals(expected)) {
                    return isBy(next, now) ? new CasOutcome.Applied(now) : outcome;
                }
                // One of the two is applied at most: from here on a conflict says nothing of the first.
                CasOutcome again = patiently(() -> backend.compareAndSet(election, expected, next, timeout), timeout);
                if (again instanceof CasOutcome.Applied) {
                    return again;
                }
            }
        } catch (BackendException e) {
            return outcome;
        }
        return outcome;
    }

    private static boolean isBy(LockRecord next, Snapshot now) {
        return !now.isAbsent()
                && Objects.requireNonNull(now.record()).attempt().equals(next.attempt())
                && now.record().holder().equals(next.holder());
    }

    private static <T> T patiently(Call<T> call, Duration timeout) throws BackendException, InterruptedException {
        long start = System.nanoTime();
        for (int tries = 1; ; tries++) {
            try {
                return call.call();
            } catch (BackendException e) {
                if (e.kind() != Kind.TRANSIENT || tries == TRIES || isOver(start, timeout)) {
                    throw e;
                }
                Thread.sleep(
                        Math.max(PAUSE_MILLIS, Math.min(1000, e.retryAfter().toMillis())));
            }
        }
    }

    private static boolean isOver(long start, Duration timeout) {
        return Thread.currentThread().isInterrupted() || System.nanoTime() - start >= timeout.toNanos();
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        return patiently(() -> backend.examine(election, timeout), timeout);
    }

    @Override
    public LockRecord asStored(LockRecord next, Snapshot replaced) {
        return backend.asStored(next, replaced);
    }

    @Override
    public void close() {
        backend.close();
    }

    @Override
    public String toString() {
        return backend.toString();
    }
}
