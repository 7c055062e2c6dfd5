package dev.election.http.exec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
        Path file = Path.of("/proc/uptime");
        return () -> {
            try {
                return parse(Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e); // it was there when we started
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
