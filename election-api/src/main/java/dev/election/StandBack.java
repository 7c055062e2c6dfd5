package dev.election;

/** How long a candidate that gave up a term lets others go first: until one has led, or a cool-down is over (rule E8). */
final class StandBack {

    private static final int MAX_DOUBLINGS = 6;

    private final long leaseNanos;
    private boolean standing;
    private long until;
    private int failures;

    StandBack(long leaseNanos) {
        this.leaseNanos = leaseNanos;
    }

    /**
     * A term is given up.
     *
     * @param lasted how long it lasted, in nanoseconds
     */
    void begin(long now, EndReason reason, long lasted) {
        boolean failed = reason == EndReason.TASK_FAILED;
        boolean again = failed && lasted < coolDown();
        failures = failed ? again ? Math.min(failures + 1, MAX_DOUBLINGS) : 1 : 0;
        begin(now);
    }

    /** Begins, or counts the cool-down anew. */
    void begin(long now) {
        standing = true;
        until = now + coolDown();
    }

    /** The term has ended altogether: only now the cool-down begins to count. */
    void restart(long now) {
        if (standing) {
            begin(now);
        }
    }

    void end() {
        standing = false;
    }

    /** The first moment at which to contend again; 0 when there is none to wait for. */
    long until() {
        return standing ? until : 0;
    }

    /** One lease; doubled with every term after the first that failed without having lasted even that long. */
    private long coolDown() {
        return leaseNanos << Math.max(0, failures - 1);
    }
}
