package dev.election.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of a compare-and-swap (rule S2). {@code Applied} and {@code Conflict} are facts; whatever may or may not
 * have been applied is {@code Unknown}.
 */
public sealed interface CasOutcome {

    /**
     * The record was swapped.
     *
     * @param current what the store holds by this write
     */
    record Applied(Snapshot current) implements CasOutcome {
        public Applied {
            if (current.isAbsent()) {
                throw new IllegalArgumentException("an applied write leaves a record");
            }
        }
    }

    /**
     * Nothing was written: the expected version is not the current one.
     *
     * @param current what the store holds instead, where it told so in the same answer; null when it did not
     */
    record Conflict(@Nullable Snapshot current) implements CasOutcome {}

    /**
     * The write may have been applied, may be applied later, or may never be.
     *
     * @param cause why it is not known
     */
    record Unknown(Throwable cause) implements CasOutcome {
        public Unknown {
            Objects.requireNonNull(cause, "cause");
        }
    }
}
