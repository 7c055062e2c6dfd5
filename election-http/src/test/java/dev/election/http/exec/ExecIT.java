package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code election exec} with real processes, on {@code file:}. Its leases outlast the tests unless these wait for one. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class ExecIT {

    private static final String LONG = "--ttl=50m";

    @TempDir
    private Path directory;

    private final List<ExecProcess> processes = new ArrayList<>();

    @AfterEach
    void killAll() throws Exception {
        for (ExecProcess each : processes) {
            each.close();
        }
    }

    /** Runs a shell script as the command. */
    private ExecProcess exec(String id, String options, String script) throws Exception {
        return execWords(id, options, "sh", "-c", script, "script", "two words", "*", "$HOME");
    }

    private ExecProcess execWords(String id, String options, String... words) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("--election=example", "--id=" + id, "--backend=file:" + directory + "/store"));
        arguments.addAll(Arrays.asList(options.split(" ")));
        arguments.add("--");
        arguments.addAll(Arrays.asList(words));
        ExecProcess process = ExecProcess.start("exec-" + System.nanoTime(), directory, arguments);
        processes.add(process);
        return process;
    }

    @Test
    void words_environment_streams_and_exit_code_are_passed_on() throws Exception {
        Files.writeString(directory.resolve("in"), "from standard input\n");
        ExecProcess exec = exec("a", "--once --http=localhost:0 " + LONG, """
                for word; do echo "[$word]"; done
                env | grep ^ELECTION_ | sort
                cat
                exit 7
                """);
        assertThat(exec.exitCode()).isEqualTo(7);
        assertThat(exec.out().lines().map(line -> line.startsWith("ELECTION_EXEC=") ? "ELECTION_EXEC" : line))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("[two words]"),
                        line -> assertThat(line).isEqualTo("[*]"),
                        line -> assertThat(line).isEqualTo("[$HOME]"),
                        line -> assertThat(line).isEqualTo("ELECTION_EXEC"),
                        line -> assertThat(line).isEqualTo("ELECTION_FENCING_TOKEN=1"),
                        line -> assertThat(line).isEqualTo("ELECTION_IDENTITY=a"),
                        line -> assertThat(line).isEqualTo("ELECTION_NAME=example"),
                        line -> assertThat(line).matches("ELECTION_URL=http://127\\.0\\.0\\.1:\\d+/"),
                        line -> assertThat(line).isEqualTo("from standard input"));
    }

    /** Shells drop such a variable, and one of them starts the command. */
    @Test
    void variables_with_odd_names_are_passed_on() throws Exception {
        ExecProcess exec = execWords("a", "--once " + LONG, "env");
        assertThat(exec.exitCode()).isZero();
        assertThat(exec.out().lines()).contains("odd.name=with a dot");
    }

    /** A JVM blocks SIGQUIT in what it starts, with which programs are told to dump their threads, or to end gracefully. */
    @Test
    void the_command_has_no_signal_blocked() throws Exception {
        Process trial = new ProcessBuilder("env", "--default-signal=QUIT", "true").start();
        assumeTrue(trial.waitFor() == 0, "LEFT OUT: what takes an env that knows --default-signal");
        ExecProcess exec = execWords("a", "--once " + LONG, "grep", "SigBlk", "/proc/self/status");
        assertThat(exec.exitCode()).isZero();
        assertThat(exec.out()).matches("SigBlk:\\s+0+\\s+");
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "KILL, 137", "USR1, 138"})
    void a_command_that_a_signal_ended_gives_128_and_its_number(String signal, int code) throws Exception {
        assertThat(exec("a", "--once " + LONG, "kill -" + signal + " $$").exitCode())
                .isEqualTo(code);
    }

    @Test
    void when_the_command_has_ended_another_candidate_runs_it_without_waiting_for_the_lease() throws Exception {
        ExecProcess a = exec("a", "--once " + LONG, "echo run");
        assertThat(a.exitCode()).isZero();
        ExecProcess b = exec("b", "--once " + LONG, "echo run");
        assertThat(b.exitCode()).isZero();
        assertThat(b.out()).isEqualTo("run\n");
    }

    @Test
    void without_once_it_contends_again() throws Exception {
        ExecProcess exec = exec("a", "--ttl=2s", "echo run");
        exec.awaitOut("run\nrun\nrun\n");
        assertThat(exec.isAlive()).isTrue();
    }

    /** The trap runs a program of its own, which must not be hit by a second signal. */
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void a_signal_that_ends_is_passed_on_and_the_command_may_clean_up(String signal) throws Exception {
        ExecProcess exec = exec(
                "a",
                LONG,
                "trap 'sleep 0.3; echo cleaned up; exit 9' " + signal + "; echo ready; while :; do sleep 0.05; done");
        exec.awaitOut("ready");
        exec.signal(signal);
        assertThat(exec.exitCode()).isEqualTo(9);
        assertThat(exec.out()).isEqualTo("ready\ncleaned up\n");
        assertThat(exec("b", "--once " + LONG, "true").exitCode())
                .as("the lock is free at once")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void a_second_signal_is_passed_on_as_well(String signal) throws Exception {
        ExecProcess exec = exec(
                "a",
                "--grace=10m " + LONG,
                "stop() { trap 'exit 9' " + signal + "; echo stopping; }; trap stop TERM; echo ready;"
                        + " while :; do sleep 0.05; done");
        exec.awaitOut("ready");
        exec.signal("TERM");
        exec.awaitOut("stopping");
        exec.signal(signal);
        assertThat(exec.exitCode()).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"USR1", "USR2", "WINCH"})
    void a_signal_for_programs_is_passed_on(String signal) throws Exception {
        ExecProcess exec =
                exec("a", "--once " + LONG, "trap 'exit 9' " + signal + "; echo ready; while :; do sleep 0.05; done");
        exec.awaitOut("ready");
        exec.signal(signal);
        assertThat(exec.exitCode()).isEqualTo(9);
    }

    @Test
    void a_command_that_does_not_end_is_killed_with_all_that_came_of_it() throws Exception {
        ExecProcess exec = exec("a", "--grace=500ms " + LONG, """
                trap '' TERM
                setsid sh -c 'trap "" TERM; echo left; while :; do sleep 0.1; done' &
                env -i setsid sleep 60 &
                echo without a mark: $!.
                echo ready
                while :; do sleep 0.1; done
                """);
        exec.awaitOut("ready");
        exec.awaitOut("left");
        exec.signal("TERM");
        assertThat(exec.exitCode()).isEqualTo(137);
        Matcher unmarked = Pattern.compile("without a mark: (\\d+)\\.").matcher(exec.out());
        assertThat(unmarked.find()).isTrue();
        long pid = Long.parseLong(unmarked.group(1));
        assertThat(ProcessStat.read(Path.of("/proc"), pid).filter(ProcessStat::isLiving))
                .isEmpty();
        exec.awaitAllGone();
    }

    @Test
    void what_the_command_leaves_behind_is_ended_before_the_lock_is_released() throws Exception {
        ExecProcess exec = exec(
                "a",
                "--once --grace=300ms " + LONG,
                "setsid sh -c 'trap \"\" TERM; echo daemon; while :; do sleep 0.1; done' & sleep 0.5; exit 3");
        assertThat(exec.exitCode()).isEqualTo(3);
        assertThat(exec.command()).isEmpty();
        assertThat(exec.out()).contains("daemon");
    }

    @Test
    void one_that_waits_ends_without_ever_running_the_command() throws Exception {
        ExecProcess leader = exec("a", LONG, "echo ready; while :; do sleep 0.1; done");
        leader.awaitOut("ready");
        ExecProcess waiting = exec("b", LONG, "echo never");
        waiting.await("its log", () -> waiting.err().contains("leader of example is now a"));
        waiting.signal("TERM");
        assertThat(waiting.exitCode()).isEqualTo(143);
        assertThat(waiting.out()).isEmpty();
        assertThat(leader.command()).isNotEmpty();
    }

    @Test
    void when_we_are_killed_the_guardian_ends_the_command() throws Exception {
        ExecProcess exec = exec("a", LONG, "trap 'echo told' TERM; echo ready; while :; do sleep 0.1; done");
        exec.awaitOut("ready");
        exec.signal("KILL");
        exec.awaitOut("told");
        exec.awaitAllGone();
    }

    /** Which in /proc stands before all that is to be known of it. */
    @Test
    void a_command_whose_name_has_a_line_break_is_ended_as_others() throws Exception {
        Path odd =
                Files.writeString(directory.resolve("a\nb"), "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n");
        assertThat(odd.toFile().setExecutable(true)).isTrue();
        ExecProcess exec = exec("a", "--grace=100ms " + LONG, "'" + odd + "' & echo ready; wait; wait");
        exec.awaitOut("ready");
        exec.signal("KILL");
        exec.awaitAllGone();
    }

    /** It looks like a zombie, and has no environment any more. */
    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM"})
    void a_command_whose_first_thread_has_ended_is_ended_as_others(String signal) throws Exception {
        assumeTrue(Requirements.find("python3", System.getenv()).isPresent(), "LEFT OUT: what takes python3");
        ExecProcess exec = execWords("a", "--grace=100ms " + LONG, "python3", "-c", """
                import ctypes, os, platform, sys, threading, time
                def work():
                    while open("/proc/self/stat").read().rsplit(") ", 1)[1][0] != "Z":
                        time.sleep(0.01)
                    print("ready", os.getpid(), "ready", flush=True)
                    time.sleep(1000)
                threading.Thread(target=work).start()
                ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
                """);
        exec.awaitOut(" ready");
        long pid = Long.parseLong(exec.out().split(" ")[1]);
        exec.signal(signal);
        if (signal.equals("TERM")) {
            assertThat(exec.exitCode()).isEqualTo(143);
        }
        exec.await(
                "its end",
                () -> ProcessStat.read(Path.of("/proc"), pid)
                        .filter(ProcessStat::isLiving)
                        .isEmpty());
    }

    /** The C locale, in which a JVM knows no more than ASCII, and bytes that are no text anywhere. */
    @Test
    void words_are_passed_on_byte_by_byte_whatever_the_locale() throws Exception {
        String inner = "LC_ALL=C exec "
                + String.join(
                        " ",
                        quoted(ExecProcess.command(List.of(
                                "--once",
                                "--election=inner",
                                "--backend=file:" + directory + "/store",
                                LONG,
                                "--",
                                "sh",
                                "-c",
                                "printf \"[%s]\" \"$@\" | od -An -c -v | tr -d \" \\n\"",
                                "script"))))
                + " \"$(printf 'Z\\303\\274rich')\" \"$(printf '\\377')\" '\\0101' '' \"$(printf 'a\\n.')\" '-n'";
        ExecProcess exec = exec("a", "--once " + LONG, inner);
        assertThat(exec.exitCode()).isZero();
        assertThat(exec.out()).isEqualTo("[Z303274rich][377][\\0101][][a\\n.][-n]");
    }

    @Test
    void when_the_guardian_is_killed_the_command_is_killed_and_contended_for_again() throws Exception {
        ExecProcess exec = exec("a", "--ttl=3s", "echo run $ELECTION_FENCING_TOKEN; while :; do sleep 0.1; done");
        exec.awaitOut("run 1\n");
        ExecProcess.signal("KILL", exec.guardian().pid());
        exec.await("a second run", () -> exec.out().lines().count() == 2);
        assertThat(exec.command())
                .noneMatch(each -> "1".equals(each.environment().get("ELECTION_FENCING_TOKEN")));
    }

    @Test
    void one_inside_another_is_ended_with_it() throws Exception {
        String inner = "exec "
                + String.join(
                        " ",
                        quoted(ExecProcess.command(List.of(
                                "--election=inner",
                                "--backend=file:" + directory + "/store",
                                LONG,
                                "--",
                                "sleep",
                                "1000"))));
        ExecProcess exec = exec("a", "--grace=15s " + LONG, inner);
        exec.await(
                "both",
                () -> exec.command().stream()
                        .anyMatch(
                                each -> each.environment().get("ELECTION_NAME").equals("inner")));
        exec.signal("TERM");
        assertThat(exec.exitCode()).isEqualTo(143);
        exec.awaitAllGone();
    }

    private static List<String> quoted(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").toList();
    }
}
