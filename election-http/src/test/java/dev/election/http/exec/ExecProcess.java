package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.command.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code election exec} in a process of its own. Closing it kills it, and all that came of it. */
final class ExecProcess implements AutoCloseable {

    /** For what a slow machine may take; nothing that is tested for takes long. */
    static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Process process;
    private final String mark;
    private final Path out;
    private final Path err;

    private ExecProcess(Process process, String mark, Path out, Path err) {
        this.process = process;
        this.mark = mark;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts one.
     *
     * @param directory for what it writes, and where it looks for {@code in}, which it then gets as standard input
     * @param arguments behind {@code exec}
     */
    static ExecProcess start(String mark, Path directory, List<String> arguments) throws IOException {
        Path out = Files.createTempFile(directory, "exec", ".out");
        Path err = Files.createTempFile(directory, "exec", ".err");
        ProcessBuilder builder = new ProcessBuilder(command(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("ELECTION_"));
        builder.environment().put(Marked.VARIABLE, mark);
        builder.environment().put("odd.name", "with a dot");
        Path in = directory.resolve("in");
        builder.redirectInput(
                Files.exists(in) ? in.toFile() : Path.of("/dev/null").toFile());
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        return new ExecProcess(builder.start(), mark, out, err);
    }

    /** What starts it. */
    static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "exec"));
        command.addAll(arguments);
        return command;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    /** The living processes of its command. */
    List<Marked> command() throws IOException {
        return Marked.by(mark).stream().filter(Marked::isOfCommand).toList();
    }

    /** Its guardian, once there is one. */
    Marked guardian() throws Exception {
        await("a guardian", () -> findGuardian().isPresent());
        return findGuardian().orElseThrow();
    }

    /** Its guardian, if there is one: the latest. */
    Optional<Marked> findGuardian() throws IOException {
        return Marked.by(mark).stream()
                .filter(each -> each.isGuardian() && each.stat().parent() == pid())
                .max(Comparator.comparing(each -> each.stat().start()));
    }

    /** Waits until nothing is left of it, its guardian neither. */
    void awaitAllGone() throws Exception {
        await("the end of all processes", () -> Marked.by(mark).isEmpty());
    }

    /** Waits until the command has written this. */
    void awaitOut(String text) throws Exception {
        await("\"" + text + "\"", () -> out().contains(text));
    }

    /** Waits until it ended by itself, and returns its exit code. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended: " + this)
                .isTrue();
        return process.exitValue();
    }

    /** Sends a signal such as {@code TERM} to it alone. */
    void signal(String name) throws IOException, InterruptedException {
        signal(name, pid());
    }

    static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(signalled(name, pid)).as("there is a process " + pid).isTrue();
    }

    /** Sends a signal, and returns whether there was such a process. */
    static boolean signalled(String name, long pid) throws IOException, InterruptedException {
        return new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    /** Looks again and again until something is so. */
    void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what + " of " + this);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    /** {@code SIGKILL}, to it alone, without waiting for its end. */
    void strikeDead() {
        process.destroyForcibly();
    }

    /** {@code SIGKILL}, to it alone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() throws IOException {
        kill();
        killAll(mark);
    }

    /** What a failed test left. */
    static void killAll(String mark) throws IOException {
        for (List<Marked> left = Marked.by(mark); !left.isEmpty(); left = Marked.by(mark)) {
            left.forEach(each -> ProcessHandle.of(each.pid()).ifPresent(ProcessHandle::destroyForcibly));
        }
    }

    @Override
    public String toString() {
        try {
            return "exec " + pid() + ", of which there is " + Marked.by(mark) + " and which wrote:\n" + out() + err();
        } catch (IOException e) {
            return "exec " + pid() + ": " + e;
        }
    }
}
