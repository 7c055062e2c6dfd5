package dev.election.http.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The command line: finds the command, lets it do its work, and says in one line what went wrong.
 *
 * <p>Flags without a command are for {@link RunCommand}, as the classic sidecar knew no commands.
 */
final class Program {

    private static final String NAME = "election";

    private final List<Subcommand> commands;
    private final Surroundings surroundings;
    private final Terminal terminal;

    /** @param commands the first is the one that needs no name */
    Program(List<Subcommand> commands, Surroundings surroundings, Terminal terminal) {
        this.commands = commands;
        this.surroundings = surroundings;
        this.terminal = terminal;
    }

    /** Does what the arguments say, and returns the exit code. */
    int execute(String... arguments) throws InterruptedException {
        List<String> words = List.of(arguments);
        Subcommand command = commands.get(0);
        try {
            boolean named = !words.isEmpty() && !words.get(0).startsWith("-");
            if (named) {
                command = command(words.get(0));
            }
            Parser.Parsed parsed = Parser.parse(command, named ? words.subList(1, words.size()) : words);
            if (parsed.help()) {
                terminal.answer(new HelpText(terminal.outStyle()).of(command));
                return ExitCode.OK.code();
            }
            if (parsed.version()) {
                terminal.answer(version() + System.lineSeparator());
                return ExitCode.OK.code();
            }
            requireChoice(command, parsed.operands());
            Arguments understood = new Arguments(command.options(), parsed.flags(), surroundings.environment());
            return command.run(new Invocation(understood, parsed.operands(), surroundings, terminal));
        } catch (IllegalArgumentException e) {
            terminal.err().println(NAME + ": " + Printable.of(String.valueOf(e.getMessage())));
            boolean isDefault = command == commands.get(0);
            terminal.err()
                    .println("For all options with examples: " + NAME + (isDefault ? "" : " " + command.name())
                            + " --help");
            return ExitCode.WRONG_USE.code();
        } catch (IOException e) {
            terminal.err().println(NAME + ": " + Printable.of(String.valueOf(e.getMessage())));
            return ExitCode.FAILED.code();
        }
    }

    /** The name and version of this program. */
    static String version() {
        String version = Program.class.getPackage().getImplementationVersion();
        return NAME + " " + (version == null ? "(development)" : version);
    }

    private Subcommand command(String name) {
        Optional<Subcommand> found =
                commands.stream().filter(each -> each.name().equals(name)).findFirst();
        List<String> names = commands.stream().map(Subcommand::name).toList();
        return found.orElseThrow(() -> new IllegalArgumentException("unknown command \"" + name + "\""
                + Similar.to(name, names)
                        .map(similar -> "; did you mean " + similar + "?")
                        .orElse("; election --help lists the commands")));
    }

    private static void requireChoice(Subcommand command, List<String> operands) {
        if (command.operands() == Operands.ONE_CHOICE
                && !operands.isEmpty()
                && !command.choices().contains(operands.get(0))) {
            throw new IllegalArgumentException(
                    "one of " + String.join(", ", command.choices()) + " is expected; got \"" + operands.get(0) + "\"");
        }
    }
}
