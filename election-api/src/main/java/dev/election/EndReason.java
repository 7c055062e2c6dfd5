package dev.election;

/** Why a term of leadership ended. */
public enum EndReason {
    /** No renewal was acknowledged in time, or the process slept. */
    EXPIRED,
    /** The store no longer holds our record: another candidate, or an operator, wrote or deleted it. */
    CONFLICT,
    /** {@link LeaderElector#resign()} was called. */
    RESIGNED,
    /** The {@link LeadershipTask} returned. */
    TASK_FINISHED,
    /** The {@link LeadershipTask} or a listener threw. */
    TASK_FAILED,
    /** The elector was closed. */
    CLOSED
}
