package dev.election;

import java.util.Locale;

/** The kinds of what can go wrong in a simulated world, while its faults are on. */
enum SimulationFault {
    /** A request never reaches the store. */
    LOST_REQUEST,
    /** The store does what was asked, and the answer never comes. */
    LOST_ANSWER,
    /** A message takes up to longer than a lease. */
    DELAY,
    /** A write arrives long after anybody waits for its answer, perhaps after the death of its sender. */
    ZOMBIE_WRITE,
    /** A request arrives twice; what the store makes of the second is told to nobody. */
    DUPLICATE,
    ERROR_TRANSIENT,
    ERROR_OVERLOADED,
    ERROR_DENIED,
    ERROR_REFUSED,
    /** The write was done, and an error is told: nobody knows. */
    ERROR_AFTER_WRITE,
    /** A read tells of the past, against rule S3. Who leads stays true; giving up for nothing does not count. */
    STALE_READ,
    WATCH_LOST,
    /** An event is never told, against rule S9: the poll is the net. */
    WATCH_MISSED,
    WATCH_REPEATED,
    /** A process does not reach the store for a while. */
    CUT_OFF,
    /** Nobody reaches the store for a while. */
    OUTAGE,
    RECORD_DELETED,
    /** Deleted, and created free by hand, which tells nothing of the past. */
    RECORD_RECREATED,
    /** Unreadable, until somebody restores it. */
    RECORD_CORRUPTED,
    /** A label changes: the same record at another version. */
    RECORD_TOUCHED,
    /** Somebody writes a holder who never renews, with a lease of years. */
    RECORD_HOSTILE,
    /** Members with client-go's rules take part. They weaken the fleet (rule E14). */
    CLIENT_GO,
    /** A process stands still; its clocks go on. */
    PAUSE,
    /** A machine sleeps: its monotonic clock stands still, its wall clock goes on (rule E2). */
    SLEEP,
    CRASH,
    /** Without restart. */
    CRASH_FOR_GOOD,
    WALL_CLOCK_JUMP,
    RESIGNATION,
    SHUTDOWN,
    CALLBACK_THROWS,
    CALLBACK_HANGS,
    CALLBACK_SLOW,
    /** Two processes are given one identity by mistake (rule E10). */
    TWIN_IDENTITY;

    /** As it is called on a command line and in figures. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
