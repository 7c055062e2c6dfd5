package dev.election.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.election.ElectionTiming;
import dev.election.LeaderView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** For script/fuzz: whatever is sent to the server, it ends the connection, tells nothing of its inside, and goes on. */
public final class FuzzHttp {

    /** Many times what any answer takes. */
    private static final int PATIENCE_MILLIS = 30_000;

    private static final byte[] QUESTION =
            "GET /isLeader HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1);

    private static final LeaderHttpServer SERVER = start();

    private FuzzHttp() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        String answer = send(data);
        if (answer.contains(" 500 ") || answer.contains("\tat ") || answer.contains("dev.election")) {
            throw new AssertionError("it answered with what went wrong inside: " + answer);
        }
        String next = send(QUESTION);
        if (!next.startsWith("HTTP/1.1 200 OK\r\n") || !next.endsWith("{\"isLeader\":false}")) {
            throw new AssertionError("after that it answers \"" + next + "\"");
        }
    }

    /** Sends all of it and no more, and reads until the server ends the connection. */
    private static String send(byte[] request) {
        StringBuilder answer = new StringBuilder();
        try (Socket socket = new Socket("127.0.0.1", SERVER.addresses().get(0).getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            byte[] part = new byte[4096];
            for (int read = 0; read >= 0; read = socket.getInputStream().read(part)) {
                answer.append(new String(part, 0, read, ISO_8859_1));
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server neither answers nor ends the connection", e);
        } catch (IOException e) {
            // The server ended the connection before it had read everything, which is its right.
        }
        return answer.toString();
    }

    private static LeaderHttpServer start() {
        Status status = new Status(
                "example",
                new LeaderView.Known("b", OptionalLong.of(7), Duration.ZERO),
                List.of(new Status.Candidate("a", Optional.empty())),
                ElectionTiming.DEFAULT,
                Optional.empty(),
                Duration.ZERO);
        try {
            return LeaderHttpServer.start(
                    LeaderHttpServer.of(List.of()), List.of(() -> status), new HttpAddress("127.0.0.1", 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
