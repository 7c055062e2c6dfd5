package dev.election;

/**
 * Looks on an election without contending. Made and started by {@link Elections#observe}. Thread-safe; nothing here
 * waits.
 */
public final class LeaderObserver implements AutoCloseable {

    private final String election;
    private final ElectionLoop loop;

    LeaderObserver(String election, ElectionLoop loop) {
        this.election = election;
        this.loop = loop;
        loop.start();
    }

    /** The election's name. */
    public String election() {
        return election;
    }

    /** What is known of who leads, by the clock, now. */
    public LeaderView leader() {
        return loop.leader();
    }

    /** Whether the store can be seen, as far as this process knows. */
    public ElectionHealth health() {
        return loop.health();
    }

    /** Stops looking. Idempotent. */
    @Override
    public void close() {
        loop.close();
    }

    @Override
    public String toString() {
        return "LeaderObserver[" + election + "]";
    }
}
