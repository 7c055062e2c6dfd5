package dev.election.kubernetes;

import java.io.ByteArrayInputStream;

/**
 * The body of a write, which can be taken once, and not after its deadline.
 *
 * <p>So nothing below us can send a write twice (rule S7), whatever it believes can be repeated, and nothing can send
 * it late (rule S6), whatever held it up: a slow connection, a starved thread, a process that was stopped. A request
 * without its body is not applied: it is shorter than its {@code Content-Length} says.
 */
final class OneShotBody extends ByteArrayInputStream {

    private final Deadline deadline;
    private boolean withheld;

    OneShotBody(byte[] content, Deadline deadline) {
        super(content);
        this.deadline = deadline;
    }

    /** Whether nothing of it was ever given out, nor will be. */
    synchronized boolean isWithheld() {
        return withheld;
    }

    @Override
    public synchronized int read() {
        throw new UnsupportedOperationException("an HTTP client reads in blocks");
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) {
        if (pos < count && deadline.hasPassed()) {
            withheld = pos == 0;
            pos = count;
        }
        return super.read(target, offset, length);
    }

    /** Does not give it back. */
    @Override
    public synchronized void reset() {
        throw new UnsupportedOperationException("the body of a write is taken once");
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
