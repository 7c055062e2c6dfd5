package dev.election.spi;

import org.jspecify.annotations.Nullable;

/**
 * Receives what a watch saw. Methods may be called on any thread, one at a time; they return at once and never throw.
 */
public interface WatchListener {

    /**
     * The record changed. Repeated and coalesced reports are fine; a report of an older state than one already given
     * is recognised by its revision.
     *
     * @param current what the store holds now, {@link Snapshot#ABSENT} after a deletion, or null when the store only
     *     told that something changed, or holds what cannot be read: the elector then reads
     */
    void changed(@Nullable Snapshot current);

    /**
     * The watch has ended, and changes may have been missed. Called at most once, and last. Not called after the watch
     * was closed by its owner.
     *
     * @param cause why; a {@link BackendException} of kind {@code DENIED} says that watching is not permitted
     */
    void lost(Throwable cause);
}
