package dev.election.http;

import java.util.Locale;

/**
 * The options of the sidecar. Each can be given as a flag and by an environment variable whose name follows from the
 * flag's; the flag wins.
 */
enum SidecarOption {
    ELECTION(Group.ELECTION, "NAME", "Name of the election. Required."),
    ID(Group.ELECTION, "NAME", "Identity of this candidate. Default: the host name."),
    HTTP(
            Group.ELECTION,
            "HOST:PORT",
            "Where to answer HTTP requests. localhost: both loopback addresses; no host, as in"
                    + " :4040: all addresses; port 0: any free port, which is logged. Default: no HTTP."),
    BACKEND(
            Group.ELECTION,
            "URI",
            "The store. Default: kubernetes: inside a cluster or with an option for Kubernetes;"
                    + " otherwise ~/.local/state/election (under $XDG_STATE_HOME if set) as file:, for the processes of one"
                    + " machine."),
    LOG_LEVEL(Group.ELECTION, "LEVEL", "error, warn, info, debug or trace. Default: info."),

    TTL(
            Group.TIMING,
            "DURATION",
            "All times at once: the lease duration, half of it as renew deadline and a quarter as"
                    + " retry period. Default: 10s."),
    LEASE_DURATION(
            Group.TIMING,
            "DURATION",
            "How long others wait, without a sign of life from the leader, before one" + " takes over. Default: 10s."),
    RENEW_DEADLINE(
            Group.TIMING,
            "DURATION",
            "How long a leader leads after the last renewal that succeeded. Default:" + " half of the lease duration."),
    RETRY_PERIOD(Group.TIMING, "DURATION", "How long to wait between tries. Default: a quarter of the lease duration."),

    ELECTION_NAMESPACE(
            Group.KUBERNETES,
            "NAMESPACE",
            "Namespace of the lock. Default: that of the pod or of the" + " kubeconfig."),
    LOCK(
            Group.KUBERNETES,
            "KIND",
            "What holds the lock: lease, or endpoints as the classic leader-elector. Default:" + " lease."),
    KUBECONFIG(
            Group.KUBERNETES,
            "FILE",
            "How to reach the cluster. Default: the pod's service account, or $KUBECONFIG," + " or ~/.kube/config."),
    USE_CLUSTER_CREDENTIALS(
            Group.KUBERNETES,
            "true|false",
            "Whether to use the cluster this runs in. Chooses the backend"
                    + " kubernetes:; there for the classic leader-elector's users.");

    /** A heading of the help text. */
    enum Group {
        ELECTION("Options"),
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

    private final Group group;
    private final String valueLabel;
    private final String description;

    SidecarOption(Group group, String valueLabel, String description) {
        this.group = group;
        this.valueLabel = valueLabel;
        this.description = description;
    }

    Group group() {
        return group;
    }

    /** What stands for the value in the help text. */
    String valueLabel() {
        return valueLabel;
    }

    /** What it does and its default, for the help text. */
    String description() {
        return description;
    }

    /** Whether the flag alone means {@code true}. */
    boolean isSwitch() {
        return this == USE_CLUSTER_CREDENTIALS;
    }

    /** {@code --lease-duration}. */
    String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code ELECTION_LEASE_DURATION}. */
    String variable() {
        return "ELECTION_" + name();
    }
}
