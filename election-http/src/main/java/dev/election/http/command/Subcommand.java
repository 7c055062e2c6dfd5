package dev.election.http.command;

import java.io.IOException;
import java.util.List;

/** One thing that the program does, such as {@code election status}. Stateless. */
interface Subcommand {

    /**
     * One way to call it.
     *
     * @param purpose a line that tells what it is for
     * @param line what to type, from {@code election} on
     */
    record Example(String purpose, String line) {}

    /** Its name on the command line. */
    String name();

    /** What it does, in one line that ends with a full stop. */
    String summary();

    /** What stands behind its name, for the help text: {@code --election=NAME [OPTIONS]}. */
    String synopsis();

    /** The options it takes, in the order in which its help shows them. */
    List<Option> options();

    /** More about it, for its help: one paragraph each; lines that begin with a blank stay as they are. */
    default List<String> details() {
        return List.of();
    }

    /** At least one. */
    List<Example> examples();

    /** The exit codes it may end with, besides {@link ExitCode#OK} and {@link ExitCode#WRONG_USE}. */
    List<ExitCode> exitCodes();

    /** What it takes besides options. */
    default Operands operands() {
        return Operands.NONE;
    }

    /** The words it takes as operand, if these are fixed. */
    default List<String> choices() {
        return List.of();
    }

    /**
     * Does it, and returns the exit code.
     *
     * @throws IllegalArgumentException for wrong use, saying what was expected; ends with {@link ExitCode#WRONG_USE}
     * @throws IOException when it failed, saying why in one line; ends with {@link ExitCode#FAILED}
     */
    int run(Invocation invocation) throws IOException, InterruptedException;
}
