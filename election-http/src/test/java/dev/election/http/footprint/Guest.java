package dev.election.http.footprint;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A sidecar whose costs are measured. Closing it ends it in order. */
final class Guest implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Short beside what is measured, and long enough to leave the processor to it. */
    private static final Duration INTERVAL = Duration.ofMillis(1);

    private final Process process;
    private final int port;
    private final long started;

    private Guest(Process process, int port, long started) {
        this.process = process;
        this.port = port;
        this.started = started;
    }

    /**
     * Starts one.
     *
     * @param archives where its archives of classes are; {@code none} for without
     * @param log for what it writes
     */
    static Guest start(Path command, String archives, Path log, List<String> options, Map<String, String> environment)
            throws IOException {
        int port = freePort();
        List<String> words = new ArrayList<>(List.of(command.toString(), "--http=127.0.0.1:" + port));
        words.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(name -> name.startsWith("ELECTION_"));
        builder.environment().put("ELECTION_ARCHIVES", archives);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        long started = System.nanoTime();
        return new Guest(builder.start(), port, started);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits for the first answer with status 200, and returns the time from the start until then. */
    Duration firstAnswer() {
        await("/", "HTTP/1.1 200 ");
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** Waits until it leads, and returns the time from the start until then. */
    Duration leads() {
        await("/isLeader", "{\"isLeader\":true}");
        return Duration.ofNanos(System.nanoTime() - started);
    }

    private void await(String path, String part) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!ask(path).contains(part)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("a sidecar does not answer " + path + " with " + part);
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }

    /** The answer; empty when there is none. */
    private String ask(String path) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(5000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Its memory in KiB. */
    Memory memory() throws IOException {
        return Memory.of(Files.readAllLines(Path.of("/proc/" + process.pid() + "/smaps_rollup")));
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        process.destroyForcibly().onExit().join();
    }

    /**
     * As the kernel counts it.
     *
     * @param resident pages in memory, those shared with other processes included, such as the JVM's own code
     * @param proportional where a page that n processes share counts for an nth
     */
    record Memory(long resident, long proportional) {

        static Memory of(List<String> lines) {
            return new Memory(kibibytes(lines, "Rss:"), kibibytes(lines, "Pss:"));
        }

        private static long kibibytes(List<String> lines, String name) {
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
