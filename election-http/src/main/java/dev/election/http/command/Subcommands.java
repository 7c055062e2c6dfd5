package dev.election.http.command;

import java.util.List;

/** The commands that there are. */
final class Subcommands {

    private static final List<Subcommand> ALL = List.of(
            new RunCommand(),
            new ExecCommand(),
            new StatusCommand(),
            new WatchCommand(),
            new ResignCommand(),
            new DoctorCommand(),
            new BackendsCommand(),
            new CompletionCommand(),
            new ManCommand(),
            new HelpCommand());

    private Subcommands() {}

    /** All, in the order in which help shows them; the first is the one that needs no name. */
    static List<Subcommand> all() {
        return ALL;
    }

    static List<String> names() {
        return ALL.stream().map(Subcommand::name).toList();
    }

    /** Whether it is the one that needs no name. */
    static boolean isDefault(Subcommand command) {
        return command.name().equals(ALL.get(0).name());
    }
}
