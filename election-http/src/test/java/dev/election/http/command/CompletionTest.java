package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Completes lines in the shells themselves: bash, and zsh and fish where they are installed. */
@Timeout(120)
class CompletionTest {

    private static final List<Subcommand> COMMANDS = Subcommands.all();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "election st|status",
                "election status --ou|--output=",
                "election status --output=|json table",
                "election status --output=j|json",
                "election status --output |json table",
                "election status --output t|table",
                "election --lock=e|endpoints",
                "election -lock |endpoints lease",
                "election run --use|--use-cluster-credentials",
                "election --log-level=w|warn",
                "election completion |bash fish zsh",
                "election completion z|zsh",
                "election help wa|watch",
                "election backends --|--help --output= --version",
                "election status --http|",
                "election status x |",
                "election status --election=a -- --ou|",
            })
    void bash_completes(String line, String expected) throws Exception {
        assertThat(bash(line, "COMP_WORDBREAKS=$COMP_WORDBREAKS")).isEqualTo(expected == null ? "" : expected);
    }

    @Test
    void bash_completes_all_commands_and_all_options_of_each() throws Exception {
        assertThat(bash("election ", "")).isEqualTo(sorted(Subcommands.names()));
        for (Subcommand command : COMMANDS) {
            List<String> flags = command.options().stream().map(Option::flag).toList();
            String completed = bash("election " + command.name() + " -", "").replace("=", "");
            assertThat(List.of(completed.split(" "))).containsAll(flags).hasSize(flags.size() + 2);
        }
    }

    @Test
    void bash_gives_whole_words_where_the_user_made_them_longer() throws Exception {
        assertThat(bash("election status --output=", "COMP_WORDBREAKS=' '")).isEqualTo("--output=json --output=table");
    }

    @Test
    void bash_completes_files_and_runs_nothing_that_stands_on_the_line() throws Exception {
        Path file = Files.writeString(directory.resolve("kubeconfig"), "");
        assertThat(bash("election --kubeconfig=" + directory + "/kube", "")).isEqualTo(file.toString());
        Path trap = directory.resolve("trap");
        bash("election --election=$(touch " + trap + ") --output=`touch " + trap + "`", "");
        assertThat(trap).doesNotExist();
    }

    /** The words in order, as bash has them after Tab at the end of a line. */
    private String bash(String line, String setting) throws Exception {
        Path script = Files.writeString(directory.resolve("election.bash"), new Completion(COMMANDS).bash());
        Path program = Files.writeString(directory.resolve("try.bash"), """
                set -u
                source "$1"
                %s
                COMP_LINE=$2 COMP_POINT=${#2}
                _election
                printf '%%s\\n' "${COMPREPLY[@]-}"
                """.formatted(setting));
        return run("bash", "--norc", program.toString(), script.toString(), line);
    }

    static List<List<String>> fishLines() {
        return List.of(
                List.of("election st", "status"),
                List.of("election status --outp", "--output"),
                List.of("election status --output=", "--output=json --output=table"),
                List.of("election --lock=e", "--lock=endpoints"),
                List.of("election completion z", "zsh"),
                List.of("election status --vers", "--version"),
                List.of("election status --http", ""));
    }

    @ParameterizedTest
    @MethodSource("fishLines")
    void fish_completes(List<String> lineAndExpected) throws Exception {
        require("fish");
        Path script = Files.writeString(directory.resolve("election.fish"), new Completion(COMMANDS).fish());
        String completed = run(
                "fish",
                "--no-config",
                "-c",
                "source $argv[1]; complete -C $argv[2] | string replace -r '\\t.*' ''; true",
                script.toString(),
                lineAndExpected.get(0));
        assertThat(completed).isEqualTo(lineAndExpected.get(1));
    }

    @Test
    void zsh_takes_the_script() throws Exception {
        require("zsh");
        Path script = Files.writeString(directory.resolve("_election"), new Completion(COMMANDS).zsh());
        assertThat(run("zsh", "-f", "-n", script.toString())).isEmpty();
        assertThat(run(
                        "zsh",
                        "-f",
                        "-c",
                        "autoload -Uz compinit && compinit -u -D && source \"$1\" && print $_comps[election]",
                        "zsh",
                        script.toString()))
                .isEqualTo("_election");
    }

    private String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return sorted(output.lines().filter(line -> !line.isEmpty()).toList());
    }

    private static String sorted(List<String> words) {
        return String.join(" ", new TreeSet<>(words));
    }

    /** Skips aloud: a test that did not run should not pass for one that did. */
    private static void require(String shell) {
        boolean there = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, shell)));
        if (!there) {
            System.err.println("SKIPPED, because there is no " + shell + " on the PATH: CompletionTest");
        }
        assumeTrue(there, "there is no " + shell + " on the PATH");
    }
}
