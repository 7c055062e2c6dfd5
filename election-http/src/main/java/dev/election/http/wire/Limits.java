package dev.election.http.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much a server takes on.
 *
 * @param connections at once, over all addresses; above it, the one that was idle for longest is closed
 * @param held of these, how many may wait for an answer or a stream of events
 * @param idle how long a connection may stay open between requests
 * @param request how long a request may take to arrive, from its first byte to its last
 * @param answer how long a client may take to read an answer, or some of a stream
 */
public record Limits(int connections, int held, Duration idle, Duration request, Duration answer) {

    private static final int MOST_CONNECTIONS = 12_000;
    private static final int MOST_HELD = 2_000;

    /** File descriptors that stay for the rest of the process: its store, its logs, and what it has for other work. */
    private static final int KEPT_BACK = 256;

    /** Memory that a connection can take, of half of what there is. */
    private static final int BYTES_EACH = 2 * 1024;

    private static final int TLS_BYTES_EACH = 64 * 1024;

    /** What a process may open where it cannot be asked. */
    private static final int USUAL_DESCRIPTORS = 1024;

    private static final Pattern OPEN_FILES = Pattern.compile("Max open files\\s+(\\d+)");

    /**
     * What suits this process: never so many connections that it has no file descriptor left for its store, because
     * then strangers could make it lose its leadership.
     */
    public static Limits ofThisProcess() {
        return of(BYTES_EACH);
    }

    /** The same where each connection holds keys and what it is amid of decrypting. */
    public static Limits ofThisProcessWithTls() {
        return of(TLS_BYTES_EACH);
    }

    private static Limits of(int bytesEach) {
        long memory = Runtime.getRuntime().maxMemory() / 2;
        int most = (int) Math.min(MOST_CONNECTIONS, memory / bytesEach);
        int connections = Math.max(16, Math.min(most, descriptors() - KEPT_BACK));
        return new Limits(
                connections,
                Math.min(MOST_HELD, connections / 2),
                Duration.ofMinutes(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(10));
    }

    private static int descriptors() {
        try {
            Matcher limit = OPEN_FILES.matcher(Files.readString(Path.of("/proc/self/limits")));
            return limit.find() ? Integer.parseInt(limit.group(1)) : USUAL_DESCRIPTORS;
        } catch (IOException | NumberFormatException notLinux) {
            return USUAL_DESCRIPTORS;
        }
    }
}
