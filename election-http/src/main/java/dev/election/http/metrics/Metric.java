package dev.election.http.metrics;

import java.util.List;
import java.util.Locale;

/** The metrics there are. The first two are client-go's, for dashboards that know these. */
public enum Metric {
    LEADER_ELECTION_MASTER_STATUS(Type.GAUGE, "Whether this process leads: 1 or 0.", "name"),
    LEADER_ELECTION_SLOWPATH_TOTAL(
            Type.COUNTER, "Renewals that succeeded only after one had failed and the record was read again.", "name"),
    ELECTION_TRANSITIONS_TOTAL(
            Type.COUNTER,
            "Terms, of whichever candidate, that this process has seen; the one it found at its start is the first.",
            "name"),
    ELECTION_LEADER_INFO(
            Type.GAUGE, "Always 1, with the leader; absent while nobody leads or it is not known.", "name", "leader"),
    ELECTION_FENCING_TOKEN(Type.GAUGE, "The fencing token of the leader's term; absent where it is not known.", "name"),
    ELECTION_HEALTHY(Type.GAUGE, "Whether the election can do its work, as far as this process knows: 1 or 0.", "name"),
    ELECTION_LEASE_REMAINING_SECONDS(
            Type.GAUGE, "For how long this process leads without a further renewal; 0 when it does not lead.", "name"),
    ELECTION_RENEWAL_SECONDS(Type.HISTOGRAM, "Time from sending a renewal until it was acknowledged.", "name"),
    ELECTION_RENEWAL_MARGIN_SECONDS(
            Type.HISTOGRAM, "Time that was left of the term when its renewal was acknowledged.", "name"),
    ELECTION_STORE_ERRORS_TOTAL(
            Type.COUNTER,
            "Calls to the store that failed, and watches that were lost; kind is transient, denied, unreadable, refused"
                    + " or lost.",
            "name",
            "kind"),
    ELECTION_UNKNOWN_OUTCOMES_TOTAL(
            Type.COUNTER, "Writes of which it is not known whether the store has them.", "name");

    /** As Prometheus has them. */
    public enum Type {
        GAUGE,
        COUNTER,
        HISTOGRAM
    }

    private final Type type;
    private final String help;
    private final List<String> labels;

    Metric(Type type, String help, String... labels) {
        this.type = type;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** {@code election_transitions_total}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What kind of metric it is. */
    public Type type() {
        return type;
    }

    /** What it tells, in one sentence. */
    public String help() {
        return help;
    }

    /** The names of its labels, but for {@code le} of a histogram. {@code name} is the election's. */
    public List<String> labels() {
        return labels;
    }
}
