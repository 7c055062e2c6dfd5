package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.recordOf;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/**
 * Another process that opens a store by its URI and counts up in an election's record: {@link #main} is what it runs,
 * and an instance is how a test sees it.
 *
 * <p>It begins when it reads a line, and ends with its standard input, so that it does not outlive the test.
 */
final class CountingProcess implements AutoCloseable {

    private static final String READY = "ready ";
    private static final String COUNTED = "counted ";
    private static final String OPEN = "open";

    private final Process process;
    private final BufferedReader lines;
    private int open;

    private CountingProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    static CountingProcess start(String uri, String election, int count) throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // the life of this process is short
                "-cp",
                System.getProperty("java.class.path"),
                CountingProcess.class.getName(),
                uri,
                election,
                Integer.toString(count));
        return new CountingProcess(
                java.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Waits until it has read the record. */
    void awaitReady() throws IOException {
        Assertions.assertTrue(
                findsRecord(), "another process that opened the URI found no record, although this one created it");
    }

    /** Whether it found a record when it first read. */
    boolean findsRecord() throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(READY)) {
                return Boolean.parseBoolean(line.substring(READY.length()));
            }
        }
        return false; // it could not even open or read the store, and said so on its standard error
    }

    /** Lets it begin. */
    void go() {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new AssertionError("the other process has ended", e);
        }
    }

    /** Waits until it has ended, and returns the numbers that it counted up to. */
    List<Long> await() throws Exception {
        List<Long> counted = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(COUNTED)) {
                counted.add(Long.parseLong(line.substring(COUNTED.length())));
            } else if (line.equals(OPEN)) {
                open++;
            }
        }
        Assertions.assertEquals(0, process.waitFor(), "the other process failed; its standard error says why");
        return counted;
    }

    /** How many of its counts may or may not have been made; known when it has ended. */
    int open() {
        return open;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * Reads the record and counts it up by one; null when another one was faster, or may have been.
     *
     * @param whenUnknown run when the outcome stays unknown, as others have written since
     */
    static @Nullable Snapshot countUp(ElectionBackend view, String election, Runnable whenUnknown)
            throws BackendException, InterruptedException {
        Snapshot seen = view.read(election, TIMEOUT);
        Thread.yield(); // a store in memory is so fast that callers would hardly meet
        CasOutcome outcome = view.compareAndSet(
                election, seen.version(), held("counter", recordOf(seen).fencingToken() + 1), TIMEOUT);
        if (outcome instanceof CasOutcome.Unknown) {
            whenUnknown.run();
        }
        return outcome instanceof CasOutcome.Applied applied ? applied.current() : null;
    }

    /** The other process: URI, election, how far to count. */
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String election = args[1];
        try (ElectionBackend view = PatientBackend.of(ElectionBackend.open(args[0]))) {
            System.out.println(READY + !view.read(election, TIMEOUT).isAbsent());
            if (in.readLine() != null) {
                endWith(in);
                count(view, election, Integer.parseInt(args[2]));
            }
        }
        Runtime.getRuntime().halt(0); // whatever threads a client library left
    }

    private static void count(ElectionBackend view, String election, int times) throws Exception {
        for (int applied = 0; applied < times; ) {
            Snapshot written = countUp(view, election, () -> System.out.println(OPEN));
            if (written != null) {
                applied++;
                System.out.println(COUNTED + recordOf(written).fencingToken());
            }
        }
    }

    /** The parent may have been killed. */
    private static void endWith(BufferedReader in) {
        Thread guard = new Thread(
                () -> {
                    try {
                        while (in.read() >= 0) {
                            // only the end counts
                        }
                    } catch (IOException e) {
                        // the end, too
                    }
                    Runtime.getRuntime().halt(1);
                },
                "ends-with-parent");
        guard.setDaemon(true);
        guard.start();
    }
}
