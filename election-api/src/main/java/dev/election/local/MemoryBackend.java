package dev.election.local;

import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records in the memory of this JVM: for tests, for examples, and for electing among the parts of one
 * program.
 *
 * <p>A backend is one <em>view</em> of a store, and counts as a process: views of one store see the same
 * records, and closing a view ends its watches only. A named store lasts as long as the JVM; a private one as long as it is
 * referenced.
 *
 * <p>Nothing here blocks or fails, so timeouts and interrupts have no effect. The first watch of a view starts one
 * daemon thread, which serves all of its watches and ends with the view.
 */
public final class MemoryBackend implements ElectionBackend {

    /** Tells the delivery thread to end; no election has this name. */
    private static final String END = "";

    private final MemoryStore store;
    private final Subscriptions subscriptions = new Subscriptions();
    private final Consumer<String> observer = this::signal;

    /** Elections to look at. Each at most once, so that a slow listener meets the latest state and not a backlog. */
    private final BlockingQueue<String> changed = new LinkedBlockingQueue<>();

    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    private @Nullable Thread delivery; // guarded by this
    private volatile boolean closed;

    private MemoryBackend(MemoryStore store) {
        this.store = store;
    }

    /**
     * Opens a view of the store of this name, which is created when it does not exist. The same as the URI {@code
     * memory:NAME}.
     *
     * @param name any name that is not empty
     */
    public static MemoryBackend open(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a memory store needs a name");
        }
        return new MemoryBackend(MemoryStore.named(name));
    }

    /** Creates an empty private store and opens the first view of it; {@link #newView} opens more. */
    public static MemoryBackend create() {
        return new MemoryBackend(new MemoryStore("(private)"));
    }

    /** Opens another view of the same store, as another process would. Works after {@link #close} too. */
    public MemoryBackend newView() {
        return new MemoryBackend(store);
    }

    @Override
    public Set<Capability> capabilities() {
        // Other processes have other memory, and a store of this name that is not this one.
        return EnumSet.of(Capability.WATCH, Capability.DELETE);
    }

    @Override
    public Snapshot read(String election, Duration timeout) {
        requireOpen();
        Checks.requirePositive(timeout);
        return store.read(election);
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout) {
        requireOpen();
        Checks.requirePositive(timeout);
        Checks.requireWritable(expected, next);
        return store.compareAndSet(election, expected, next);
    }

    @Override
    public boolean delete(String election, Duration timeout) {
        requireOpen();
        Checks.requirePositive(timeout);
        return store.delete(election);
    }

    @Override
    public synchronized Watch watch(String election, WatchListener listener, Duration timeout) {
        requireOpen();
        Checks.requirePositive(timeout);
        Objects.requireNonNull(listener, "listener");
        if (delivery == null) {
            delivery = new Thread(this::deliver, "election-memory-watch");
            delivery.setDaemon(true);
            delivery.start();
            store.addObserver(observer);
        }
        return subscriptions.add(election, store.read(election), listener);
    }

    @Override
    public synchronized void close() {
        closed = true;
        store.removeObserver(observer);
        subscriptions.removeAll().forEach(Watch::close);
        changed.add(END);
    }

    private void signal(String election) {
        if (subscriptions.areFor(election) && waiting.add(election)) {
            changed.add(election);
        }
    }

    private void deliver() {
        try {
            for (String election = changed.take(); !election.equals(END); election = changed.take()) {
                // Before the read: a change after it must find its way into the queue again.
                waiting.remove(election);
                subscriptions.report(election, store.read(election));
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread, except to make it end.
            Thread.currentThread().interrupt();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    /** The URI. */
    @Override
    public String toString() {
        return "memory:" + store.name();
    }
}
