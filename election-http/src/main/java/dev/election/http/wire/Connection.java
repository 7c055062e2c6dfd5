package dev.election.http.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: reads a request, has it answered, writes the answer, and so on. Only ever touched by the
 * server's thread. Requests that a client sends before it has its answer wait in its own socket.
 */
final class Connection implements Exchange {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    /** So that one client which sends without end leaves time for the others. */
    private static final int READS_AT_ONCE = 4;

    private enum State {
        /** Between requests, or amid one. */
        READING,
        /** A request is with its handler. */
        HELD,
        /** A whole answer is being written. */
        ANSWERING,
        /** A stream goes on until the client leaves. */
        STREAMING,
        /** All was said; what the client still sends is read, so that it gets to see the answer and no reset. */
        DRAINING,
        CLOSED
    }

    private final Loop loop;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Transport transport;
    private final InetSocketAddress local;
    private final RequestReader reader = new RequestReader();

    private State state = State.READING;
    private @Nullable Request request;
    private boolean inputEnded;
    private boolean proceedsSoon;
    private boolean readsSoon;
    private boolean closeAfterAnswer;
    private @Nullable ByteBuffer out;
    private @Nullable Source source;
    private @Nullable Runnable onGone;

    /** Of the loop's deadlines, the ones that this connection is under. */
    private @Nullable Deadlines deadlines;

    Connection(Loop loop, SocketChannel channel, SelectionKey key, Transport transport) throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.key = key;
        this.transport = transport;
        this.local = (InetSocketAddress) channel.getLocalAddress();
        enter(loop.idle);
    }

    // ---- What the loop asks for ----

    /** Does what the channel is ready for. */
    void ready() {
        ready(key.isReadable(), key.isWritable());
    }

    private void ready(boolean reads, boolean writes) {
        try {
            if (reads) {
                read(loop.buffer);
            }
            if (state != State.CLOSED && writes) {
                write();
            }
        } catch (IOException gone) {
            close();
        } catch (RuntimeException | Error e) { // of a source; this connection only must suffer
            log.error("a connection failed", e);
            close();
        }
    }

    /** The time is over for what it is at. */
    void overdue() {
        if (state == State.READING && reader.isAmidRequest()) {
            refuse(Answer.problem(408, "the request did not arrive in time"));
        } else {
            close();
        }
    }

    void close() {
        if (state == State.CLOSED) {
            return;
        }
        boolean wasHeld = state == State.HELD || state == State.STREAMING;
        state = State.CLOSED;
        enter(null);
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("closing a connection failed", e);
        }
        loop.closed(this);
        if (wasHeld) {
            released();
        }
    }

    // ---- Reading ----

    private void read(ByteBuffer buffer) throws IOException {
        for (int i = 0; i < READS_AT_ONCE && state != State.CLOSED; i++) {
            buffer.clear();
            boolean collects = state == State.READING || state == State.HELD || state == State.ANSWERING;
            if (collects) {
                int room = reader.room(state != State.READING);
                if (room == 0) {
                    interest(); // what else it sends waits until this is answered
                    return;
                }
                buffer.limit(Math.min(buffer.capacity(), room));
            }
            int count = transport.read(buffer);
            if (count < 0) {
                ended();
                return;
            }
            if (count == 0) {
                return;
            }
            if (collects) {
                reader.add(buffer.flip());
                if (!proceedsSoon) { // or each read would add a turn to the one that it has
                    proceed();
                }
            }
        }
        readSoon();
    }

    /** The selector tells only of bytes that are yet to be received. */
    private void readSoon() {
        if (transport.isReadable() && !readsSoon) { // or each read would add a turn to the one that it has
            readsSoon = true;
            loop.execute(() -> {
                readsSoon = false;
                if (state != State.CLOSED) {
                    ready(true, false);
                }
            });
        }
    }

    /** The client sends nothing more; it may still wait for its answer. */
    private void ended() {
        inputEnded = true;
        if (state == State.ANSWERING || proceedsSoon) {
            interest();
        } else {
            close();
        }
    }

    /** Takes the next request if it is complete. */
    private void proceed() {
        if (state != State.READING) {
            return;
        }
        Request complete;
        try {
            complete = reader.next(local);
        } catch (Refusal refusal) {
            refuse(refusal.answer());
            return;
        }
        if (complete != null) {
            request = complete;
            closeAfterAnswer = !complete.keepAlive();
            state = State.HELD;
            enter(null);
            try {
                loop.handler.handle(this);
            } catch (RuntimeException | Error e) {
                log.error("could not answer {} {}", complete.method(), complete.path(), e);
                answer(Answer.problem(500, "this is a bug; the log says more"));
            }
        } else if (inputEnded) {
            close();
        } else {
            awaitRest();
        }
    }

    private void awaitRest() {
        Deadlines limit = reader.isAmidRequest() ? loop.requests : loop.idle; // amid none after empty lines
        if (deadlines != limit) {
            enter(limit);
        }
        if (reader.takeContinueWanted()) {
            send(ByteBuffer.wrap(Heads.CONTINUE));
            if (out != null) {
                close(); // it has read nothing of several earlier answers
            }
        }
    }

    private void refuse(Answer answer) {
        request = null;
        closeAfterAnswer = true;
        state = State.HELD;
        answer(answer);
    }

    // ---- Answering ----

    @Override
    public Request request() {
        return Objects.requireNonNull(request);
    }

    @Override
    public void answer(Answer answer) {
        if (state != State.HELD) {
            return;
        }
        forgetHold();
        state = State.ANSWERING;
        boolean headOnly = request != null && request.isHead();
        enter(loop.answers);
        send(Heads.answer(answer, closeAfterAnswer, headOnly));
    }

    @Override
    public boolean hold(Runnable onGone) {
        if (state != State.HELD || hasLeft() || !mayHold()) {
            return false;
        }
        this.onGone = onGone;
        request = request().remembered();
        if (reader.forgetMany()) { // who asks for more meanwhile has to ask again (RFC 9112, 9.3.2)
            closeAfterAnswer = true;
        }
        interest();
        return true;
    }

    @Override
    public boolean stream(String contentType, Source source, Runnable onGone) {
        if (state != State.HELD || !request().isHead() && hasLeft() || !mayHold()) {
            return false;
        }
        this.onGone = onGone;
        if (request().isHead()) {
            forgetHold();
            state = State.ANSWERING;
            closeAfterAnswer = true;
            enter(loop.answers);
        } else {
            state = State.STREAMING;
            request = null;
            reader.forget();
            this.source = source;
        }
        send(Heads.stream(contentType));
        return state == State.STREAMING;
    }

    @Override
    public void more() {
        if (state == State.STREAMING && out == null) {
            try {
                write();
            } catch (IOException gone) {
                close();
            } catch (RuntimeException | Error e) { // of its source: other streams must not suffer
                log.error("a stream failed", e);
                close();
            }
        }
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /** Ends if the client sends nothing more: whether it still waits would not be seen any more. */
    private boolean hasLeft() {
        if (inputEnded) {
            close();
        }
        return inputEnded;
    }

    private boolean mayHold() {
        if (loop.mayHold()) {
            return true;
        }
        answer(Answer.problem(503, "too many wait already; ask again later").with("Retry-After", "5"));
        return false;
    }

    private void forgetHold() {
        if (onGone != null) {
            onGone = null;
            loop.holdEnded();
        }
    }

    private void released() {
        Runnable told = onGone;
        forgetHold();
        if (told != null) {
            told.run();
        }
    }

    // ---- Writing ----

    private void send(ByteBuffer bytes) {
        out = bytes;
        try {
            write();
        } catch (IOException gone) {
            close();
        }
    }

    private void write() throws IOException {
        while (true) {
            if (out == null) {
                byte[] next = source == null ? null : source.next();
                if (next == null) {
                    break;
                }
                out = ByteBuffer.wrap(next);
            }
            int before = out.remaining();
            boolean done = transport.write(out);
            if (!done) {
                if (state == State.STREAMING && (deadlines == null || out.remaining() < before)) {
                    enter(loop.streams); // its time counts anew whenever it takes some
                }
                interest();
                return;
            }
            out = null;
        }
        written();
    }

    private void written() throws IOException {
        if (state == State.ANSWERING && closeAfterAnswer) {
            if (inputEnded) {
                close();
                return;
            }
            transport.endOutput();
            state = State.DRAINING;
            reader.forget();
            enter(loop.drains);
        } else if (state == State.ANSWERING) {
            request = null;
            state = State.READING;
            enter(reader.isAmidRequest() ? loop.requests : loop.idle);
            interest();
            if (reader.isAmidRequest()) {
                proceedsSoon = true; // later, so that others have their turn, and the stack its end
                loop.execute(() -> {
                    proceedsSoon = false;
                    proceed();
                    if (state == State.READING) { // what comes next may have had no room, behind empty lines
                        interest();
                        readSoon();
                    }
                });
            } else if (inputEnded) {
                close();
            }
            readSoon();
            return;
        } else if (state == State.STREAMING) {
            enter(null);
        }
        interest();
    }

    private void interest() {
        if (!key.isValid()) {
            return;
        }
        boolean reads = !inputEnded
                && (state == State.STREAMING || state == State.DRAINING || reader.room(state != State.READING) > 0);
        int wanted = (reads ? SelectionKey.OP_READ : 0) | (out != null ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    private void enter(@Nullable Deadlines next) {
        if (deadlines != null && deadlines != next) {
            deadlines.leave(this);
        }
        deadlines = next;
        if (next != null) {
            next.enter(this, System.nanoTime());
        }
    }
}
