package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sidecar as it is shipped, in a process of its own. Closing it kills it. */
public final class SidecarProcess implements AutoCloseable {

    /** Made in the phase package. */
    private static final Path COMMAND = Path.of("target/election/bin/election").toAbsolutePath();

    private static final Pattern ADDRESS = Pattern.compile("answering at (http://\\S+/)");

    /** For what a slow machine may take; nothing that is tested for takes long. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Process process;
    private final Path out;
    private final Path err;

    private SidecarProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts one with these arguments, and files for what it writes in a directory of this test. */
    public static SidecarProcess start(Path directory, String... arguments) throws IOException {
        return start(directory, Map.of(), arguments);
    }

    /** The same with more in its environment. */
    static SidecarProcess start(Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        assertThat(COMMAND).as("the distribution, made by ./mvnw package").isExecutable();
        Path out = Files.createTempFile(directory, "sidecar", ".out");
        Path err = Files.createTempFile(directory, "sidecar", ".err");
        List<String> command = new ArrayList<>(List.of(COMMAND.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("ELECTION_"));
        builder.environment().putAll(environment);
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        return new SidecarProcess(builder.start(), out, err);
    }

    public String out() throws IOException {
        return Files.readString(out);
    }

    public String err() throws IOException {
        return Files.readString(err);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it ended by itself, and returns its exit code. */
    public int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended: " + process.info())
                .isTrue();
        return process.exitValue();
    }

    /** {@code SIGKILL}. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends a signal such as {@code TERM}. */
    public void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    public HttpResponse<String> request(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address().resolve(path))
                .timeout(PATIENCE)
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    public String get(String path) {
        try {
            return request(path).body();
        } catch (IOException e) {
            throw new AssertionError(this + " does not answer", e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public boolean isLeader() {
        return get("/isLeader").equals("{\"isLeader\":true}");
    }

    /** The fencing token of its own term. */
    public long fencingToken() {
        String details = get("/v1/elections");
        Matcher matcher =
                Pattern.compile("\"leading\":true,\"fencingToken\":(\\d+)").matcher(details);
        assertThat(matcher.find()).as("leads: " + details).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** Where it answers, from its log: the port was free for it to choose. */
    public URI address() {
        Matcher matcher = ADDRESS.matcher("");
        await("an HTTP address", () -> {
            try {
                return matcher.reset(err()).find() || !process.isAlive();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return URI.create(matcher.group(1));
    }

    /** Looks again and again until something is so. */
    public void await(String what, BooleanSupplier isSo) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(this + ": waited in vain for " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        try {
            return "sidecar " + process.pid() + ", which wrote:\n" + err();
        } catch (IOException e) {
            return "sidecar " + process.pid() + ": " + e;
        }
    }
}
