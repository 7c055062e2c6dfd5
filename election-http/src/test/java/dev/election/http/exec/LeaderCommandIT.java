package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.http.exec.LeaderCommand.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real command and its guardian, run by this process. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class LeaderCommandIT {

    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofMinutes(50), Duration.ofMinutes(25), Duration.ofMinutes(12));

    private final String mark = "leader-command-" + System.nanoTime();

    @TempDir
    private Path directory;

    @AfterEach
    void killAll() throws IOException {
        ExecProcess.killAll(mark);
    }

    private Plan plan(String script, boolean once) {
        return new Plan(
                CommandWords.of(
                        List.of("sh", "-c", script, directory.resolve("ready").toString())),
                () -> Map.of(Marked.VARIABLE, mark),
                TIMING,
                Duration.ofMinutes(1),
                once);
    }

    private void awaitReady() {
        while (!Files.exists(directory.resolve("ready"))) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<Marked> command() throws IOException {
        return Marked.by(mark).stream().filter(Marked::isOfCommand).toList();
    }

    /** When the task returns, the lock is released: whatever made it return, the command must not run any more. */
    @Test
    void when_the_task_fails_no_process_of_the_command_is_left() throws Exception {
        Uptime real = Uptime.ofThisMachine();
        LeaderCommand command = new LeaderCommand(
                plan("trap '' TERM; (setsid sleep 100 &); >\"$0\"; while :; do sleep 0.1; done", false), () -> {
                    if (Files.exists(directory.resolve("ready"))) {
                        throw new UncheckedIOException(new IOException("no more file handles"));
                    }
                    return real.now();
                });
        CompletableFuture<List<Marked>> left = new CompletableFuture<>();
        try (Elections elections = Elections.open("memory:" + mark)) {
            elections
                    .elector("example")
                    .timing(TIMING)
                    .task(term -> {
                        try {
                            command.run(term);
                        } finally {
                            left.complete(command());
                        }
                    })
                    .build()
                    .start();
            awaitReady();
            assertThat(left.get(100, TimeUnit.SECONDS)).isEmpty();
        }
    }
}
