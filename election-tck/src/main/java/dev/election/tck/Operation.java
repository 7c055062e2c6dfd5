package dev.election.tck;

/**
 * One call of a history: what was asked, what was answered, and when.
 *
 * <p>A state of the record is named by the attempt that wrote it, or {@link #ABSENT}.
 *
 * @param caller who called, for messages
 * @param kind what was asked and answered
 * @param expected the state that a swap expected; empty otherwise
 * @param written the state that a swap writes; empty otherwise
 * @param seen the state that the answer told of; empty when it told of none
 * @param invoked when it began, counted in events of the history
 * @param returned when it ended; {@link #NEVER} when what it did may happen at any later time
 */
record Operation(String caller, Kind kind, String expected, String written, String seen, long invoked, long returned) {

    /** There is no record. */
    static final String ABSENT = "absent";

    static final long NEVER = Long.MAX_VALUE;

    /** What was asked and answered. */
    enum Kind {
        READ,
        /** A swap that was applied. */
        APPLIED,
        /** A swap that was not, because its version did not fit. */
        CONFLICT,
        /** A swap whose outcome is not known. */
        MAYBE,
        /** A deletion that found a record. */
        DELETED,
        /** A deletion that found none. */
        FOUND_NONE,
        /** A deletion whose outcome is not known. */
        MAYBE_DELETED
    }

    /** Whether it may have happened or not. */
    boolean isOpen() {
        return kind == Kind.MAYBE || kind == Kind.MAYBE_DELETED;
    }

    /** Whether it can have happened, as an instant's work, to this state. */
    boolean fits(String state) {
        return switch (kind) {
            case READ -> state.equals(seen);
            case APPLIED, MAYBE -> state.equals(expected);
            case CONFLICT -> !state.equals(expected) && (seen.isEmpty() || state.equals(seen));
            case DELETED, MAYBE_DELETED -> !state.equals(ABSENT);
            case FOUND_NONE -> state.equals(ABSENT);
        };
    }

    /** The state that it leaves. */
    String leaves(String state) {
        return switch (kind) {
            case READ, CONFLICT, FOUND_NONE -> state;
            case APPLIED, MAYBE -> written;
            case DELETED, MAYBE_DELETED -> ABSENT;
        };
    }

    @Override
    public String toString() {
        String what = switch (kind) {
            case READ -> "read " + name(seen);
            case APPLIED -> "swapped " + name(expected) + " for " + name(written);
            case CONFLICT ->
                "was told of a conflict with " + (seen.isEmpty() ? "something" : name(seen)) + ", expecting "
                        + name(expected);
            case MAYBE -> "may have swapped " + name(expected) + " for " + name(written);
            case DELETED -> "deleted the record";
            case FOUND_NONE -> "found no record to delete";
            case MAYBE_DELETED -> "may have deleted the record";
        };
        return caller + " " + what + " [" + invoked + ", " + (returned == NEVER ? "…" : returned) + "]";
    }

    /** Attempts are long, and their beginning tells them apart. */
    private static String name(String state) {
        return state.length() > 8 ? state.substring(0, 8) : state;
    }
}
