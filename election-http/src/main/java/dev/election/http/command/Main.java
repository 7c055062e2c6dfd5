package dev.election.http.command;

/** Starts the program from the command line. */
public final class Main {

    private Main() {}

    /** Does what the arguments say, and ends the process with one of the exit codes of {@code docs/sidecar.md}. */
    public static void main(String[] args) throws InterruptedException {
        LogProvider.use();
        Surroundings surroundings = Surroundings.ofThisProcess();
        Terminal terminal = Terminal.ofThisProcess(surroundings.environment());
        System.exit(new Program(Subcommands.all(), surroundings, terminal).execute(args));
    }
}
