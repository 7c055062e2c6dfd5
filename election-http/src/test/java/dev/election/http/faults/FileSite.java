package dev.election.http.faults;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A directory. What can happen to it is that another process holds the lock of the election and does not go on. */
final class FileSite implements Site {

    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final String uri;
    private final Path lockFile;
    private @Nullable FileChannel lock;

    FileSite(String uri, String election) {
        this.uri = uri;
        String directory = uri.substring("file:".length()).replaceFirst("^//", "");
        this.lockFile = Path.of(directory).resolve(election + ".lock");
    }

    @Override
    public Access access(String candidate) {
        return new Access(uri, Link.ofProxies());
    }

    @Override
    public List<StoreFault> faults() {
        return List.of(new StoreFault("lock-held", this::hold, this::release));
    }

    private void hold() throws Exception {
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        lock = channel;
        channel.lock();
    }

    private void release() throws IOException {
        FileChannel held = lock;
        if (held != null) {
            held.close();
            lock = null;
        }
    }

    /** One that is stopped in the midst of a write keeps the system's lock. The others give it up within milliseconds. */
    @Override
    public boolean isHeldUp() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0) {
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                    FileLock free = channel.tryLock()) {
                if (free != null) {
                    return false;
                }
            }
            LockSupport.parkNanos(100_000);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        release();
    }
}
