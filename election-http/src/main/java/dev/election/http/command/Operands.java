package dev.election.http.command;

/** What a command takes besides options. */
enum Operands {
    NONE,
    /** At most one of {@link Subcommand#choices()}. */
    ONE_CHOICE,
    /** A command with its own arguments: all from the first word that is no option, or from behind {@code --}. */
    COMMAND_LINE
}
