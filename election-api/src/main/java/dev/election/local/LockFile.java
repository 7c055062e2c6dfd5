package dev.election.local;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock of one election among the processes of this machine: a file that is locked while somebody writes the
 * record, and holds the revisions given out so far. It is never renamed and never deleted.
 *
 * <p>A lock on a file belongs to the process: it does not exclude other threads, and it is dropped as soon as the
 * process closes <em>any</em> descriptor of that file. So a file is open at most once in this JVM, in a registry by
 * the file's identity, counted by its users; among threads a fair lock decides, and only its owner asks for the file.
 * (By class loader, strictly: two copies of this class in one JVM do not see each other's files.)
 */
final class LockFile {

    private static final Logger log = LoggerFactory.getLogger(LockFile.class);

    /** Others hold the file for about the time of two forced writes, from some 0.2 ms. */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** A long in decimal, and a line end: the file never grows, so writing it anew is writing one sector. */
    private static final int FLOOR_LENGTH = 20;

    private static final Pattern FLOOR = Pattern.compile("(\\d{19})\n");

    private static final Map<Object, LockFile> OPEN = new HashMap<>(); // guarded by itself

    private final Object identity;
    private final Path path;
    private final RandomAccessFile file;
    private final Disk disk;
    private final ReentrantLock turn = new ReentrantLock(true);
    private int users; // guarded by OPEN

    private LockFile(Object identity, Path path, RandomAccessFile file, Disk disk) {
        this.identity = identity;
        this.path = path;
        this.file = file;
        this.disk = disk;
    }

    /**
     * Waits for the lock and takes it. The same thread releases it.
     *
     * @param path the lock file, created when missing
     * @throws TimeoutException when others held it all the time
     */
    static Held hold(Path path, Duration timeout, Disk disk)
            throws IOException, InterruptedException, TimeoutException {
        long start = System.nanoTime();
        while (true) {
            Held held = enter(path, disk).tryHold(start, timeout.toNanos());
            if (held != null) {
                return held;
            }
            // Somebody replaced the file while we waited for it. What we hold locks nothing any more.
        }
    }

    private static LockFile enter(Path path, Disk disk) throws IOException {
        synchronized (OPEN) {
            Object identity = disk.identity(path);
            LockFile lockFile = identity == null ? null : OPEN.get(identity);
            if (lockFile == null) {
                lockFile = open(path, disk);
                OPEN.put(lockFile.identity, lockFile);
            }
            lockFile.users++;
            return lockFile;
        }
    }

    private static LockFile open(Path path, Disk disk) throws IOException {
        RandomAccessFile file = openToWrite(path);
        try {
            Object identity = disk.identity(path);
            if (identity == null) {
                throw new NoSuchFileException(path.toString(), null, "deleted by somebody else just now");
            }
            return new LockFile(identity, path, file, disk);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static RandomAccessFile openToWrite(Path path) throws IOException {
        try {
            return new RandomAccessFile(path.toFile(), "rwd");
        } catch (FileNotFoundException e) {
            // Says the same for "missing" and "not permitted".
            Path obstacle = Files.exists(path) ? path : path.toAbsolutePath().getParent();
            if (Files.isDirectory(path) || Files.isWritable(obstacle)) {
                throw e;
            }
            AccessDeniedException denied = new AccessDeniedException(obstacle.toString());
            denied.initCause(e);
            throw denied;
        }
    }

    private void leave() {
        synchronized (OPEN) {
            users--;
            if (users > 0) {
                return;
            }
            OPEN.remove(identity);
            try {
                file.close();
            } catch (IOException e) {
                log.warn("Closing a lock file failed", e);
            }
        }
    }

    /** Returns null when the file at our path is another one by now. */
    private @Nullable Held tryHold(long start, long timeoutNanos)
            throws IOException, InterruptedException, TimeoutException {
        Held held = null;
        try {
            if (!turn.tryLock(timeoutNanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException("another thread of this process held it");
            }
            held = lockFile(start, timeoutNanos);
            return held;
        } finally {
            if (held == null) {
                leave();
            }
        }
    }

    /** Called by the thread whose turn it is; gives the turn back unless it returns a lock. */
    private @Nullable Held lockFile(long start, long timeoutNanos)
            throws IOException, InterruptedException, TimeoutException {
        FileLock lock = null;
        boolean current = false;
        try {
            lock = poll(start, timeoutNanos);
            current = identity.equals(disk.identity(path));
            return current ? new Held(lock) : null;
        } finally {
            if (!current) {
                release(lock);
                turn.unlock();
            }
        }
    }

    private FileLock poll(long start, long timeoutNanos) throws IOException, InterruptedException, TimeoutException {
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            FileLock lock = tryLock();
            if (lock != null) {
                return lock;
            }
            long remaining = timeoutNanos - (System.nanoTime() - start);
            if (remaining <= 0) {
                throw new TimeoutException("another process held it");
            }
            // Random, so that two who wait do not keep missing the same gap.
            long jittered = ThreadLocalRandom.current().nextLong(pause / 2, pause);
            TimeUnit.NANOSECONDS.sleep(Math.min(jittered, remaining));
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
    }

    /** Never blocks, and is not disturbed by an interrupt. */
    private @Nullable FileLock tryLock() throws IOException {
        try {
            return file.getChannel().tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // Another copy of this class, see above.
        }
    }

    private static void release(@Nullable FileLock lock) {
        try {
            if (lock != null) {
                lock.release();
            }
        } catch (IOException e) {
            log.warn("Releasing a lock file failed", e);
        }
    }

    /** The lock, held by the thread that took it. */
    final class Held implements AutoCloseable {

        private final FileLock lock;

        private Held(FileLock lock) {
            this.lock = lock;
        }

        /**
         * The revision above which none was ever given out; 0 when none was.
         *
         * @throws MalformedFloorException when the file holds something else
         */
        long floor() throws IOException {
            byte[] content = new byte[FLOOR_LENGTH + 1];
            file.seek(0);
            int length = Math.max(0, file.read(content));
            if (length == 0) {
                return 0;
            }
            Matcher matcher = FLOOR.matcher(new String(content, 0, length, StandardCharsets.ISO_8859_1));
            if (!matcher.matches()) {
                throw new MalformedFloorException(path);
            }
            try {
                return Long.parseLong(matcher.group(1));
            } catch (NumberFormatException e) {
                throw new MalformedFloorException(path);
            }
        }

        /** Forces a new floor to the disk. */
        void raise(long floor) throws IOException {
            byte[] content = String.format("%019d%s", floor, "\n").getBytes(StandardCharsets.ISO_8859_1);
            disk.overwrite(file, content);
        }

        @Override
        public void close() {
            release(lock);
            turn.unlock();
            leave();
        }
    }

    /** The lock file does not hold what we write into it. */
    static final class MalformedFloorException extends IOException {

        private static final long serialVersionUID = 1L;

        private MalformedFloorException(Path path) {
            super(path + " does not hold one number of 19 digits");
        }
    }
}
