/**
 * The command line: what {@code bin/election} starts.
 *
 * <p>{@link dev.election.http.command.Program} finds the {@link dev.election.http.command.Subcommand} by its name. To
 * add one:
 *
 * <ol>
 *   <li>write a class {@code XCommand implements Subcommand} here: a name, help, the options it takes, and {@code run};
 *       what is big goes into a package of its own;
 *   <li>add it to the list in {@code Subcommands};
 *   <li>add rows to {@link dev.election.http.command.Option} for options that no other command has. The flag and the
 *       environment variable follow from the constant's name; a value label with bars, as {@code table|json}, makes them
 *       the fixed values, which help, completion and {@code CommonOptions.choice} then know;
 *   <li>add rows to {@link dev.election.http.command.ExitCode} if it ends with others than these; an exit code that
 *       {@code run} returns may be any number, such as that of a child process;
 *   <li>describe options and exit codes in {@code docs/sidecar.md}: a test compares it with these tables.
 * </ol>
 *
 * <p>In {@code run}, {@link dev.election.http.command.Invocation#options()} has what several commands take, understood
 * and checked in one place: elections, identities, backend with all its Kubernetes options, times and log level. It
 * reads only options that the command's {@code options()} lists. {@code LogLine.use} comes before a backend is
 * opened. Answers go to {@code terminal().out()}, all else to {@code err()}. {@code IllegalArgumentException} means
 * wrong use (exit code 2), {@code IOException} a failure (1); each shows its message as one line.
 *
 * <p>A command whose {@code operands()} are {@code COMMAND_LINE} gets all words from the first that is no option, or
 * from behind {@code --}, as {@code invocation.operands()}.
 */
@NullMarked
package dev.election.http.command;

import org.jspecify.annotations.NullMarked;
