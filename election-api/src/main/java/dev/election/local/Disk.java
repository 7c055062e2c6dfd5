package dev.election.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What the file backend does to files, one method for each step between which a process may die; tests replace it to
 * die there.
 *
 * <p>An interrupt of the caller does not disturb a step: it finishes, and leaves the thread interrupted. (Java closes
 * a file channel under an interrupted thread; a channel that was closed this way is opened again, which is right
 * because each of these steps may be repeated.)
 */
class Disk {

    /** Has no state. */
    static final Disk REAL = new Disk();

    private interface Step<T> {
        T run() throws IOException;
    }

    /**
     * Reads a file, up to a limit.
     *
     * <p>The file was renamed into place when it was complete and is not written to again, so this sees all of one
     * state, and without a lock: the newest one at the instant at which the file is opened (rule S3).
     *
     * @param limit the most bytes to read; when as many come, there may be more
     * @throws NoSuchFileException when there is none
     */
    byte[] read(Path file, int limit) throws IOException {
        return uninterrupted(() -> {
            try (InputStream in = Channels.newInputStream(FileChannel.open(file, StandardOpenOption.READ))) {
                return in.readNBytes(limit);
            }
        });
    }

    /** Writes a whole file, over what it held, and forces it to the disk. */
    void write(Path file, byte[] content) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            return null;
        });
    }

    /**
     * Writes the beginning of an open file in place, and forces it to the disk. Not through the file's channel, which
     * an interrupt would close, and the lock that it holds with it.
     *
     * @param file opened so that each write is forced ({@code "rwd"})
     * @param content short enough to be written whole or not at all: one sector
     */
    void overwrite(RandomAccessFile file, byte[] content) throws IOException {
        file.seek(0);
        file.write(content);
    }

    /** Renames a file within its directory, over another one, at one instant. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes a file, and returns whether there was one. */
    boolean delete(Path file) throws IOException {
        return Files.deleteIfExists(file);
    }

    /** Forces the names in a directory to the disk: what was created, renamed and deleted there. */
    void force(Path directory) throws IOException {
        if (!isPosix(directory)) {
            return; // Windows opens no directory, and writes names through by itself.
        }
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
            return null;
        });
    }

    /** Creates a directory and those above it, open to their owner only, and forces their names to the disk. */
    void createDirectory(Path directory) throws IOException {
        Deque<Path> touched = new ArrayDeque<>();
        for (Path at = directory; at != null && !Files.isDirectory(at); at = at.getParent()) {
            if (at.getParent() != null) {
                touched.push(at.getParent());
            }
        }
        FileAttribute<?>[] ownerOnly = isPosix(directory)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        Files.createDirectories(directory, ownerOnly);
        for (Path parent : touched) {
            force(parent);
        }
    }

    /**
     * What tells a file from one that took its place: device and inode, or the real path where there are none.
     *
     * @return null when there is no such file
     */
    @Nullable
    Object identity(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key != null ? key : file.toRealPath();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Whether we may use a file or directory so. A file that is not there permits nothing. */
    boolean permits(Path file, AccessMode... modes) {
        try {
            file.getFileSystem().provider().checkAccess(file, modes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** What the system calls the kind of file system that a file is on, such as {@code ext4}. */
    String fileSystemType(Path file) {
        try {
            return Files.getFileStore(file).type();
        } catch (IOException e) {
            return "unknown (" + e + ")";
        }
    }

    /** Whether nobody may write there. */
    boolean isReadOnly(Path file) {
        try {
            return Files.getFileStore(file).isReadOnly();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether there is certainly no space left. */
    boolean isFull(Path file) {
        try {
            return Files.getFileStore(file).getUsableSpace() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static <T extends @Nullable Object> T uninterrupted(Step<T> step) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return step.run();
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
