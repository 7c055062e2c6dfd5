package dev.election.zookeeper;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one node in one session, whether it exists or not; the end of the session ends the watch, with {@link
 * WatchListener#lost} (rule S9).
 *
 * <p>It is ZooKeeper's standard watch: set by {@code exists}, it tells of one change, and {@link #look} sets it again
 * before it reads, so that no change falls between. On a new connection of the same session ZooKeeper's client sets it
 * again with the last transaction that it saw, and the server answers by an event if there was any since.
 *
 * <p>Everything here runs on ZooKeeper's event thread, and hands what is to be told to an executor.
 */
final class NodeWatch implements Watch, Watcher {

    private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

    private enum State {
        OPEN,
        LOST,
        CLOSED
    }

    private final ZooKeeper zk;
    private final RecordNode node;
    private final WatchListener listener;
    private final Executor executor;
    private final Consumer<NodeWatch> onEnd;
    private final CompletableFuture<Boolean> armed = new CompletableFuture<>();

    /**
     * Held while the listener is told, so that nothing is told once {@link #close} has returned. Not the monitor, which
     * ZooKeeper's event thread takes: it has the answers to all calls to bring, and must wait for no listener. Who takes
     * both takes this first.
     */
    private final Object telling = new Object();

    private State state = State.OPEN; // this and what follows: guarded by this
    private boolean looking;
    private boolean changedSince;

    /**
     * @param executor runs one task at a time, in order
     * @param onEnd told once, when the watch has ended in whatever way
     */
    NodeWatch(ZooKeeper zk, RecordNode node, WatchListener listener, Executor executor, Consumer<NodeWatch> onEnd) {
        this.zk = zk;
        this.node = node;
        this.listener = listener;
        this.executor = executor;
        this.onEnd = onEnd;
    }

    /**
     * Begins to watch.
     *
     * @throws BackendException when the server refuses or does not answer; this watch is then of no further use
     */
    void open(Deadline deadline) throws BackendException, InterruptedException {
        synchronized (this) {
            looking = true;
        }
        look();
        try {
            armed.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw BackendException.transientFailure(what() + "no answer in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BackendException failure) {
                throw failure;
            }
            throw BackendException.transientFailure(what() + e.getCause().getMessage(), e.getCause());
        }
    }

    private String what() {
        return "cannot watch " + node + ": ";
    }

    /** Two requests sent together: set the watch, then read. */
    private void look() {
        zk.exists(node.path(), this, (rc, path, ctx, stat) -> watchSet(rc), null);
        zk.getData(node.path(), false, (rc, path, ctx, data, stat) -> looked(rc, data, stat), null);
    }

    private void watchSet(int rc) {
        if (rc != Code.OK.intValue() && rc != Code.NONODE.intValue()) {
            end(Failures.refusal(what(), rc, "READ on " + node.path()));
        }
    }

    private void looked(int rc, byte @Nullable [] data, @Nullable Stat stat) {
        Snapshot current = null;
        if (rc == Code.NONODE.intValue()) {
            current = Snapshot.ABSENT;
        } else if (rc != Code.OK.intValue() || stat == null) {
            end(Failures.refusal(what(), rc, "READ on " + node.path()));
            return;
        } else {
            try {
                current = node.decode(data, stat);
            } catch (BackendException e) {
                // What cannot be read is left to a read to complain about.
            }
        }
        boolean again;
        synchronized (this) {
            if (armed.isDone()) {
                tell(current);
            }
            again = changedSince && state == State.OPEN;
            changedSince = false;
            looking = again;
        }
        armed.complete(true);
        if (again) {
            look();
        }
    }

    @Override
    public void process(WatchedEvent event) {
        switch (event.getType()) {
            case NodeCreated, NodeDeleted, NodeDataChanged -> changed();
            case None -> connection(event.getState());
            default -> {
                // about children, or that this watch was removed
            }
        }
    }

    private void changed() {
        synchronized (this) {
            if (state != State.OPEN) {
                return;
            }
            if (looking) {
                changedSince = true;
                return;
            }
            looking = true;
        }
        look();
    }

    /** @param connection null when SASL failed before it began */
    private void connection(Event.@Nullable KeeperState connection) {
        switch (connection == null ? Event.KeeperState.AuthFailed : connection) {
            case Expired, Closed, AuthFailed ->
                end(new IOException("the session that watched " + node + " has ended: " + connection));
            case Disconnected -> {
                if (zk.getClientConfig().getBoolean(ZKClientConfig.DISABLE_AUTO_WATCH_RESET)) {
                    end(new IOException("the connection that watched " + node + " has ended"));
                }
            }
            default -> {
                // a connection to go on with
            }
        }
    }

    /** Hands on under the monitor, so that all is told in order. */
    private synchronized void tell(@Nullable Snapshot current) {
        if (state == State.OPEN) {
            executor.execute(() -> unlessClosed(() -> listener.changed(current)));
        }
    }

    private void end(Throwable cause) {
        boolean wasArmed = armed.isDone();
        armed.completeExceptionally(cause);
        synchronized (this) {
            if (state != State.OPEN) {
                return;
            }
            state = State.LOST;
            if (wasArmed) {
                executor.execute(() -> unlessClosed(() -> listener.lost(cause)));
            }
        }
        onEnd.accept(this);
    }

    private void unlessClosed(Runnable call) {
        synchronized (telling) {
            if (isClosed()) {
                return;
            }
            try {
                call.run();
            } catch (RuntimeException e) {
                LOG.error("{}: a watch listener failed, against its contract", node, e);
            }
        }
    }

    private synchronized boolean isClosed() {
        return state == State.CLOSED;
    }

    @Override
    public void close() {
        boolean wasOpen;
        synchronized (telling) {
            synchronized (this) {
                wasOpen = state == State.OPEN;
                state = State.CLOSED;
            }
        }
        if (wasOpen) {
            // Or one object would stay with the client until the node changes. Nobody needs the answer.
            zk.removeWatches(node.path(), this, WatcherType.Data, true, (rc, path, ctx) -> {}, null);
            onEnd.accept(this);
        }
    }
}
