package dev.election.http.exec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small process of its own, in a session of its own, that ends the processes of one command when the time that it was
 * told is over, or when this process is gone. It is a shell script, {@code guardian.sh}, since a second JVM would double
 * what we take and the JDK can neither make a process group nor outlive {@code SIGKILL}.
 *
 * <p>Not thread-safe.
 */
final class Guardian implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Guardian.class);

    /** The script comes by the environment, because whoever looks at the list of processes should not have to read it. */
    private static final String SCRIPT_VARIABLE = "ELECTION_GUARDIAN";

    private final Process process;
    private final OutputStream lines;

    /** Itself and its timers; the command as well, of which nothing is left when it is asked for. */
    private final ProcessTree session;

    private Guardian(String cookie, Process process) {
        this.process = process;
        this.session = new ProcessTree(cookie, ProcessTree.Leader.of(process.pid()));
        this.lines = process.getOutputStream();
    }

    /**
     * Starts one, and waits until it watches.
     *
     * @param cookie in the environment of all processes that it is to end
     * @param grace what it leaves them between {@code SIGTERM} and {@code SIGKILL} when this process is gone
     * @param patience the longest to wait for it
     * @throws IOException when there is none after that; then none is left
     */
    static Guardian start(String cookie, Duration grace, StopTimes first, Duration patience)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                "setsid",
                "sh",
                "-c",
                "eval \"$" + SCRIPT_VARIABLE + "\"",
                "election-guardian",
                cookie,
                Long.toString(StopTimes.hundredths(grace)),
                Long.toString(ProcessHandle.current().pid())));
        builder.environment().put(SCRIPT_VARIABLE, script());
        builder.redirectError(Redirect.INHERIT);
        Guardian guardian = new Guardian(cookie, builder.start());
        try {
            guardian.tell(first, ProcessTree.NO_LEADER);
            guardian.awaitReady(patience);
            return guardian;
        } catch (IOException | InterruptedException | RuntimeException e) {
            guardian.close();
            guardian.endSession();
            throw e;
        }
    }

    /**
     * Tells it until when, from now on. Not while it is stopped: nobody reads then, and whoever writes on and on would be
     * held up in the end, and miss the end of the term.
     *
     * @param leader the command's own process
     * @return whether it was told
     * @throws IOException when it has ended
     */
    boolean tell(StopTimes times, ProcessTree.Leader leader) throws IOException {
        if (isStopped()) {
            return false;
        }
        String line = times.termAt() + " " + times.killAt() + " " + leader.pid() + " " + leader.start() + "\n";
        lines.write(line.getBytes(StandardCharsets.US_ASCII)); // in one piece, as pipes do it with a line
        lines.flush();
        return true;
    }

    /** By SIGSTOP. */
    private boolean isStopped() {
        return ProcessStat.read(Path.of("/proc"), pid())
                .filter(stat -> stat.state() == 'T')
                .isPresent();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Completes when it has ended, for whatever reason. */
    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** Lets it go, once there is nothing more to guard: it looks for the last time, and ends. Does not wait for it. */
    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            // It has ended before, and has nothing to read any more.
        }
        if (isStopped() || !isAlive()) { // or its timer would go on until its time
            endSession();
        }
    }

    private void endSession() {
        process.destroyForcibly();
        try {
            session.kill();
        } catch (IOException e) {
            log.debug("the guardian's timer ends by itself", e);
        }
    }

    private void awaitReady(Duration patience) throws IOException, InterruptedException {
        CompletableFuture<String> first = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader said = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
                        first.complete(String.valueOf(said.readLine()));
                    } catch (IOException e) {
                        first.completeExceptionally(e);
                    }
                },
                "election-guardian");
        reader.setDaemon(true);
        reader.start();
        try {
            String said = first.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!said.equals("ready")) {
                throw new IOException("the guardian of the command did not start; it said \"" + said + "\"");
            }
        } catch (TimeoutException e) {
            throw new IOException("the guardian of the command did not start within " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException("the guardian of the command did not start", e.getCause());
        }
    }

    private static String script() throws IOException {
        try (InputStream script = Guardian.class.getResourceAsStream("guardian.sh")) {
            if (script == null) {
                throw new IOException("guardian.sh is missing from this program's jar");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
