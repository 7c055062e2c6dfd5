package dev.election.tck;

import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** Keeps what a watch told, and notices what a watch must not do. */
final class WatchLog implements WatchListener {

    /** A watch that was to report something said that it is lost, which it may do once in a while. */
    static final class LostError extends AssertionError {
        private static final long serialVersionUID = 1L;

        LostError(String message) {
            super(message);
        }
    }

    private final Duration longest;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final List<@Nullable Snapshot> told = new ArrayList<>(); // this and all below: guarded by this
    private @Nullable Throwable loss;
    private long revision;
    private @Nullable String mistake;

    /** Since which entry a change was told that leaves it to the listener to read. */
    private int unspecific = -1;

    /**
     * A listener.
     *
     * @param longest how long to wait for a report, at most
     */
    WatchLog(Duration longest) {
        this.longest = longest;
    }

    @Override
    public void changed(@Nullable Snapshot current) {
        boolean alone = busy.compareAndSet(false, true);
        synchronized (this) {
            if (!alone) {
                mistake = "it told two things at a time: listeners are called one at a time";
            }
            if (loss != null) {
                mistake = "it told a change after it had said that it was lost, which is the last that it says";
            }
            told.add(current);
            if (current == null) {
                unspecific = told.size() - 1;
            } else if (!current.isAbsent()) {
                if (current.version().revision() < revision) {
                    mistake = "it went back in time: it told revision "
                            + current.version().revision() + " after " + revision;
                }
                revision = Math.max(revision, current.version().revision());
            }
            notifyAll();
        }
        Thread.yield(); // to be met by a second call, if there is one
        busy.set(false);
    }

    @Override
    public synchronized void lost(Throwable cause) {
        if (loss != null) {
            mistake = "it said twice that it was lost";
        }
        loss = cause;
        notifyAll();
    }

    /** How much was told so far. */
    synchronized int size() {
        return told.size();
    }

    /**
     * Waits until this state was told, or a change since this entry that leaves it to us to read.
     *
     * @param since the {@link #size()} before the change was made
     */
    void awaitTold(Snapshot expected, int since, String what) throws InterruptedException {
        await(() -> loss != null || tells(expected, since));
        synchronized (this) {
            assertNoMistake();
            if (!tells(expected, since)) {
                String failure = "the watch did not report " + what + ", " + expected + ", within " + longest
                        + (loss == null
                                ? ", nor that it was lost"
                                : "; it says that it is lost, but nothing failed: " + loss)
                        + ". Followers wait for a leader that has resigned, or do not know who leads. It told " + told;
                throw loss == null ? new AssertionError(failure) : new LostError(failure);
            }
        }
    }

    /** Waits until this state was told, or the loss of the watch. */
    void awaitToldOrLost(Snapshot expected, String what) throws InterruptedException {
        await(() -> loss != null || tells(expected, 0));
        synchronized (this) {
            if (loss == null && !tells(expected, 0)) {
                Assertions.fail("the watch neither reported " + what + ", " + expected + ", nor said that it was lost,"
                        + " within " + longest + ": whoever relies on it never learns of a change. It told " + told);
            }
            assertNoMistake();
        }
    }

    private synchronized boolean tells(Snapshot expected, int since) {
        return unspecific >= since || told.subList(since, told.size()).contains(expected);
    }

    /** Gives the watch some time to tell something. */
    void letTell(Duration time) throws InterruptedException {
        await(() -> loss != null || !told.isEmpty(), time);
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        await(condition, longest);
    }

    private void await(BooleanSupplier condition, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        synchronized (this) {
            for (long left = time.toMillis(); !condition.getAsBoolean() && left > 0; ) {
                wait(left);
                left = (end - System.nanoTime()) / 1_000_000;
            }
        }
    }

    /** Fails when the watch did what no watch may do. */
    synchronized void assertNoMistake() {
        if (mistake != null) {
            Assertions.fail("the watch made a mistake: " + mistake + ". In all it told " + told);
        }
    }

    synchronized List<@Nullable Snapshot> told() {
        return new ArrayList<>(told);
    }

    synchronized boolean isLost() {
        return loss != null;
    }
}
