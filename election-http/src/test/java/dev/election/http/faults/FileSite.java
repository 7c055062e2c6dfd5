package dev.election.http.faults;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory. What can happen to it is that another process holds the lock of the election and does not go on. */
final class FileSite implements Site {

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
        return new Access(uri, new Link());
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

    @Override
    public void close() throws IOException {
        release();
    }
}
