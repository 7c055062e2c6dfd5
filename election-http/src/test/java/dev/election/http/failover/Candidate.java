package dev.election.http.failover;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One sidecar: a process that can be ended in several ways and started anew, and is asked over HTTP. */
final class Candidate {

    private final String id;
    private final List<String> command;
    private final Path log;
    private final int port;
    private @Nullable Process process;

    /**
     * @param command how to start it, without identity and HTTP address
     * @param directory for its log
     */
    Candidate(String id, List<String> command, Path directory) throws IOException {
        this.id = id;
        this.port = freePort();
        this.log = directory.resolve(id + ".log");
        this.command = new ArrayList<>(command);
        this.command.addAll(List.of("--id=" + id, "--http=127.0.0.1:" + port));
    }

    String id() {
        return id;
    }

    synchronized void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("ELECTION_"));
        process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Sends SIGKILL, SIGTERM, SIGSTOP or SIGCONT to this very process, and to no other. */
    synchronized void signal(String name) throws IOException, InterruptedException {
        Process target = started();
        switch (name) {
            // By a system call: starting another program would take longer than what is to be measured.
            case "KILL" -> target.destroyForcibly();
            case "TERM" -> target.destroy();
            default -> {
                String pid = Long.toString(target.pid());
                Process kill =
                        new ProcessBuilder("kill", "-" + name, pid).inheritIO().start();
                if (kill.waitFor() != 0) {
                    throw new IOException("kill -" + name + " " + pid + " of " + id + " failed");
                }
            }
        }
    }

    /** Waits for its end, and returns its exit code. */
    int exitCode(Duration limit) throws IOException, InterruptedException {
        Process ending = started();
        if (!ending.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException(id + " did not end within " + limit.toMillis() + " ms");
        }
        return ending.exitValue();
    }

    /** Kills it if it runs; also when it is stopped. */
    synchronized void end() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    /**
     * What it answers.
     *
     * @return empty when it gives no answer
     */
    Optional<String> ask(String path, Duration limit) {
        try {
            URL url = new URL("http", "127.0.0.1", port, path);
            HttpURLConnection connection = (HttpURLConnection) url.openConnection();
            connection.setConnectTimeout((int) limit.toMillis());
            connection.setReadTimeout((int) limit.toMillis());
            try (InputStream body = connection.getInputStream()) {
                return Optional.of(new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException notNow) {
            return Optional.empty();
        }
    }

    private synchronized Process started() {
        if (process == null) {
            throw new IllegalStateException(id + " was never started");
        }
        return process;
    }

    /** Each start uses the same port, so that the one who asks need not look for it. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
