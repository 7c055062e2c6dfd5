package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all commands have in common. */
class ProgramTest {

    static Stream<String> commands() {
        return Subcommands.names().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void the_help_of_a_command_has_its_options_examples_and_exit_codes_and_fits_into_a_terminal(String name)
            throws Exception {
        Typed typed = Typed.line(name + " --help");
        Subcommand command = command(name);
        String unwrapped = typed.out().replaceAll("\\s+", " ");
        for (Option option : command.options()) {
            assertThat(unwrapped)
                    .contains(option.usage() + " " + option.description() + " [" + option.variable() + "]");
        }
        for (Subcommand.Example example : command.examples()) {
            assertThat(typed.out()).contains("    " + example.line() + "\n");
        }
        for (ExitCode code : command.exitCodes()) {
            assertThat(unwrapped).contains(code.code() + " " + code.meaning());
        }
        assertThat(command.examples()).isNotEmpty();
        assertThat(typed.out()).startsWith(command.summary() + "\n");
        assertThat(typed.out().lines()).allMatch(each -> each.length() <= 100);
        assertThat(typed.err()).isEmpty();
        assertThat(typed.exitCode()).isZero();
        assertThat(Typed.line("help " + name)).isEqualTo(typed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "-help", "help", "help run", "run --help", "--election=UPPER --help"})
    void without_a_command_help_is_that_of_run_and_lists_the_commands(String line) throws Exception {
        Typed typed = Typed.line(line);
        assertThat(typed.exitCode()).isZero();
        assertThat(typed.out()).startsWith(new RunCommand().summary());
        for (Subcommand command : Subcommands.all()) {
            assertThat(typed.out()).containsPattern("\n  " + command.name() + " +\\S");
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void each_command_tells_the_version(String name) throws Exception {
        assertThat(Typed.line(name + " --version")).isEqualTo(new Typed(0, Program.version() + "\n", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sttus --election=a        | unknown command \"sttus\"; did you mean status?",
                "launch                    | unknown command \"launch\"; election --help lists the commands",
                "status --ttl=10s          | \"--ttl=10s\" is not for the command status, which takes other options",
                "status --election=a b     | unexpected argument \"b\": options are written --name=value",
                "--backend=memory:a status | unexpected argument \"status\": a command stands before its options",
                "status --outptu=json      | unknown option \"--outptu=json\"; did you mean --output?",
                "status                    | the name of the election is missing: --election=NAME or ELECTION_ELECTION",
                "status --election=a,      | --election: an election's name has 1 to 200 characters",
                "ELECTION_ELECTION=a,B status | ELECTION_ELECTION: an election's name has 1 to 200 characters",
                "status --election=a --output=xml | --output: one of table, json is expected; got \"xml\"",
                "status --election=a --timeout=0  | --timeout must be positive and at most 24h: 0ms",
                "status --election=a --timeout=9  | --timeout: a duration is written like",
                "watch --election=a --backend=nosuch: | no backend for \"nosuch:\" is on the class path",
                "completion                | the shell is missing: one of bash, zsh, fish",
                "completion csh            | one of bash, zsh, fish is expected; got \"csh\"",
                "help me                   | one of run, exec, status,",
                "help run run              | unexpected argument \"run\"",
            })
    void wrong_use_is_explained_in_two_lines(String line, String message) throws Exception {
        Typed typed = Typed.line(line);
        assertThat(typed.exitCode()).isEqualTo(ExitCode.WRONG_USE.code());
        assertThat(typed.out()).isEmpty();
        assertThat(typed.err().lines()).hasSize(2);
        assertThat(typed.err()).startsWith("election: " + message).endsWith("--help\n");
    }

    @Test
    void a_variable_of_an_option_that_a_command_does_not_take_is_not_its_business() throws Exception {
        assertThat(Typed.line("ELECTION_TTL=nonsense ELECTION_OUTPUT=json backends")
                        .exitCode())
                .isZero();
    }

    @Test
    void colours_are_for_terminals() throws Exception {
        assertThat(Typed.line(Subcommands.all(), Style.COLOURS, "--help").out()).contains("\u001b[1m");
        assertThat(Typed.line("--help").out()).doesNotContain("\u001b");
    }

    @Test
    void exit_codes_differ() {
        assertThat(Stream.of(ExitCode.values()).map(ExitCode::code)).doesNotHaveDuplicates();
    }

    @Test
    void a_switch_takes_its_value_only_behind_an_equals_sign_as_in_go() throws Exception {
        assertThat(Typed.line("status --election=a --use-cluster-credentials false")
                        .err())
                .startsWith("election: unexpected argument \"false\"");
    }

    @Test
    void a_command_line_behind_the_options_is_left_alone() {
        Subcommand exec = new CommandLineTaker();
        Parser.Parsed plain = Parser.parse(exec, List.of("--election=a", "echo", "--election", "-h", "--"));
        assertThat(plain.operands()).containsExactly("echo", "--election", "-h", "--");
        assertThat(plain.help()).isFalse();
        assertThat(plain.flags()).containsOnlyKeys(Option.ELECTION);
        assertThat(Parser.parse(exec, List.of("--", "--odd", "--")).operands()).containsExactly("--odd", "--");
    }

    private static Subcommand command(String name) {
        return Subcommands.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static final class CommandLineTaker implements Subcommand {
        @Override
        public String name() {
            return "take";
        }

        @Override
        public String summary() {
            return "";
        }

        @Override
        public String synopsis() {
            return "";
        }

        @Override
        public List<Option> options() {
            return List.of(Option.ELECTION);
        }

        @Override
        public List<Example> examples() {
            return List.of();
        }

        @Override
        public List<ExitCode> exitCodes() {
            return List.of();
        }

        @Override
        public Operands operands() {
            return Operands.COMMAND_LINE;
        }

        @Override
        public int run(Invocation invocation) {
            return 0;
        }
    }
}
