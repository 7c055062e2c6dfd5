package dev.election.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events off a socket, as slowly as a test wants. */
final class EventClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    /** One event; a comment has neither id nor data. */
    record Event(
            @Nullable String type,
            @Nullable String id,
            @Nullable String data) {}

    private final Socket socket = new Socket();
    private final BufferedReader in;
    private final String head;

    /**
     * Connects and reads the head of the answer.
     *
     * @param receiveBuffer what the kernel may keep for us; 0 for as much as it likes
     */
    EventClient(int port, String path, @Nullable String lastEventId, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        String last = lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + last + "\r\n").getBytes(UTF_8));
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8), 512);
        StringBuilder lines = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            lines.append(line).append('\n');
        }
        head = lines.toString();
    }

    EventClient(int port, String path) throws IOException {
        this(port, path, null, 0);
    }

    String head() {
        return head;
    }

    /** The next event or comment; null at the end of the stream. */
    @Nullable
    Event next() throws IOException {
        String type = null;
        String id = null;
        String data = null;
        boolean any = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty()) {
                return new Event(type, id, data);
            }
            any = true;
            if (line.startsWith("event: ")) {
                type = line.substring(7);
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            }
        }
        return any ? new Event(type, id, data) : null;
    }

    /** The next event that is none of the comments and greetings. */
    Event nextState() throws IOException {
        Event event = next();
        while (event != null && event.data() == null) {
            event = next();
        }
        if (event == null) {
            throw new IOException("the stream has ended");
        }
        return event;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
