package dev.election.local;

import static dev.election.local.Records.TIMEOUT;
import static dev.election.local.Records.free;
import static dev.election.local.Records.held;
import static dev.election.local.Records.recordOf;

import com.fasterxml.jackson.core.JsonFactory;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Another process that uses the file backend: {@link #main} is what it runs, and an instance is how a test sees it.
 *
 * <p>It reports each fact on a line of its own, at once: what it did not report may have been applied nevertheless, but
 * what it reported was.
 */
final class FileProcess implements AutoCloseable {

    static final String ELECTION = "orders";

    private final Process process;
    private final BufferedReader lines;

    private FileProcess(Process process) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static FileProcess start(Path directory, String role, int count) throws IOException {
        // Whatever makes a short life start quickly.
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                FileProcess.class.getName(),
                directory.toString(),
                role,
                Integer.toString(count));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        return new FileProcess(builder.start());
    }

    /** Of classes that are needed, as the tests themselves may run on a module path. */
    private static String classPath() {
        return Stream.of(
                        FileProcess.class,
                        FileBackend.class,
                        JsonFactory.class,
                        LoggerFactory.class,
                        LoggerFactory.getILoggerFactory().getClass())
                .map(FileProcess::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".class";
        String url = String.valueOf(type.getResource("/" + file));
        String root = url.substring(0, url.length() - file.length());
        if (root.startsWith("jar:")) {
            root = root.substring("jar:".length(), root.length() - "!/".length());
        }
        return Path.of(URI.create(root)).toString();
    }

    /** The next fact, or null when the process has ended; half a line is no fact. */
    @Nullable
    String fact() throws IOException {
        String line = lines.readLine();
        return line != null && line.endsWith(".") ? line.substring(0, line.length() - 1) : null;
    }

    /** By the handle, as the process itself would close its output, and what it reported would be lost. */
    void kill() {
        process.toHandle().destroyForcibly();
    }

    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Arguments: directory, role, how often. */
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[2]);
        endWithTheTest();
        try (FileBackend backend = FileBackend.open(Path.of(arguments[0]))) {
            switch (arguments[1]) {
                case "count" -> count(backend, count);
                case "churn" -> churn(backend, count);
                case "try" -> tryOnce(backend);
                case "hold" -> hold(Path.of(arguments[0]));
                case "release" -> release(backend);
                default -> throw new IllegalArgumentException(arguments[1]);
            }
        }
    }

    /** Standard input ends when the test does, however it does. */
    private static void endWithTheTest() {
        Thread watcher = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {}
            } catch (IOException e) {
                // as good as its end
            }
            Runtime.getRuntime().halt(1);
        });
        watcher.setDaemon(true);
        watcher.start();
    }

    /** Counts the token up and reports {@code token revision} of each write that was acknowledged. */
    private static void count(FileBackend backend, int count) throws Exception {
        for (int applied = 0; applied < count; ) {
            Snapshot seen = backend.read(ELECTION, TIMEOUT);
            long token = recordOf(seen).fencingToken() + 1;
            CasOutcome outcome = backend.compareAndSet(ELECTION, seen.version(), held("p" + token, token), TIMEOUT);
            if (outcome instanceof CasOutcome.Applied won) {
                applied++;
                report(token + " " + won.current().version().revision());
            }
        }
    }

    /** Creates, swaps and deletes, and reports the revision of each write that was acknowledged. */
    private static void churn(FileBackend backend, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            Snapshot seen = backend.read(ELECTION, TIMEOUT);
            if (i % 3 == 2) {
                backend.delete(ELECTION, TIMEOUT);
                continue;
            }
            CasOutcome outcome =
                    backend.compareAndSet(ELECTION, seen.version(), seen.isAbsent() ? free() : held("p", i), TIMEOUT);
            if (outcome instanceof CasOutcome.Applied won) {
                report(Long.toString(won.current().version().revision()));
            }
        }
    }

    /** Reports whether it got a turn soon. */
    private static void tryOnce(FileBackend backend) throws Exception {
        Snapshot seen = backend.read(ELECTION, TIMEOUT);
        try {
            backend.compareAndSet(ELECTION, seen.version(), held("p", 1), Duration.ofMillis(100));
            report("a turn");
        } catch (BackendException e) {
            report("no turn");
        }
    }

    /** Holds the lock until it is killed. */
    private static void hold(Path directory) throws Exception {
        try (LockFile.Held held = LockFile.hold(directory.resolve(ELECTION + ".lock"), TIMEOUT, Disk.REAL)) {
            report("held " + held.floor());
            Thread.sleep(Duration.ofHours(1).toMillis());
        }
    }

    /** Frees the record whenever it is held, until it is killed. */
    private static void release(FileBackend backend) throws Exception {
        WatchListener listener = new WatchListener() {
            @Override
            public void changed(@Nullable Snapshot current) {
                if (current == null || current.isAbsent() || recordOf(current).isFree()) {
                    return;
                }
                try {
                    backend.compareAndSet(ELECTION, current.version(), free(), TIMEOUT);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void lost(Throwable cause) {
                report("lost " + cause);
            }
        };
        ElectionBackend.Watch watch = backend.watch(ELECTION, listener, TIMEOUT);
        report("watching");
        Thread.sleep(Duration.ofHours(1).toMillis());
        watch.close();
    }

    private static void report(String fact) {
        System.out.print(fact + ".\n");
        System.out.flush();
    }
}
