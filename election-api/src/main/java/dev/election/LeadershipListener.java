package dev.election;

/**
 * Is told when terms start and end. One call at a time and in order, on a thread of the {@link Elections}' callback
 * pool; never on the thread that renews (rules E4, E9).
 *
 * <p>Starts and stops come in strict pairs. A start that could not be delivered before its term ended is dropped
 * together with its stop. The candidate does not contend again before {@code onStoppedLeading} has returned. A method
 * that throws is logged, and ends the term.
 */
public interface LeadershipListener {

    /**
     * This candidate leads. May take long or start work elsewhere; work checks {@link Leadership#isValid()}, since the
     * term may end while this method still runs.
     */
    default void onStartedLeading(Leadership leadership) {}

    /**
     * The term is over: its handle already reads invalid. Stop the work before returning; while this method runs after
     * a voluntary end, the lease is kept, for at most the lease duration, so that no other candidate starts meanwhile.
     */
    default void onStoppedLeading(EndReason reason) {}

    /** Another candidate leads, or nobody does, or it is not known. Successive changes may be merged into the last. */
    default void onNewLeader(LeaderView leader) {}
}
