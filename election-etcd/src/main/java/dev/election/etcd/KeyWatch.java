package dev.election.etcd;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one key over one stream: whatever ends that, and whatever it delivers but events and signs of life, ends the
 * watch with {@link WatchListener#lost} (rule S9). Its owner then watches anew, and reads.
 *
 * <p>The watch begins at the revision at which the member created it, so that nothing later is missed.
 */
final class KeyWatch implements Watch {

    /** What etcd told when it turned down a watch; there is no code. */
    static final class TurnedDown extends Exception {

        private static final long serialVersionUID = 1L;

        TurnedDown(String reason) {
            super(reason);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);

    private final ElectionKey key;
    private final WatchListener listener;
    private final ScheduledExecutorService executor;
    private final Consumer<KeyWatch> onEnd;
    private final CompletableFuture<Void> created = new CompletableFuture<>();

    private @Nullable ClientCall<WatchRequest, WatchResponse> call; // guarded by this
    private @Nullable Future<?> pulse; // guarded by this
    private boolean heard; // guarded by this
    private boolean asked; // guarded by this
    private boolean ended; // guarded by this

    /**
     * A watch that does not run yet.
     *
     * @param executor one thread, on which the listener is told
     * @param onEnd told once, when the watch has ended in whatever way
     */
    KeyWatch(ElectionKey key, WatchListener listener, ScheduledExecutorService executor, Consumer<KeyWatch> onEnd) {
        this.key = key;
        this.listener = listener;
        this.executor = executor;
        this.onEnd = onEnd;
    }

    /**
     * Begins to watch. After a failure this watch is of no further use.
     *
     * @param idle how long the stream may be silent before it is asked whether it lives, and then before it is lost
     * @throws TurnedDown when etcd did not create it
     * @throws CallFailure when etcd did not answer
     */
    void open(Calls calls, Tokens.Token token, Duration idle, Deadline deadline)
            throws TurnedDown, CallFailure, InterruptedException {
        Endpoints.Use use = calls.take(deadline);
        start(calls.open(use, WatchGrpc.getWatchMethod(), token, executor), use);
        try {
            created.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            use.failed();
            throw new CallFailure(
                    Status.DEADLINE_EXCEEDED.withDescription("etcd did not create the watch in time"),
                    true,
                    use.endpoint().toString());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TurnedDown turnedDown) {
                throw turnedDown;
            }
            throw new CallFailure(
                    Status.fromThrowable(e.getCause()), true, use.endpoint().toString());
        }
        synchronized (this) {
            if (!ended) {
                long nanos = idle.toNanos();
                pulse = executor.scheduleWithFixedDelay(() -> pulse(use), nanos, nanos, TimeUnit.NANOSECONDS);
            }
        }
    }

    private synchronized void start(ClientCall<WatchRequest, WatchResponse> opening, Endpoints.Use use) {
        if (ended) {
            return; // closed by its backend, which the opener will see
        }
        call = opening;
        opening.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(WatchResponse response) {
                        KeyWatch.this.onMessage(response);
                        opening.request(1);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        KeyWatch.this.onClose(status, use);
                    }
                },
                new Metadata());
        opening.request(1);
        opening.sendMessage(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(key.bytes()))
                .build());
    }

    private void onMessage(WatchResponse response) {
        synchronized (this) {
            heard = true;
            asked = false;
        }
        if (response.getCanceled()) {
            // The compaction of a revision that was not delivered yet, or no permission.
            String reason = response.getCompactRevision() > 0
                    ? "etcd was compacted at revision " + response.getCompactRevision()
                            + " before all changes were delivered"
                    : response.getCancelReason();
            if (!created.completeExceptionally(new TurnedDown(reason))) {
                lose("etcd ended the watch of " + key + ": " + reason, null);
            }
            return;
        }
        if (response.getCreated()) {
            created.complete(null);
        }
        for (Event event : response.getEventsList()) {
            tell(decode(event));
        }
    }

    /** What cannot be read is left to a read to complain about. */
    private @Nullable Snapshot decode(Event event) {
        if (event.getType() == Event.EventType.DELETE) {
            return Snapshot.ABSENT;
        }
        try {
            return Snapshots.of(key, event.getKv());
        } catch (BackendException e) {
            return null;
        }
    }

    private void onClose(Status status, Endpoints.Use use) {
        if (Calls.isOfTheWay(status.getCode())) {
            use.failed();
        }
        if (!created.completeExceptionally(status.asException())) {
            CallFailure failure = new CallFailure(status, true, use.endpoint().toString());
            lose("the watch of " + key + " at " + use.endpoint() + " has ended: " + failure.getMessage(), failure);
        }
    }

    /** Asks a stream that has been silent for a sign of life, which etcd gives at once; without it, it is dead. */
    private void pulse(Endpoints.Use use) {
        boolean silent;
        synchronized (this) {
            silent = asked && !heard;
            if (!silent && !heard && call != null && !ended) {
                asked = true;
                call.sendMessage(WatchRequest.newBuilder()
                        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                        .build());
            }
            heard = false;
        }
        if (silent) {
            use.failed();
            lose("the watch of " + key + " at " + use.endpoint() + " gives no sign of life", null);
        }
    }

    /** Under the lock, so that nothing is told once {@link #close} has returned. A listener returns at once. */
    private synchronized void tell(@Nullable Snapshot current) {
        if (!ended) {
            try {
                listener.changed(current);
            } catch (RuntimeException e) {
                LOG.error("{}: a watch listener failed, against its contract", key, e);
            }
        }
    }

    private synchronized void lose(String what, @Nullable Throwable cause) {
        if (!ended) {
            close();
            try {
                listener.lost(new IOException(what, cause));
            } catch (RuntimeException e) {
                LOG.error("{}: a watch listener failed, against its contract", key, e);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!ended) {
            ended = true;
            created.completeExceptionally(
                    Status.CANCELLED.withDescription("it was closed").asException());
            if (call != null) {
                call.cancel("the watch was closed", null);
            }
            if (pulse != null) {
                pulse.cancel(false);
            }
            onEnd.accept(this);
        }
    }
}
