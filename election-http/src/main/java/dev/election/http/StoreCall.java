package dev.election.http;

import dev.election.spi.BackendException;
import dev.election.spi.LockRecord;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call of an election to its store, and what became of it.
 *
 * @param election the election's name
 * @param sent {@link System#nanoTime()} just before the call
 * @param took until the store answered, or the call was given up
 * @param written what a {@link Operation#SWAP} was to write; null for others
 */
public record StoreCall(
        String election,
        Operation operation,
        Outcome outcome,
        long sent,
        Duration took,
        @Nullable LockRecord written) {

    /** What was asked of the store. */
    public enum Operation {
        READ,
        SWAP,
        /** To open a watch; or, with {@link Outcome#LOST}, the end of one that was open. */
        WATCH,
        DELETE
    }

    /** What is known of it. */
    public enum Outcome {
        /** Answered: read, applied, open, or deleted. */
        DONE,
        /** A swap found another version than it expected. */
        CONFLICT,
        /** It may have been applied or not. */
        UNKNOWN,
        /** A passing failure; nothing was done. */
        TRANSIENT,
        /** Not permitted; nothing was done. */
        DENIED,
        /** What is stored is no record. */
        UNREADABLE,
        /** The store refuses the request as it is. */
        REFUSED,
        /** An open watch ended. */
        LOST;

        static Outcome of(BackendException.Kind kind) {
            return switch (kind) {
                case TRANSIENT -> TRANSIENT;
                case DENIED -> DENIED;
                case UNREADABLE -> UNREADABLE;
                case REFUSED -> REFUSED;
            };
        }
    }

    /** Whether the store holds what was to be written. */
    public boolean isApplied() {
        return operation == Operation.SWAP && outcome == Outcome.DONE;
    }
}
