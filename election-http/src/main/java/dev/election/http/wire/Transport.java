package dev.election.http.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes of one connection, as they are or encrypted. Nothing here waits. */
interface Transport {

    /** Reads what there is: how many bytes, or -1 at the end. */
    int read(ByteBuffer into) throws IOException;

    /** Whether there may be bytes to read that the channel will not announce, since they left it already. */
    boolean isReadable();

    /** Writes what the peer takes now; true when nothing is left. */
    boolean write(ByteBuffer from) throws IOException;

    /** Tells the peer that nothing more comes. */
    void endOutput() throws IOException;

    /** Bytes as they are. */
    record Plain(SocketChannel channel) implements Transport {

        @Override
        public int read(ByteBuffer into) throws IOException {
            return channel.read(into);
        }

        @Override
        public boolean isReadable() {
            return false;
        }

        @Override
        public boolean write(ByteBuffer from) throws IOException {
            channel.write(from);
            return !from.hasRemaining();
        }

        @Override
        public void endOutput() throws IOException {
            channel.shutdownOutput();
        }
    }
}
