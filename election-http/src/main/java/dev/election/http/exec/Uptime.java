package dev.election.http.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Hundredths of a second since this machine was started, which goes on while it is suspended and is the same for all
 * processes: the time in which a {@link Guardian} is told until when.
 */
@FunctionalInterface
interface Uptime {

    /** As {@code /proc/uptime} has it, cut down to hundredths. */
    long now();

    /** The uptime of this machine. */
    static Uptime ofThisMachine() {
        return of(Path.of("/proc/uptime"));
    }

    /**
     * What a file says. It is opened when it is first asked for, and never closed: a command that runs is to be ended in
     * time also when this process may open no more files.
     */
    static Uptime of(Path path) {
        return new Uptime() {
            private @Nullable RandomAccessFile file;

            @Override
            public synchronized long now() {
                try {
                    if (file == null) {
                        file = new RandomAccessFile(path.toFile(), "r"); // a channel would be closed by an interrupt
                    }
                    file.seek(0);
                    byte[] text = new byte[100];
                    int length = Math.max(0, file.read(text));
                    return parse(new String(text, 0, length, StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new UncheckedIOException(e); // it was there when we started
                }
            }
        };
    }

    /**
     * Reads the first of the two numbers, such as {@code 12687.79 6488.16}.
     *
     * @throws IllegalArgumentException when it has another form
     */
    static long parse(String text) {
        int dot = text.indexOf('.');
        int space = text.indexOf(' ');
        if (dot < 1 || space != dot + 3) {
            throw new IllegalArgumentException(
                    "/proc/uptime is expected to begin like 12687.79 6488.16; it is \"" + text.strip() + "\"");
        }
        return Long.parseLong(text, 0, dot, 10) * 100 + Long.parseLong(text, dot + 1, space, 10);
    }
}
