package dev.election.local;

import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps what a watch told, and notices when it is told two things at a time. */
final class RecordingListener implements WatchListener {

    /** Empty stands for "changed, but not to something that can be read". */
    private final BlockingQueue<Optional<Snapshot>> changes = new LinkedBlockingQueue<>();

    private final BlockingQueue<Throwable> losses = new LinkedBlockingQueue<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean overlapped;

    @Override
    public void changed(@Nullable Snapshot current) {
        overlapped |= !busy.compareAndSet(false, true);
        changes.add(Optional.ofNullable(current));
        Thread.yield();
        busy.set(false);
    }

    @Override
    public void lost(Throwable cause) {
        overlapped |= busy.get();
        losses.add(cause);
    }

    /** Waits until this very state was told. */
    void await(Snapshot expected) throws InterruptedException {
        await("the state " + expected, told -> told.isPresent() && told.get().equals(expected));
    }

    /** Waits until such a state was told, and returns it. */
    Snapshot await(Predicate<Snapshot> expected) throws InterruptedException {
        return await("what was expected", told -> told.filter(expected).isPresent())
                .orElseThrow();
    }

    void awaitUnreadable() throws InterruptedException {
        await("that the record cannot be read", Optional::isEmpty);
    }

    private Optional<Snapshot> await(String what, Predicate<Optional<Snapshot>> condition) throws InterruptedException {
        while (true) {
            Optional<Snapshot> told = changes.poll(20, TimeUnit.SECONDS);
            if (told == null) {
                throw new AssertionError("the watch did not tell " + what);
            }
            if (condition.test(told)) {
                return told;
            }
        }
    }

    Throwable awaitLoss() throws InterruptedException {
        Throwable cause = losses.poll(20, TimeUnit.SECONDS);
        if (cause == null) {
            throw new AssertionError("the watch did not tell that it was lost");
        }
        return cause;
    }

    boolean wasToldTwoThingsAtATime() {
        return overlapped;
    }

    int untoldChanges() {
        return changes.size();
    }

    boolean wasLost() {
        return !losses.isEmpty();
    }
}
