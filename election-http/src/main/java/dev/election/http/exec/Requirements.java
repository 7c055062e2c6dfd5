package dev.election.http.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What it takes to run a command safely, looked for before anything is contended for. */
public final class Requirements {

    private static final List<String> PROGRAMS = List.of("sh", "setsid", "grep", "sleep", "env");

    private static final String TRIAL =
            "sleep 0.01 && [ \"$(grep -lsE '\\) [^ZX] ' /proc/self/stat)\" = /proc/self/stat ] && kill -0 $$";

    private static final long PATIENCE_SECONDS = 10;

    private Requirements() {}

    /**
     * Fails where a command could not be ended in time.
     *
     * @throws IOException saying what is missing
     */
    public static void check(Map<String, String> environment) throws IOException, InterruptedException {
        check(Path.of("/proc"), environment);
        // All at once, and a sleep that takes fractions.
        ProcessBuilder builder = new ProcessBuilder("setsid", "sh", "-c", TRIAL)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process trial = builder.start();
        if (!trial.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || trial.exitValue() != 0) {
            trial.destroyForcibly();
            throw new IOException(
                    "exec needs a working setsid, sh, grep that takes -lsE, and sleep that takes fractions of"
                            + " a second, as of coreutils and grep or of busybox");
        }
    }

    static void check(Path proc, Map<String, String> environment) throws IOException {
        try {
            Uptime.parse(Files.readString(proc.resolve("uptime")));
            ProcessStat.read(proc, ProcessHandle.current().pid()).orElseThrow();
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "exec needs Linux with /proc, to find and end the processes of a command in time: " + e, e);
        }
        List<String> missing = PROGRAMS.stream()
                .filter(program -> find(program, environment).isEmpty())
                .toList();
        if (!missing.isEmpty()) {
            throw new IOException("exec needs the programs " + String.join(", ", PROGRAMS)
                    + ", as of util-linux, coreutils and grep or of busybox; not on the PATH: "
                    + String.join(", ", missing));
        }
    }

    /** What a command names, as a shell finds it; perhaps not executable, or by its path a directory. Empty for nothing. */
    public static Optional<Path> find(String command, Map<String, String> environment) {
        if (command.contains("/")) {
            return Optional.of(Path.of(command)).filter(Files::exists);
        }
        List<Path> files = Stream.of(
                        environment.getOrDefault("PATH", "/usr/bin:/bin").split(":"))
                .flatMap(directory -> in(directory, command))
                .filter(Files::isRegularFile)
                .toList();
        return files.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .or(() -> files.stream().findFirst());
    }

    private static Stream<Path> in(String directory, String command) {
        try {
            return Stream.of(Path.of(directory).resolve(command));
        } catch (InvalidPathException e) {
            return Stream.empty(); // the locale has no characters for its name
        }
    }
}
