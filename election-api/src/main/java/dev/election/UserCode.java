package dev.election;

/** Tells an application of its terms, on threads of its own (rule E9). Methods return at once. */
interface UserCode {

    /** Takes what became of the user's code. Methods may be called on any thread. */
    interface Reports {

        /** The work ends its term. */
        void giveUp(Leadership leadership, EndReason reason);

        /** All user code of an ended term has returned; called exactly once for each. */
        void workStopped(Leadership leadership);
    }

    void started(Leadership leadership, Reports reports);

    void ended(Leadership leadership, EndReason reason, Reports reports);

    void leaderChanged(LeaderView view);

    /** What the candidate answers when it is asked is another than before. */
    default void changed() {}

    /** Whether the current thread runs this user code, and so must not wait for its end. */
    boolean isCurrentThread();
}
