package dev.election.spi;

import java.util.Objects;

/**
 * One thing that an examination found out about a store and an election in it, for people.
 *
 * @param topic what it is about
 * @param severity whether it stands in the way
 * @param text what was found, as a sentence without a full stop
 * @param remedy what to do about it: lines to copy, such as commands or YAML, or an instruction; empty when there is
 *     nothing to do or nothing known. Holds no secrets
 */
public record Finding(Topic topic, Severity severity, String text, String remedy) {

    /** What a finding is about; the order is that in which people read them. */
    public enum Topic {
        /** Whether the store answers. */
        REACHABLE,
        /** Whether we may do what a candidate has to do. */
        ACCESS,
        /** What the store holds under the election's name. */
        RECORD,
        /** Whether changes are noticed at once. */
        WATCH,
        /** Whether the store itself is fit for it. */
        STORE,
        /** This machine's clock beside the store's. */
        CLOCK,
        /** How long the store takes to answer. */
        ROUND_TRIP,
        /** The times of the election. */
        TIMING
    }

    /** Whether a finding stands in the way of an election. */
    public enum Severity {
        /** As it should be. */
        OK,
        /** An election can be held; it could be held better, or something is to be looked at. */
        WARNING,
        /** No election can be held, or not by us. */
        PROBLEM,
        /** It could not be found out without changing something, or not at all. */
        UNKNOWN
    }

    public Finding {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** It is as it should be. */
    public static Finding ok(Topic topic, String text) {
        return new Finding(topic, Severity.OK, text, "");
    }

    /** It works, but. */
    public static Finding warning(Topic topic, String text, String remedy) {
        return new Finding(topic, Severity.WARNING, text, remedy);
    }

    /** It stands in the way. */
    public static Finding problem(Topic topic, String text, String remedy) {
        return new Finding(topic, Severity.PROBLEM, text, remedy);
    }

    /** It could not be found out. */
    public static Finding unknown(Topic topic, String text) {
        return new Finding(topic, Severity.UNKNOWN, text, "");
    }
}
