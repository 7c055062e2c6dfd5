package dev.election;

import java.time.Duration;
import java.util.OptionalLong;

/** What one process knows of who leads an election, at the moment it was asked. */
public sealed interface LeaderView {

    /**
     * A candidate holds an unexpired lease, as far as we know.
     *
     * @param identity its identity, without the incarnation if this library wrote the record; the holder as it stands
     *     in the store otherwise
     * @param fencingToken the token of its term; empty when another implementation wrote the record
     * @param age how long ago we last had a sign of it
     */
    record Known(String identity, OptionalLong fencingToken, Duration age) implements LeaderView {}

    /** Nobody leads: the lock is free, or there is no record yet. */
    record None() implements LeaderView {}

    /** Not known: nothing was heard from the store yet, or what was heard is too old to trust, or unreadable. */
    record Unknown() implements LeaderView {}
}
