package dev.election;

import dev.election.spi.Snapshot;
import org.jspecify.annotations.Nullable;

/** One election's way to its store; the seam at which a simulator takes the place of threads and of a network. */
interface Store {

    /** Takes what the store says. Methods may be called on any thread. */
    interface Replies {

        void answered(long call, @Nullable Moment sent, Call.Answer answer);

        void watchOpened(long watch);

        void watchChanged(long watch, @Nullable Snapshot seen);

        void watchLost(long watch, Throwable cause);
    }

    /** Makes a call and answers it exactly once, on another thread or later. Returns at once. */
    void invoke(Call call, Replies replies);

    /** Opens a watch; says that it is open or lost. Returns at once. */
    void openWatch(long watch, Replies replies);

    /** Closes the watch that was opened last. */
    void closeWatch(long watch);
}
