package dev.election.http.command;

/** The environment variables that are no option's. */
enum Variable {
    ELECTION_ARCHIVES(
            "The directory for archives of classes, which make starts faster, or none. Default: beside the program, and"
                    + " election/archives below $XDG_CACHE_HOME, which is ~/.cache unless set."),
    ELECTION_HTTP_TOKEN("The bearer token, for the command resign, if no file with it is named."),
    ELECTION_JAVA_OPTS("Further options for the Java virtual machine; they win over ours."),
    JAVA_HOME("The Java to run with; else the one on the PATH. It takes Java 17 or later."),
    NO_COLOR("If not empty, nothing is coloured. Colours are for terminals only anyway."),
    XDG_STATE_HOME("Elections of one machine are kept below it unless a backend is named. Default: ~/.local/state.");

    private final String meaning;

    Variable(String meaning) {
        this.meaning = meaning;
    }

    /** What it is for, for people. */
    String meaning() {
        return meaning;
    }
}
