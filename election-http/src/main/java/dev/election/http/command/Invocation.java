package dev.election.http.command;

import java.util.List;

/**
 * One call of a command: all that it has to do with the world besides the store.
 *
 * @param operands the words besides options, as {@link Subcommand#operands()} allows them
 */
record Invocation(Arguments arguments, List<String> operands, Surroundings surroundings, Terminal terminal) {

    /** The options that several commands take, understood. */
    CommonOptions options() {
        return new CommonOptions(arguments, surroundings);
    }
}
