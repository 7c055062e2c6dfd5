package dev.election.http.command;

import java.io.IOException;
import java.util.List;

/** Shows the help of another command. */
final class HelpCommand implements Subcommand {

    @Override
    public String name() {
        return "help";
    }

    @Override
    public String summary() {
        return "Shows the help of a command, as --help behind its name does.";
    }

    @Override
    public String synopsis() {
        return "[COMMAND]";
    }

    @Override
    public List<Option> options() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("All that the default command takes", "election help run"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED);
    }

    @Override
    public Operands operands() {
        return Operands.ONE_CHOICE;
    }

    @Override
    public List<String> choices() {
        return Subcommands.names();
    }

    @Override
    public int run(Invocation invocation) throws IOException {
        Terminal terminal = invocation.terminal();
        List<Subcommand> all = Subcommands.all();
        Subcommand command = invocation.operands().isEmpty()
                ? all.get(0)
                : all.stream()
                        .filter(each -> each.name().equals(invocation.operands().get(0)))
                        .findFirst()
                        .orElseThrow();
        terminal.answer(new HelpText(terminal.outStyle()).of(command));
        return ExitCode.OK.code();
    }
}
