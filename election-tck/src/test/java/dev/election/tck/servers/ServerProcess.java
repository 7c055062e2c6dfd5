package dev.election.tck.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A server that a test runs as a process of its own. It ends with this JVM, even with one that is killed.
 *
 * <p>Thread-safe.
 */
public final class ServerProcess implements AutoCloseable {

    /** Whether the server answers; what it throws counts as no. */
    public interface Probe {
        boolean answers() throws Exception;
    }

    /**
     * The program runs below a shell that reads our end of a pipe: when this JVM ends, however it ends, so does the
     * pipe, and the shell kills the program.
     */
    private static final String LEASH =
            "log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 & echo $!; read end; kill -9 $! 2>/dev/null; wait";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path log;
    private final List<String> command;
    private Process shell; // guarded by this
    private Optional<ProcessHandle> program; // guarded by this; empty when it ended before it could be looked at

    private ServerProcess(Path log, List<String> command) {
        this.log = log;
        this.command = command;
        launch();
    }

    /**
     * Starts a server.
     *
     * @param log what it prints goes to the end of this file
     */
    public static ServerProcess start(Path log, List<String> command) {
        return new ServerProcess(log, List.copyOf(command));
    }

    /** A port of the loopback interface that nobody listens on at the moment. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the server answers; fails, naming its log, when it ends or the time passes. */
    public ServerProcess await(Duration atMost, Probe probe) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        Exception last = null;
        while (System.nanoTime() - end < 0) {
            if (!isRunning()) {
                throw new IllegalStateException(command.get(0) + " has ended; see " + log, last);
            }
            try {
                if (probe.answers()) {
                    return this;
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) { // it is not up yet
                last = e;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new IllegalStateException(command.get(0) + " does not answer; see " + log, last);
    }

    /** Whether the program runs; a stopped one does. */
    public synchronized boolean isRunning() {
        // The shell does not collect its child before it ends itself: a dead one stays, without a command.
        return shell.isAlive()
                && shell.children().anyMatch(child -> child.info().command().isPresent());
    }

    /** Ends it by SIGKILL, as a crash would, and waits until it is gone. */
    public synchronized void kill() throws InterruptedException {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!shell.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(command.get(0) + " does not end after SIGKILL; see " + log);
        }
    }

    /** Starts it again, with the same command, after {@link #kill()}. */
    public synchronized void restart() {
        if (shell.isAlive()) {
            throw new IllegalStateException(command.get(0) + " still runs");
        }
        launch();
    }

    /** Stops it by SIGSTOP: it keeps its connections and does nothing. */
    public void freeze() throws InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on by SIGCONT. */
    public void thaw() throws InterruptedException {
        signal("-CONT");
    }

    private synchronized void signal(String signal) throws InterruptedException {
        try {
            int status = new ProcessBuilder(
                            "kill", signal, Long.toString(program.orElseThrow().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill " + signal + " of " + command.get(0) + " failed: " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() {
        List<String> whole = new ArrayList<>(List.of("sh", "-c", LEASH, "sh", log.toString()));
        whole.addAll(command);
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            shell = new ProcessBuilder(whole)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            program = ProcessHandle.of(Long.parseLong(shell.inputReader().readLine()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it, if it still runs. */
    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
