package dev.election;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;

/** One call of the store that the machine asked for. Answered exactly once. */
sealed interface Call {

    /** Names the call in its answer. */
    long id();

    /** Monotonic time after which nothing is sent any more, and no answer is waited for (rule E12). */
    long deadline();

    record Read(long id, long deadline) implements Call {}

    record Swap(long id, long deadline, Version expected, LockRecord next) implements Call {}

    /** What became of a call. */
    sealed interface Answer {

        record Found(Snapshot snapshot) implements Answer {}

        record Swapped(CasOutcome outcome) implements Answer {}

        /** Definitely nothing was written. */
        record Failed(BackendException cause) implements Answer {}

        /** The deadline passed before a thread was free to send it. */
        record NotSent() implements Answer {}
    }
}
