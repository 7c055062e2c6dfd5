package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.Durations;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A backend that keeps every rule and is no pleasure to have: it is slow, now and then cannot be reached or does not
 * know what became of a write, never tells what a conflict met, keeps leases in whole seconds, and loses watches.
 */
final class AwkwardBackend implements ElectionBackend {

    /** One chance of trouble in so many is taken, in a way that the rules allow; and never two at once. */
    private static final int TROUBLE = 12;

    private final ElectionBackend store;
    private final Set<Capability> capabilities;
    private final Duration longestDelay;
    private final AtomicInteger chances = new AtomicInteger();
    private final AtomicInteger watches = new AtomicInteger();

    AwkwardBackend(ElectionBackend store, Set<Capability> capabilities, Duration longestDelay) {
        this.store = store;
        this.capabilities = capabilities;
        this.longestDelay = longestDelay;
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        Duration left = underWay(timeout);
        if (trouble()) {
            throw BackendException.overloaded("too many requests", null, Duration.ofMillis(1));
        }
        return store.read(election, left);
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        Duration left = underWay(timeout);
        if (trouble()) {
            throw BackendException.transientFailure("a transaction was rolled back, as another one came first", null);
        }
        if (trouble() && store.read(election, left).version().equals(expected)) {
            return new CasOutcome.Unknown(new IllegalStateException("the connection was lost before"));
        }
        CasOutcome outcome = store.compareAndSet(election, expected, asStored(next, Snapshot.ABSENT), left);
        // Of a candidate's conflict with itself it has to tell now and then: the tests of E5 are about that.
        if (trouble() && (outcome instanceof CasOutcome.Applied || expected.equals(Version.ABSENT))) {
            return new CasOutcome.Unknown(new IllegalStateException("the connection was lost after"));
        }
        return outcome instanceof CasOutcome.Conflict ? new CasOutcome.Conflict(null) : outcome;
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        if (!capabilities.contains(Capability.DELETE)) {
            throw new UnsupportedOperationException("no deletions here");
        }
        Duration left = underWay(timeout);
        if (trouble()) {
            throw BackendException.transientFailure("not now", null);
        }
        return store.delete(election, left);
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        if (!capabilities.contains(Capability.WATCH)) {
            throw new UnsupportedOperationException("no watches here");
        }
        Duration left = underWay(timeout);
        if (trouble()) {
            throw BackendException.transientFailure("not now", null);
        }
        return store.watch(
                election, new Losing(listener, watches.incrementAndGet() % 3 == 0 ? 25 : Integer.MAX_VALUE), left);
    }

    /** Tells nothing but that there was a change, and in the end not even that. */
    private static final class Losing implements WatchListener {
        private final WatchListener listener;
        private final int last;
        private final AtomicBoolean lost = new AtomicBoolean();
        private final AtomicInteger told = new AtomicInteger();

        /** @param last the number of the event with which it is lost */
        Losing(WatchListener listener, int last) {
            this.listener = listener;
            this.last = last;
        }

        @Override
        public void changed(@Nullable Snapshot current) {
            if (!lost.get()) {
                if (told.incrementAndGet() < last) {
                    listener.changed(null);
                } else {
                    lost(new IllegalStateException("too many events to keep them"));
                }
            }
        }

        @Override
        public void lost(Throwable cause) {
            if (lost.compareAndSet(false, true)) {
                listener.lost(cause);
            }
        }
    }

    /** Whole seconds; the times of the record as they are. */
    @Override
    public LockRecord asStored(LockRecord next, Snapshot replaced) {
        return new LockRecord(
                next.holder(),
                Durations.roundUp(next.leaseDuration(), Duration.ofSeconds(1)),
                next.acquired(),
                next.renewed(),
                next.transitions(),
                next.fencingToken(),
                next.attempt());
    }

    private boolean trouble() {
        return chances.incrementAndGet() % TROUBLE == 0;
    }

    /** Takes some time, and returns what is left of the timeout; nothing was sent if that is not enough. */
    private Duration underWay(Duration timeout) throws BackendException, InterruptedException {
        long most = longestDelay.toNanos();
        long delay = ThreadLocalRandom.current().nextLong(most / 4, most);
        TimeUnit.NANOSECONDS.sleep(Math.min(delay, timeout.toNanos()));
        Duration left = timeout.minusNanos(delay);
        if (left.isNegative() || left.isZero()) {
            throw BackendException.transientFailure("no answer within " + timeout, null);
        }
        return left;
    }

    @Override
    public void close() {
        store.close();
    }
}
