package dev.election.http.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** Encrypted bytes. Holds buffers only for what is under way. */
final class TlsTransport implements Transport {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** About one record; what is received beyond those that are taken is held. */
    private static final int RECEIVED_AT_ONCE = 17 * 1024;

    private final SocketChannel channel;
    private final SSLEngine engine;

    /** One record each way; of the server's thread, for what does not outlast a call. */
    private final ByteBuffer scratch;

    /** Encrypted, and not yet a whole record; to be read from. */
    private ByteBuffer received = NOTHING;

    /** Decrypted, and not yet taken. */
    private ByteBuffer plain = NOTHING;

    /** Encrypted, and not yet written. */
    private ByteBuffer unsent = NOTHING;

    /** @param scratch shared by all connections of one thread; at least as large as a record */
    TlsTransport(SocketChannel channel, SSLEngine engine, ByteBuffer scratch) {
        this.channel = channel;
        this.engine = engine;
        this.scratch = scratch;
    }

    @Override
    public boolean isReadable() {
        return plain.hasRemaining() || received.hasRemaining();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        boolean hasReceived = false;
        while (!plain.hasRemaining()) {
            HandshakeStatus handshake = engine.getHandshakeStatus();
            if (handshake == HandshakeStatus.NEED_TASK) {
                engine.getDelegatedTask().run(); // some milliseconds at most
            } else if (handshake == HandshakeStatus.NEED_WRAP) {
                if (flush()) { // what is not sent yet goes before it
                    wrap(NOTHING);
                }
                if (!flush()) {
                    throw new IOException("the client reads nothing of the handshake");
                }
            } else if (engine.isInboundDone()) {
                return -1;
            } else if (!unwrap()) {
                if (hasReceived) {
                    return 0; // or who sends what is no data, such as new keys, without end would have us to himself
                }
                int count = receive();
                if (count <= 0) {
                    return count;
                }
                hasReceived = true;
            }
        }
        int count = Math.min(plain.remaining(), into.remaining());
        into.put(plain.slice(plain.position(), count));
        plain.position(plain.position() + count);
        return count;
    }

    /** Decrypts one record; false if none has arrived as a whole. */
    private boolean unwrap() throws SSLException {
        if (!received.hasRemaining() && engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP_AGAIN) {
            return false;
        }
        scratch.clear();
        SSLEngineResult result = engine.unwrap(received, scratch);
        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
            return false;
        }
        plain = copy(scratch.flip());
        return true;
    }

    private int receive() throws IOException {
        scratch.clear().limit(RECEIVED_AT_ONCE);
        int count = channel.read(scratch);
        if (count > 0) {
            scratch.flip();
            ByteBuffer both = ByteBuffer.allocate(received.remaining() + count);
            received = both.put(received).put(scratch).flip();
        }
        return count;
    }

    @Override
    public boolean write(ByteBuffer from) throws IOException {
        boolean flushed = flush();
        while (flushed && from.hasRemaining()) {
            int before = from.remaining();
            wrap(from);
            if (from.remaining() == before && !unsent.hasRemaining()) { // nor ever: TLS 1.2 ends both ways at once
                throw new IOException("the client ended the connection amid an answer");
            }
            flushed = flush();
        }
        return flushed;
    }

    private void wrap(ByteBuffer from) throws SSLException {
        scratch.clear();
        engine.wrap(from, scratch);
        unsent = copy(scratch.flip());
    }

    private boolean flush() throws IOException {
        if (unsent.hasRemaining()) {
            channel.write(unsent);
        }
        return !unsent.hasRemaining();
    }

    @Override
    public void endOutput() throws IOException {
        engine.closeOutbound();
        if (flush()) {
            wrap(NOTHING);
            flush();
        }
        channel.shutdownOutput();
    }

    private static ByteBuffer copy(ByteBuffer some) {
        return some.hasRemaining()
                ? ByteBuffer.allocate(some.remaining()).put(some).flip()
                : NOTHING;
    }
}
