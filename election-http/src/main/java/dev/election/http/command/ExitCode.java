package dev.election.http.command;

/** The exit codes of all commands. What a command passed on from another program has its own meaning. */
enum ExitCode {
    OK(0, "Done; for run and watch, after SIGTERM or SIGINT, and for run once the leadership was given up."),
    FAILED(1, "It could not start, do its work, or stop; standard error says why."),
    WRONG_USE(2, "The command line or an environment variable is wrong; standard error says what was expected."),
    NOBODY_LEADS(3, "Nobody leads: the lock is free, or the leader's lease ran out."),
    NOT_KNOWN(
            4, "Who leads is not known: the store cannot be reached or read, or has not been watched for long enough."),
    PROBLEM_FOUND(5, "doctor: something stands in the way of an election; the answer says what, and what to do."),
    NOT_RUN(125, "exec --once: leadership was lost in the moment between being gained and the command's start."),
    NOT_EXECUTABLE(126, "exec: the command is no program that may be executed."),
    NOT_FOUND(127, "exec: there is no such command."),
    ENDED_BY_SIGNAL(
            128,
            "exec: 128 and the number of the signal that ended the command; or that ended the wait for leadership, such"
                    + " as 143 for SIGTERM.");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    /** When a command ends with it, for people. */
    String meaning() {
        return meaning;
    }
}
