package dev.election.tck;

/** One thing that can go wrong with one event of a watch, for {@link FaultInjectingBackend}. */
public enum EventFault {
    /** Nothing; takes a place in a script. */
    NONE,
    /** The event is lost, and nobody told. <strong>Breaks S9</strong>; elections bear it, since they poll too. */
    LOSE,
    /** The event comes twice. */
    REPEAT,
    /** The event does not show the record, and only tells that something changed. */
    HIDE,
    /** The watch ends instead, and says so. */
    END_WATCH
}
