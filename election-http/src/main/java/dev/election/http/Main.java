package dev.election.http;

/** Starts the sidecar from the command line. */
public final class Main {

    private Main() {}

    /**
     * Runs until a signal ends the process. Exit codes: 0 after a signal, once the leadership was given up, and after
     * {@code --help}; 1 when it could not start or stop; 2 for wrong use.
     */
    public static void main(String[] args) throws InterruptedException {
        SidecarCommand command =
                new SidecarCommand(Surroundings.ofThisProcess(), Sidecar::runUntilSignal, System.out, System.err);
        System.exit(command.execute(args));
    }
}
