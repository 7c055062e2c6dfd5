package dev.election;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** A store that, from a moment on, answers nothing for some elections, and does not even keep the timeout. */
final class HangingBackend implements ElectionBackend {

    private final ElectionBackend real;
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile Predicate<String> hangs = election -> false;

    HangingBackend(ElectionBackend real) {
        this.real = real;
    }

    void hangFor(Predicate<String> which) {
        hangs = which;
    }

    private void maybeHang(String election) throws InterruptedException {
        if (hangs.test(election)) {
            released.await();
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return real.capabilities();
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        maybeHang(election);
        return real.read(election, timeout);
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        maybeHang(election);
        return real.compareAndSet(election, expected, next, timeout);
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        maybeHang(election);
        return real.watch(election, listener, timeout);
    }

    @Override
    public void close() {
        released.countDown();
        real.close();
    }
}
