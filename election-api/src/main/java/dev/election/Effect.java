package dev.election;

import org.jspecify.annotations.Nullable;

/** What the machine wants done; carried out by {@link ElectionLoop} in the order given. */
sealed interface Effect {

    /** Call the store, and answer. */
    record Invoke(Call call) implements Effect {}

    /** Open a watch, and say whether it is open or lost. */
    record OpenWatch(long watch) implements Effect {}

    /** Close the watch that was last opened or is being opened. */
    record CloseWatch(long watch) implements Effect {}

    /** A term began; its validity counts from {@code sent}. */
    record TermStarted(long term, long fencingToken, Moment sent) implements Effect {}

    /** The term's validity now counts from {@code sent}. */
    record TermExtended(long term, Moment sent) implements Effect {}

    /** The term is over. The work is to stop; the machine is told when it has. */
    record TermEnded(long term, EndReason reason) implements Effect {}

    /** Somebody else leads, or nobody does, or it is no longer known. */
    record LeaderChanged(LeaderView view) implements Effect {}

    /** What is wrong changed; null when all is well again. */
    record HealthChanged(@Nullable String problem) implements Effect {}

    /** Watching does not work, so the store is polled; said once for each reason. */
    record Polling(Throwable cause) implements Effect {}

    /** What {@code resign} waited for has happened: the lock is free of us, or the bound passed. */
    record Resigned(boolean released) implements Effect {}

    /** The machine is closed; it asks for nothing more. */
    record Closed() implements Effect {}
}
