package dev.election.local;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Keeps the records as files of one directory: for electing among the processes of one machine, without a server.
 *
 * <p>A record is a line of JSON in {@code <election>.json}, fit for reading; fields of it that this library does not
 * know are kept. The directory is created when first written to or watched, open to its owner only. A directory that
 * exists already is used as it is, so that its permissions decide who takes part.
 *
 * <p><strong>What holds.</strong> A process may be killed at any instant: the record is whole, what was acknowledged is
 * there, and no revision is given out twice. An acknowledged write was forced to the disk and outlives a loss of power.
 * (What another process saw of a write that was not acknowledged yet may be lost with the power.)
 *
 * <p><strong>What does not.</strong> The directory must be on a <em>local</em> file system: network file systems lock,
 * rename and notify differently. Deleting the directory, or a {@code .lock} file in it, starts a new token space, and
 * is safe only while no process uses it; deleting a {@code .json} file is not harmful. A process that is stopped in the
 * midst of a write, and not killed, keeps its turn: its term ends in time, and no other begins until it goes on or dies.
 *
 * <p><strong>Time.</strong> A swap forces the disk twice and takes as long as that: some 0.5 ms to 20 ms. Those who
 * write the same record take turns; who gets none within the timeout fails, and has written nothing. A read takes no
 * turn. A disk that hangs, hangs the caller beyond its timeout. Watches report within milliseconds where the file
 * system notifies, else within about a second.
 *
 * <p><strong>Threads.</strong> The first watch starts one daemon thread, for all watches of this backend, beside the
 * JDK's own for notifications. An interrupt ends the wait for a turn; it never disturbs a write that has begun.
 */
public final class FileBackend implements ElectionBackend {

    private final FileStore store;
    private final DirectoryWatcher watcher;
    private volatile boolean closed;

    private FileBackend(FileStore store, DirectoryWatcher watcher) {
        this.store = store;
        this.watcher = watcher;
    }

    /**
     * Opens a directory. Touches no file yet. The same as the URI {@code file:/DIRECTORY}.
     *
     * @param directory an absolute path
     */
    public static FileBackend open(Path directory) {
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException(
                    "the directory must be an absolute path, the same for all candidates; got \"" + directory + "\"");
        }
        return open(
                directory.normalize(),
                Disk.REAL,
                () -> directory.getFileSystem().newWatchService());
    }

    static FileBackend open(Path directory, Disk disk, DirectoryWatcher.WatchServices watchServices) {
        FileStore store = new FileStore(directory, disk);
        return new FileBackend(store, new DirectoryWatcher(store, watchServices));
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException {
        requireOpen();
        Checks.requirePositive(timeout);
        return store.read(election);
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        requireOpen();
        Checks.requirePositive(timeout);
        Checks.requireWritable(expected, next);
        return store.compareAndSet(election, expected, next, timeout);
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout) throws BackendException {
        requireOpen();
        Checks.requirePositive(timeout);
        Objects.requireNonNull(listener, "listener");
        return watcher.watch(election, listener);
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        Checks.requirePositive(timeout);
        return store.delete(election, timeout);
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) {
        requireOpen();
        Checks.requirePositive(timeout);
        return store.examine(election);
    }

    /** Ends watches and their thread. A call that is under way finishes. */
    @Override
    public void close() {
        closed = true;
        watcher.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    /** The URI. */
    @Override
    public String toString() {
        return "file:" + store.directory();
    }
}
