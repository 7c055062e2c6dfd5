package dev.election.http.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Two things that leaders write to over TCP: a fenced one, which accepts a write only if no greater token was seen, and
 * an unfenced one, which accepts everything. Both keep every write they accepted.
 *
 * <p>A write is {@code WRITER TOKEN NANOTIME} on a line; the answer is {@code accepted} or {@code stale}, of the fenced
 * one. Thread-safe.
 */
final class Resource implements AutoCloseable {

    /**
     * A write.
     *
     * @param travelled nanoseconds from its sending, by the writer's clock, to its receipt by ours
     */
    record Write(String writer, long token, long travelled) {

        static Write parse(String line, long received) {
            String[] parts = line.split(" ");
            return new Write(parts[0], Long.parseLong(parts[1]), received - Long.parseLong(parts[2]));
        }
    }

    /** What came of all writes so far. */
    record Account(int fenced, int fencedStale, int refused, int unfenced, int unfencedStale, long quickestNanos) {}

    private final ServerSocket listener;
    private final List<Write> fenced = new ArrayList<>(); // guarded by this
    private final List<Write> unfenced = new ArrayList<>(); // guarded by this
    private int refused; // guarded by this
    private long greatest; // guarded by this

    /** Begins to accept connections on the loopback interface. */
    Resource() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::serve);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Takes a write to both; returns whether the fenced one accepted it. */
    synchronized boolean write(Write write) {
        unfenced.add(write);
        if (write.token() < greatest) {
            refused++;
            return false;
        }
        greatest = write.token();
        fenced.add(write);
        return true;
    }

    synchronized Account account() {
        return new Account(
                fenced.size(),
                stale(fenced),
                refused,
                unfenced.size(),
                stale(unfenced),
                unfenced.stream().mapToLong(Write::travelled).min().orElse(0));
    }

    /**
     * How many writes came after one of a later leader. Counted from what was kept, whatever the resource thought when
     * it accepted them.
     */
    static int stale(List<Write> accepted) {
        int stale = 0;
        for (int i = 0, latest = 0; i < accepted.size(); i++) {
            Write write = accepted.get(i);
            Write last = accepted.get(latest);
            boolean sameTokenOfAnother =
                    write.token() == last.token() && !write.writer().equals(last.writer());
            if (write.token() < last.token() || sameTokenOfAnother) {
                stale++;
            } else {
                latest = i;
            }
        }
        return stale;
    }

    static Writer writer(Socket socket) throws IOException {
        return new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.US_ASCII);
    }

    private void serve() throws IOException {
        while (true) {
            Socket socket = listener.accept();
            start(() -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            socket.setTcpNoDelay(true);
            Writer out = writer(socket);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                boolean accepted = write(Write.parse(line, System.nanoTime()));
                out.write(accepted ? "accepted\n" : "stale\n");
                out.flush();
            }
        }
    }

    private interface Service {
        void run() throws IOException;
    }

    private static void start(Service service) {
        Thread thread = new Thread(
                () -> {
                    try {
                        service.run();
                    } catch (IOException e) {
                        // a writer that was killed, or our own end
                    }
                },
                "resource");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
