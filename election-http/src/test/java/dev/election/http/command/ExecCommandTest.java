package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.exec.LeaderCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before anything is contended for. */
class ExecCommandTest {

    @TempDir
    private Path directory;

    private String err = "";

    private int execute(String... arguments) throws InterruptedException {
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                Map.of("PATH", directory.toString()), Optional.empty(), () -> Optional.of("host-1"), Optional::empty);
        Terminal terminal = new Terminal(
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                new PrintStream(errBytes, true, UTF_8),
                Style.PLAIN,
                false);
        int code = new Program(List.of(new RunCommand(), new ExecCommand()), surroundings, terminal).execute(arguments);
        err = errBytes.toString(UTF_8).replace(System.lineSeparator(), "\n");
        return code;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exec --election=a --backend=memory:a | the command is missing: election exec --election=a",
                "exec --election=a --election=b --backend=memory:a -- job | exec takes one --election; got a and b",
                "exec --election=a --id=x --id=y --backend=memory:a -- job | exec takes one --id; got x and y",
                "exec --election=a --backend=memory:a -- A=1 job | neither begins with - nor contains =; got \"A=1\"",
                "exec --election=a --backend=memory:a -- -c job | neither begins with - nor contains =; got \"-c\"",
                "exec --election=a --backend=memory:a --ttl=300ms -- job"
                        + " | the command must have 400 ms to end, and these times leave it 121 ms",
                "exec --election=a --backend=memory:a --grace=soon -- job | --grace: ",
                "exec --election=a --backend=memory:a --grace=-1s -- job | --grace must not be negative; got -1s",
                "exec --backend=memory:a -- job | the name of the election is missing",
                "run --election=a --backend=memory:a --once | \"--once\" is not for the command run",
            })
    void wrong_use_is_explained(String line, String message) throws Exception {
        assertThat(execute(line.split(" "))).isEqualTo(ExitCode.WRONG_USE.code());
        assertThat(err).contains(message);
    }

    @Test
    void a_command_that_is_not_there_ends_as_a_shell_does() throws Exception {
        assertThat(execute("exec", "--election=a", "--backend=memory:a", "--", "job"))
                .isEqualTo(127);
        assertThat(err).isEqualTo("election: there is no command \"job\"\n");
    }

    @Test
    void a_file_that_is_not_executable_ends_as_a_shell_does() throws Exception {
        Path file = Files.writeString(directory.resolve("job"), "");
        assertThat(execute("exec", "--election=a", "--backend=memory:a", "job")).isEqualTo(126);
        assertThat(err).isEqualTo("election: " + file + " is not executable\n");
    }

    @Test
    void a_directory_is_there_and_no_command() throws Exception {
        assertThat(execute("exec", "--election=a", "--backend=memory:a", directory.toString()))
                .isEqualTo(126);
        assertThat(err).isEqualTo("election: " + directory + " is not executable\n");
    }

    @Test
    void without_the_programs_it_takes_they_are_named() throws Exception {
        Path file = Files.writeString(directory.resolve("job"), "");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        assertThat(execute("exec", "--election=a", "--backend=memory:a", "job")).isEqualTo(ExitCode.FAILED.code());
        assertThat(err).contains("exec needs ");
    }

    /** An election inside the command would take them for its options. */
    @Test
    void no_variable_for_the_command_is_that_of_an_option() throws IOException {
        List<String> options = Stream.of(Option.values()).map(Option::variable).toList();
        assertThat(Stream.of(
                        ExecCommand.NAME_VARIABLE,
                        ExecCommand.IDENTITY_VARIABLE,
                        ExecCommand.URL_VARIABLE,
                        LeaderCommand.TOKEN_VARIABLE,
                        "ELECTION_EXEC",
                        "ELECTION_GUARDIAN"))
                .doesNotContainAnyElementsOf(options);
    }
}
