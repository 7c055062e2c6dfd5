package dev.election.http.faults;

import dev.election.Leadership;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * What a leader does: it makes sure that it leads, works for some milliseconds, and writes what came of it to both
 * resources. In between its process may be stopped and its term may end: no check closes that gap, and the token does.
 */
final class Work {

    private static final Duration IDLE = Duration.ofMillis(5);
    private static final Duration LONGEST_WORK = Duration.ofMillis(20);

    private final Belief belief;
    private final String candidate;
    private final int port;
    private final SplittableRandom random = new SplittableRandom();

    Work(Belief belief, String candidate, int port) {
        this.belief = belief;
        this.candidate = candidate;
        this.port = port;
    }

    void start() {
        Thread thread = new Thread(this::run, "work");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            Writer out = Resource.writer(socket);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            while (true) {
                Leadership term = belief.current();
                if (term == null || !belief.holds(term)) {
                    LockSupport.parkNanos(IDLE.toNanos());
                    continue;
                }
                LockSupport.parkNanos(random.nextLong(LONGEST_WORK.toNanos()));
                write(out, in, term);
            }
        } catch (IOException e) {
            // The runner has ended, and this process with it.
            System.err.println("no resource any more: " + e);
        }
    }

    /** One line for both resources, so that both are written in the same instant. */
    private void write(Writer out, BufferedReader in, Leadership term) throws IOException {
        long sent = System.nanoTime();
        out.write(candidate + " " + term.fencingToken() + " " + sent + "\n");
        out.flush();
        String answer = in.readLine();
        if (answer == null) {
            throw new IOException("the resource has closed the connection");
        }
    }
}
