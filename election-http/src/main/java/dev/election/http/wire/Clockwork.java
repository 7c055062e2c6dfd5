package dev.election.http.wire;

/** What the handler of a server's exchanges does as time passes. All is called on the server's thread, and returns at once. */
public interface Clockwork {

    /**
     * When {@link #tick} is to be called next, which happens up to 100 ms later. Asked for again and again.
     *
     * @param now {@link System#nanoTime()}
     */
    long nanosUntilDue(long now);

    /**
     * Does what is due.
     *
     * @param now {@link System#nanoTime()}
     */
    void tick(long now);
}
