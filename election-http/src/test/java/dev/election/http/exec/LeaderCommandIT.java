package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.http.exec.LeaderCommand.Plan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** Of a program, in bytes, however small its stack is: {@code ARG_MAX} of Linux. */
    private static final int LEAST_LIMIT_OF_ARGUMENTS = 128 * 1024;

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

    /** When the task returns, the lock is released: whatever made it return, the command must not run any more, nor again. */
    @Test
    void when_the_task_fails_no_process_of_the_command_is_left() throws Exception {
        Uptime real = Uptime.ofThisMachine();
        LeaderCommand command = new LeaderCommand(
                plan("trap '' TERM; (setsid sleep 100 &); >\"$0\"; while :; do sleep 0.1; done", true), () -> {
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
            assertThat(command.done()).isCompletedWithValue(137);
        }
    }

    /** Ctrl-C twice, and the second time after the command has ended. */
    @Test
    void a_second_signal_does_not_take_the_exit_code_of_the_command() {
        LeaderCommand command =
                new LeaderCommand(plan("trap 'exit 7' INT; >\"$0\"; while :; do sleep 0.1; done", false));
        try (Elections elections = Elections.open("memory:" + mark)) {
            elections.elector("example").timing(TIMING).task(command).build().start();
            awaitReady();
            command.stopBy("INT");
        }
        command.stopBy("INT");
        assertThat(command.exitCode()).hasValue(7);
    }

    /** Some thousand renewals fill a pipe that nobody reads. */
    @Test
    void a_guardian_that_is_stopped_holds_nobody_up() throws Exception {
        StopTimes times = StopTimes.of(Uptime.ofThisMachine().now(), Duration.ofHours(1), Duration.ofMinutes(1));
        ProcessTree session;
        try (Guardian guardian = Guardian.start(mark, Duration.ZERO, times, Duration.ofMinutes(1))) {
            session = session(guardian);
            ExecProcess.signal("STOP", guardian.pid());
            while (guardian.tell(times, ProcessTree.NO_LEADER)) {
                LockSupport.parkNanos(1_000_000); // it stops when it gets to run
            }
            for (int i = 0; i < 10_000; i++) {
                assertThat(guardian.tell(times, ProcessTree.NO_LEADER)).isFalse();
            }
        }
        awaitGone(session);
    }

    /** It would hold our standard error for as long as the lease. */
    @Test
    void a_guardian_that_was_killed_leaves_no_timer_behind() throws Exception {
        StopTimes times = StopTimes.of(Uptime.ofThisMachine().now(), Duration.ofHours(1), Duration.ofMinutes(1));
        ProcessTree session;
        try (Guardian guardian = Guardian.start(mark, Duration.ZERO, times, Duration.ofMinutes(1))) {
            session = session(guardian);
            ExecProcess.signal("KILL", guardian.pid());
            guardian.onExit().join();
            assertThat(session.isGone()).isFalse();
        }
        awaitGone(session);
    }

    private static ProcessTree session(Guardian guardian) {
        return new ProcessTree("no cookie", ProcessTree.Leader.of(guardian.pid()));
    }

    private static void awaitGone(ProcessTree processes) throws IOException {
        while (!processes.isGone()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A program is let take few arguments, for want of tens of thousands of processes. */
    @Test
    void more_processes_than_a_program_takes_as_arguments_hide_nothing() throws Exception {
        Path script = directory.resolve("guardian.sh");
        try (InputStream resource = Guardian.class.getResourceAsStream("guardian.sh")) {
            Files.copy(Objects.requireNonNull(resource), script);
        }
        for (int i = 0; i < 50; i++) {
            start(Map.of(Marked.VARIABLE, mark), "sleep", "1000");
        }
        String cookie = "cookie-" + System.nanoTime();
        start(Map.of(Marked.VARIABLE, mark, Child.COOKIE_VARIABLE, cookie), "setsid", "sleep", "1000");
        // Each takes about 30 bytes, by its path and a pointer.
        long left = ProcessHandle.allProcesses().count() * 12;
        String padding = "-".repeat((int) (LEAST_LIMIT_OF_ARGUMENTS - 1000 - left));
        String guarding = "grep -ls x /proc/[0-9]*/stat 2>/dev/null; echo $?; . \"$0\"";
        Process guardian = start(
                Map.of(Marked.VARIABLE, mark),
                "sh",
                "-c",
                "ulimit -s 512; PADDING=" + padding + " exec sh -c '" + guarding + "' \"$@\"",
                "sh",
                script.toString(),
                cookie,
                "0",
                Long.toString(ProcessHandle.current().pid()));
        try (BufferedReader said = guardian.inputReader();
                Writer lines = guardian.outputWriter()) {
            assertThat(said.readLine()).as("grep's status, with too many files").isEqualTo("126");
            long now = Uptime.ofThisMachine().now();
            lines.write(now + " " + now + " 0 0\n");
            lines.flush();
            assertThat(said.readLine()).isEqualTo("ready");
            while (!command().isEmpty()) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static Process start(Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        String path = builder.environment().get("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** They would go to process 1, which in a container may be one that never asks after them: a zombie each. */
    @Test
    void the_timers_of_a_guardian_leave_no_process_behind() throws Exception {
        Uptime uptime = Uptime.ofThisMachine();
        StopTimes times = StopTimes.of(uptime.now(), Duration.ofHours(1), Duration.ofMinutes(1));
        try (Guardian guardian = Guardian.start(mark, Duration.ZERO, times, Duration.ofMinutes(1))) {
            for (int i = 0; i < 20; i++) {
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                guardian.tell(times, ProcessTree.NO_LEADER);
                assertThat(strays(guardian)).isEmpty();
            }
        }
    }

    /** Those of the guardian's session that are no children of others in it, and stay so for a while. */
    private static List<ProcessStat> strays(Guardian guardian) throws IOException {
        List<ProcessStat> strays = straysNow(guardian);
        if (!strays.isEmpty()) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            List<ProcessStat> later = straysNow(guardian);
            return strays.stream()
                    .filter(each -> later.stream().anyMatch(other -> other.pid() == each.pid()))
                    .toList();
        }
        return strays;
    }

    private static List<ProcessStat> straysNow(Guardian guardian) throws IOException {
        List<ProcessStat> session = new ProcessTree("no cookie", new ProcessTree.Leader(guardian.pid(), 0)).search();
        return session.stream()
                .filter(each -> each.pid() != guardian.pid()
                        && session.stream().noneMatch(other -> other.pid() == each.parent()))
                .toList();
    }
}
