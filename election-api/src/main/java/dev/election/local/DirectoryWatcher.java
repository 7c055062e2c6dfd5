package dev.election.local;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the record files of one directory, for all watches of one backend, on one daemon thread, which the first
 * watch starts.
 *
 * <p>The file system tells within about a millisecond where it can. Under that lies a net: all watched records are read
 * once a second, which finds what the file system did not tell, edits in place, and a directory that was replaced. Where
 * the system has no notifications left to give, the net is all there is.
 */
final class DirectoryWatcher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DirectoryWatcher.class);

    /** Reading one record takes some 10 µs: a thousand elections, watched by one process, take a hundredth of a core. */
    private static final long NET_NANOS = Duration.ofSeconds(1).toNanos();

    private final FileStore store;
    private final WatchServices watchServices;
    private final Subscriptions subscriptions = new Subscriptions();

    private @Nullable Thread thread; // guarded by this
    private @Nullable WatchKey key; // guarded by this
    private @Nullable Object directory; // guarded by this; identity of what is watched, null when nothing is
    private volatile @Nullable WatchService notifications; // written under this, by the first watch
    private volatile boolean closed;

    /** Opens the file system's notifications; replaced by tests. */
    interface WatchServices {
        WatchService open() throws IOException;
    }

    DirectoryWatcher(FileStore store, WatchServices watchServices) {
        this.store = store;
        this.watchServices = watchServices;
    }

    synchronized Watch watch(String election, WatchListener listener) throws BackendException {
        if (closed) {
            throw new IllegalStateException("the backend of " + store.directory() + " is closed");
        }
        try {
            register();
        } catch (IOException e) {
            throw store.failure("watch", election, e);
        }
        if (thread == null) {
            thread = new Thread(this::run, "election-file-watch");
            thread.setDaemon(true);
            thread.start();
        }
        return subscriptions.add(election, current(election), listener);
    }

    /** Makes sure that the directory exists and is watched. */
    private void register() throws IOException {
        if (thread == null) {
            openNotifications();
        }
        store.createDirectory();
        if (directory == null || (key != null && !key.isValid())) {
            registerKey();
            directory = store.identity();
        }
    }

    private void openNotifications() {
        try {
            notifications = watchServices.open();
        } catch (IOException | UnsupportedOperationException e) {
            warnOfPolling(e);
        }
    }

    private void registerKey() throws IOException {
        WatchService service = notifications;
        key = null;
        if (service == null) {
            return;
        }
        try {
            // A record arrives by a rename, which is a creation. Its bytes were written under another name.
            key = store.directory().register(service, ENTRY_CREATE, ENTRY_DELETE);
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw e;
        } catch (IOException e) {
            notifications = null;
            service.close();
            warnOfPolling(e);
        }
    }

    private void warnOfPolling(Exception cause) {
        log.warn(
                "No notifications for {}, so changes are seen once a second only ({}). On Linux, see the limits"
                        + " fs.inotify.max_user_instances and fs.inotify.max_user_watches",
                store.directory(),
                cause.toString());
    }

    private void run() {
        long lastNet = System.nanoTime();
        while (!closed) {
            long untilNet = NET_NANOS - (System.nanoTime() - lastNet);
            if (untilNet > 0) {
                awaitEvents(untilNet);
            } else {
                castNet();
                lastNet = System.nanoTime();
            }
        }
    }

    private void awaitEvents(long nanos) {
        WatchService service = notifications;
        if (service == null) {
            LockSupport.parkNanos(this, nanos);
            return;
        }
        try {
            WatchKey signalled = service.poll(nanos, TimeUnit.NANOSECONDS);
            if (signalled != null) {
                touched(signalled.pollEvents()).forEach(this::look);
                if (!signalled.reset()) {
                    directoryLost(signalled);
                }
            }
        } catch (ClosedWatchServiceException e) {
            // Closed, or given up in favour of polling: the loop knows.
        } catch (InterruptedException e) {
            // Nobody interrupts this thread, and ending it is close()'s business.
            log.debug("Interrupted while waiting for changes in {}", store.directory());
        }
    }

    /** The watched elections whose record files these events are about. */
    private Set<String> touched(List<WatchEvent<?>> events) {
        Set<String> elections = new TreeSet<>();
        for (WatchEvent<?> event : events) {
            if (event.kind() == OVERFLOW) {
                elections.addAll(subscriptions.elections());
            } else {
                String file = String.valueOf(event.context());
                if (file.endsWith(FileStore.RECORD_SUFFIX)) {
                    elections.add(file.substring(0, file.length() - FileStore.RECORD_SUFFIX.length()));
                }
            }
        }
        elections.removeIf(election -> !subscriptions.areFor(election));
        return elections;
    }

    private void castNet() {
        for (String election : subscriptions.elections()) {
            if (closed) {
                return;
            }
            look(election);
        }
        directoryLost(null);
    }

    private void look(String election) {
        subscriptions.report(election, current(election));
    }

    private @Nullable Snapshot current(String election) {
        try {
            return store.read(election);
        } catch (BackendException e) {
            return null; // The elector reads, and learns what is wrong.
        }
    }

    /**
     * Ends all watches if the directory that they watch is gone or is another one.
     *
     * @param gone the key that the file system declared void; null to look for oneself
     */
    private void directoryLost(@Nullable WatchKey gone) {
        List<Subscriptions.Subscription> ended;
        synchronized (this) {
            if (gone == null ? !isReplaced() : gone != key) {
                return;
            }
            if (key != null) {
                key.cancel();
            }
            key = null;
            directory = null;
            ended = subscriptions.removeAll();
        }
        BackendException cause =
                BackendException.transientFailure(store.directory() + " was deleted or replaced", null);
        ended.forEach(subscription -> subscription.lost(cause));
    }

    private synchronized boolean isReplaced() {
        try {
            return directory != null && !directory.equals(store.identity());
        } catch (IOException e) {
            return false; // Not known, so look again later.
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        subscriptions.removeAll().forEach(Watch::close);
        WatchService service = notifications;
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                log.warn("Closing the notifications for {} failed", store.directory(), e);
            }
        }
        LockSupport.unpark(thread);
    }
}
