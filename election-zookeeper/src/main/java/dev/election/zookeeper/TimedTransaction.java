package dev.election.zookeeper;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.jute.OutputArchive;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.Op;

/**
 * A transaction that is put on the wire in time or never (rule S6).
 *
 * <p>ZooKeeper's client queues requests, and sends what it queued whenever a connection comes up, however late. But it
 * turns a request into bytes only at the very moment at which it writes them to the socket. So that moment decides,
 * once: in time, it is sent; too late, or after {@link #drop}, a transaction that changes nothing and always fails goes
 * out in its place, and what stood here is known not to have been, nor ever to be, sent.
 *
 * <p>Nor is it sent before a session was agreed on: under TLS the client writes requests while the handshake is still
 * going on, and keeps the bytes until it is done.
 */
final class TimedTransaction extends MultiOperationRecord {

    private enum State {
        QUEUED,
        SENT,
        DROPPED
    }

    /** No node has this version, as versions begin at 0; and it is not -1, which would fit any. */
    private static final int NO_VERSION = Integer.MIN_VALUE;

    private static final MultiOperationRecord FAILING = new MultiOperationRecord(List.of(Op.check("/", NO_VERSION)));

    private final Deadline deadline;
    private final BooleanSupplier connected;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

    /** @param connected whether the client has a session on its current connection */
    TimedTransaction(Iterable<Op> operations, Deadline deadline, BooleanSupplier connected) {
        super(operations);
        this.deadline = deadline;
        this.connected = connected;
    }

    /** Called by the thread that writes to the socket, right before it does. */
    @Override
    public void serialize(OutputArchive archive, String tag) throws IOException {
        if (deadline.hasPassed() || !connected.getAsBoolean()) {
            drop();
        }
        if (markSent()) {
            super.serialize(archive, tag);
        } else {
            FAILING.serialize(archive, tag);
        }
    }

    /** Says that it is sent now; false when it was dropped before. */
    boolean markSent() {
        return state.compareAndSet(State.QUEUED, State.SENT);
    }

    /**
     * Sees to it that this is never sent, if it was not yet.
     *
     * @return whether it was not sent, and never will be
     */
    boolean drop() {
        return state.compareAndSet(State.QUEUED, State.DROPPED) || state.get() == State.DROPPED;
    }
}
