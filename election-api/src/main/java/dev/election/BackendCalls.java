package dev.election;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a backend, which blocks, on the threads of a pool. */
final class BackendCalls implements Store {

    private static final Logger log = LoggerFactory.getLogger(BackendCalls.class);

    private final ElectionBackend backend;
    private final String election;
    private final Duration watchTimeout;
    private final TimeSource time;
    private final Executor threads;
    private final Executor behind;
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicReference<@Nullable OpenWatch> watch = new AtomicReference<>();

    /** @param behind runs what can wait until no other election has anything to run */
    BackendCalls(
            ElectionBackend backend,
            String election,
            Duration watchTimeout,
            TimeSource time,
            Executor threads,
            Executor behind) {
        this.backend = backend;
        this.election = election;
        this.watchTimeout = watchTimeout;
        this.time = time;
        this.threads = threads;
        this.behind = behind;
    }

    @Override
    public void invoke(Call call, Replies replies) {
        Runnable job = () -> run(call, replies);
        if (unanswered.getAndIncrement() == 0) {
            threads.execute(job);
        } else {
            behind.execute(job); // an election whose store hangs lets those go first whose store answers
        }
    }

    private void run(Call call, Replies replies) {
        Moment sent = Moment.of(time); // before the sending, not after (rule E1)
        Duration timeout = Duration.ofNanos(call.deadline() - sent.nanos());
        boolean late = timeout.isNegative() || timeout.isZero();
        Call.Answer answer = late ? new Call.Answer.NotSent() : ask(call, timeout);
        unanswered.decrementAndGet();
        replies.answered(call.id(), late ? null : sent, answer);
    }

    private Call.Answer ask(Call call, Duration timeout) {
        boolean writes = call instanceof Call.Swap;
        try {
            return call instanceof Call.Swap swap
                    ? new Call.Answer.Swapped(
                            answered(backend.compareAndSet(election, swap.expected(), swap.next(), timeout)))
                    : new Call.Answer.Found(answered(backend.read(election, timeout)));
        } catch (BackendException e) {
            return new Call.Answer.Failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unknown(writes, e);
        } catch (Throwable e) { // whatever a backend throws must not end the election (rules S2, E8)
            log.debug("{}: the backend threw", election, e);
            return unknown(writes, e);
        }
    }

    private static <T> T answered(@Nullable T answer) {
        return Objects.requireNonNull(answer, "the backend answered null");
    }

    private static Call.Answer unknown(boolean writes, Throwable cause) {
        return writes
                ? new Call.Answer.Swapped(new CasOutcome.Unknown(cause))
                : new Call.Answer.Failed(BackendException.transientFailure("reading failed: " + cause, cause));
    }

    @Override
    public void openWatch(long id, Replies replies) {
        OpenWatch opening = new OpenWatch(id, replies);
        replace(opening);
        threads.execute(() -> {
            try {
                opening.isOpen(answered(backend.watch(election, opening, watchTimeout)));
                replies.watchOpened(id);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                opening.lost(e);
            } catch (Throwable e) { // as above
                opening.lost(e);
            }
        });
    }

    @Override
    public void closeWatch(long id) {
        replace(null);
    }

    private void replace(@Nullable OpenWatch next) {
        OpenWatch last = watch.getAndSet(next);
        if (last != null) {
            threads.execute(last::close);
        }
    }

    /** One watch, from the wish to open it to its end. */
    private static final class OpenWatch implements WatchListener {

        private final long id;
        private final Replies replies;
        private final AtomicBoolean lost = new AtomicBoolean();
        private ElectionBackend.@Nullable Watch handle;
        private boolean closed;

        OpenWatch(long id, Replies replies) {
            this.id = id;
            this.replies = replies;
        }

        synchronized void isOpen(ElectionBackend.Watch opened) {
            handle = opened;
            if (closed) {
                opened.close();
            }
        }

        synchronized void close() {
            closed = true;
            if (handle != null) {
                handle.close();
            }
        }

        @Override
        public void changed(@Nullable Snapshot current) {
            replies.watchChanged(id, current);
        }

        @Override
        public void lost(Throwable cause) {
            if (lost.compareAndSet(false, true)) {
                replies.watchLost(id, cause);
            }
        }
    }
}
