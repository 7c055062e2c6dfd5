package dev.election.http.command;

import java.util.List;
import java.util.Locale;

/**
 * The options of all commands: the one table from which parsing, help, completion and the man page are made, so an
 * option means the same wherever it is taken. Each can be given as a flag and by an environment variable whose name
 * follows from the flag's; the flag wins.
 */
enum Option {
    ELECTION(
            Group.ELECTION,
            Form.REPEATED,
            "NAME",
            "Name of the election; several are given by several of these, or separated by commas. Required."),
    ID(
            Group.ELECTION,
            Form.REPEATED,
            "NAME",
            "Identity of this candidate; each of several contends in each election. Default: the host name."),
    BACKEND(
            Group.ELECTION,
            "URI",
            "The store. Default: kubernetes: inside a cluster or with an option for Kubernetes;"
                    + " otherwise ~/.local/state/election (under $XDG_STATE_HOME if set) as file:, for the processes of one"
                    + " machine."),
    LOG_LEVEL(
            Group.ELECTION,
            "error|warn|info|debug|trace",
            "How much is logged, to standard error; from debug on also what clients of stores say. Default: info; warn for commands that print what they find."),

    ONCE(
            Group.COMMAND,
            Form.SWITCH,
            "true|false",
            "Whether to run the command only once, and end with it: when it has ended, or the leadership was lost."
                    + " Default: contend again."),
    GRACE(
            Group.COMMAND,
            "DURATION",
            "How long the command may take to end after SIGTERM, before SIGKILL; less if the lease ends earlier."
                    + " Default: 8s."),

    HTTP(
            Group.HTTP,
            "HOST:PORT",
            "Where to answer HTTP requests. localhost: both loopback addresses; no host, as in"
                    + " :4040: all addresses; port 0: any free port, which is logged. Default: no HTTP."),

    HTTP_HOST(
            Group.HTTP,
            Form.REPEATED,
            "NAME",
            "A host name that clients ask by. Known without it: localhost, and the address connected to."),
    HTTP_TOKEN_FILE(
            Group.HTTP,
            "FILE",
            "File with the bearer token that requests carry; read again when it changes. Default: everybody may ask."),
    HTTP_RESIGN(
            Group.HTTP,
            Form.SWITCH,
            "true|false",
            "Whether who has the token may make this process give up what it leads. Default: nobody may."),
    HTTP_TLS_CERT(
            Group.HTTP,
            "FILE",
            "Certificate to speak TLS with, and those that vouch for it, in PEM; read again when it changes."
                    + " Default: no TLS."),
    HTTP_TLS_KEY(Group.HTTP, "FILE", "The certificate's key, as PKCS #8 in PEM."),

    OUTPUT(Group.ELECTION, "table|json", "How to print it: for people, or for programs. Default: table."),
    TIMEOUT(Group.ELECTION, "DURATION", "How long it may take, written like 10s, 1m30s, 500ms or PT10S. Default: 30s."),

    TTL(
            Group.TIMING,
            "DURATION",
            "All times at once: the lease duration, half of it as renew deadline and a quarter as"
                    + " retry period. Default: 10s."),
    LEASE_DURATION(
            Group.TIMING,
            "DURATION",
            "How long others wait, without a sign of life from the leader, before one takes over. Default: 10s."),
    RENEW_DEADLINE(
            Group.TIMING,
            "DURATION",
            "How long a leader leads after the last renewal that succeeded. Default: half of the lease duration."),
    RETRY_PERIOD(Group.TIMING, "DURATION", "How long to wait between tries. Default: a quarter of the lease duration."),

    ELECTION_NAMESPACE(
            Group.KUBERNETES, "NAMESPACE", "Namespace of the lock. Default: that of the pod or of the kubeconfig."),
    LOCK(
            Group.KUBERNETES,
            "lease|endpoints",
            "What holds the lock: lease, or endpoints as the classic leader-elector. Default: lease."),
    KUBECONFIG(
            Group.KUBERNETES,
            "FILE",
            "How to reach the cluster. Default: the pod's service account, or $KUBECONFIG, or ~/.kube/config."),
    USE_CLUSTER_CREDENTIALS(
            Group.KUBERNETES,
            Form.SWITCH,
            "true|false",
            "Whether to use the cluster this runs in. Chooses the backend"
                    + " kubernetes:; there for the classic leader-elector's users.");

    /** A heading of the help text. */
    enum Group {
        ELECTION("Options"),
        COMMAND("Options for the command"),
        HTTP("Options for HTTP"),
        TIMING("Times, written like 10s, 1m30s, 500ms or PT10S; all candidates of an election use the same"),
        KUBERNETES("Options for Kubernetes");

        private final String heading;

        Group(String heading) {
            this.heading = heading;
        }

        String heading() {
            return heading;
        }
    }

    /** How often it is given, and whether it has a value. */
    enum Form {
        /** With a value; the last of several counts. */
        ONE,
        /** With a value; all of several count. */
        REPEATED,
        /** The flag alone means {@code true}. */
        SWITCH
    }

    /** What every command takes that opens a backend; each adds {@link #ELECTION} if it is about some. */
    static final List<Option> STORE =
            List.of(BACKEND, LOG_LEVEL, ELECTION_NAMESPACE, LOCK, KUBECONFIG, USE_CLUSTER_CREDENTIALS);

    /** What every command takes that contends. */
    static final List<Option> TIMES = List.of(TTL, LEASE_DURATION, RENEW_DEADLINE, RETRY_PERIOD);

    private final Group group;
    private final Form form;
    private final String valueLabel;
    private final String description;

    Option(Group group, String valueLabel, String description) {
        this(group, Form.ONE, valueLabel, description);
    }

    Option(Group group, Form form, String valueLabel, String description) {
        this.group = group;
        this.form = form;
        this.valueLabel = valueLabel;
        this.description = description;
    }

    Group group() {
        return group;
    }

    Form form() {
        return form;
    }

    /** What stands for the value in the help text; the values themselves, separated by bars, where they are fixed. */
    String valueLabel() {
        return valueLabel;
    }

    /** The values it takes, if these are fixed; otherwise empty. */
    List<String> choices() {
        return valueLabel.indexOf('|') < 0 ? List.of() : List.of(valueLabel.split("\\|"));
    }

    /** What it does and its default, for the help text. */
    String description() {
        return description;
    }

    /** {@code --lease-duration}. */
    String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code --lease-duration=DURATION}. */
    String usage() {
        return flag() + "=" + valueLabel;
    }

    /** {@code ELECTION_LEASE_DURATION}. */
    String variable() {
        return "ELECTION_" + name();
    }
}
