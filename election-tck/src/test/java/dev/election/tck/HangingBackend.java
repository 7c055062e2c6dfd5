package dev.election.tck;

import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Reads hang in real time until they are released. */
final class HangingBackend implements ElectionBackend {

    private final CountDownLatch released = new CountDownLatch(1);

    void release() {
        released.countDown();
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws InterruptedException {
        released.await();
        return Snapshot.ABSENT;
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        release();
    }
}
