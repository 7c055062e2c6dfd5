package dev.election.http.faults;

import dev.election.http.faults.BlackBox.Field;
import dev.election.http.faults.BlackBox.Term;
import dev.election.http.faults.CandidateProgram.Plan;
import dev.election.tck.servers.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@link CandidateProgram} as the runner sees it. Ends with this JVM. */
final class CandidateProcess implements AutoCloseable {

    /** Whoever did not look for so long is stopped, or not up yet. */
    private static final Duration RECENT = Duration.ofMillis(100);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String id;
    private final Link link;
    private final BlackBox box;
    private final ServerProcess process;
    private boolean down;

    private CandidateProcess(Plan plan, Link link, ServerProcess process) {
        this.id = plan.id();
        this.link = link;
        this.box = BlackBox.open(plan.box());
        this.process = process;
    }

    /**
     * Starts one.
     *
     * @param directory for its log
     */
    static CandidateProcess start(Plan plan, Link link, Path directory) {
        List<String> command = new ArrayList<>(link.wire().map(Wire::inside).orElse(List.of()));
        command.addAll(List.of(
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
                CandidateProgram.class.getName()));
        command.addAll(plan.arguments());
        return new CandidateProcess(plan, link, ServerProcess.start(directory.resolve(plan.id() + ".log"), command));
    }

    String id() {
        return id;
    }

    Link link() {
        return link;
    }

    BlackBox box() {
        return box;
    }

    /** It runs, looked just now, and found that it leads. */
    boolean leads() {
        return isUp() && box.get(Field.LEADING) > 0;
    }

    /** It runs, and looked just now. */
    boolean isUp() {
        return !down && System.nanoTime() - box.get(Field.BEAT) < RECENT.toNanos();
    }

    /** Its latest term. */
    Optional<Term> latest() {
        int terms = (int) box.get(Field.TERMS);
        return terms == 0 ? Optional.empty() : Optional.of(box.term(terms - 1));
    }

    /** Fails when it ends instead. */
    void awaitUp() throws InterruptedException {
        if (!isUp()) {
            process.await(PATIENCE, this::isUp);
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        down = true;
        process.kill();
        // What it found last is not what its next life finds.
        box.set(Field.BEAT, System.nanoTime() - RECENT.toNanos());
    }

    /** SIGTERM; returns when it has ended. */
    void end() throws IOException, InterruptedException {
        down = true;
        signal("-TERM");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (process.isRunning()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(id + " does not end after SIGTERM");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        kill(); // what is left of it
    }

    void restart() {
        process.restart();
        down = false;
    }

    /** SIGSTOP. */
    void stop() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** SIGCONT. */
    void goOn() throws IOException, InterruptedException {
        signal("-CONT");
    }

    int threads() throws IOException {
        return entries("task");
    }

    int files() throws IOException {
        return entries("fd");
    }

    private int entries(String what) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(box.get(Field.PID)), what))) {
            return (int) entries.count();
        }
    }

    private void signal(String signal) throws IOException, InterruptedException {
        String pid = Long.toString(box.get(Field.PID));
        int status = new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("kill " + signal + " " + pid + " of " + id + " failed");
        }
    }

    @Override
    public void close() throws IOException {
        process.close();
        link.close();
    }
}
