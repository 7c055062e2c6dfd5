package dev.election.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.wire.Limits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What strangers can make a server hold, and that whoever asks is answered all the same. */
@Timeout(60)
class LimitsTest {

    /** So long that nothing here ends because of it. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final int PATIENCE_MILLIS = 30_000;
    private static final int MOST_BUFFERED = 256;

    private final List<Socket> sockets = new ArrayList<>();
    private LeaderHttpServer server;

    private void start(int connections, int held) throws IOException {
        server = LeaderHttpServer.start(
                LeaderHttpServer.of(List.of()).limits(new Limits(connections, held, LONG, LONG, LONG)),
                List.of(() -> Statuses.following(Statuses.known("b", 7))),
                HttpAddress.parse("127.0.0.1:0"));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
    }

    private Socket connect(String toSend) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(
                new InetSocketAddress("127.0.0.1", server.addresses().get(0).getPort()));
        socket.getOutputStream().write(toSend.getBytes(UTF_8));
        return socket;
    }

    private static String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    /** What comes first; empty if the connection has ended. */
    private static String firstLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read();
                    c >= 0 && c != '\r';
                    c = socket.getInputStream().read()) {
                line.append((char) c);
            }
        } catch (SocketException reset) {
            return line.toString();
        }
        return line.toString();
    }

    private void assertAnswers() throws IOException {
        assertThat(firstLine(connect(request("/livez")))).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void when_connections_run_out_the_one_that_was_idle_for_longest_ends() throws Exception {
        start(20, 5);
        for (int i = 0; i < 20; i++) {
            assertThat(firstLine(connect(request("/isLeader")))).isEqualTo("HTTP/1.1 200 OK");
        }
        connect("");
        assertAnswers();
        assertThat(firstLine(drained(sockets.get(0)))).isEmpty();
        assertThat(firstLine(drained(sockets.get(1)))).isEmpty();
        sockets.get(2).getOutputStream().write(request("/isLeader").getBytes(UTF_8));
        drained(sockets.get(2));
        assertThat(firstLine(sockets.get(2))).isEqualTo("HTTP/1.1 200 OK");
    }

    /** Reads the rest of an answer, which was {@code {"isLeader":false}}. */
    private static Socket drained(Socket socket) throws IOException {
        for (int c = socket.getInputStream().read(); c >= 0 && c != '}'; ) {
            c = socket.getInputStream().read();
        }
        return socket;
    }

    @Test
    void streams_and_polls_are_never_ended_for_others_and_beyond_their_number_refused() throws Exception {
        start(20, 5);
        List<Socket> streams = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            streams.add(connect(request("/v1/events")));
            assertThat(firstLine(streams.get(i))).isEqualTo("HTTP/1.1 200 OK");
        }
        Socket asked = connect("GET /v1/elections/example HTTP/1.0\r\n\r\n");
        String answer = new String(asked.getInputStream().readAllBytes(), UTF_8);
        String revision = answer.replaceFirst("(?s).*\"revision\":(\\d+).*", "$1");
        Socket poll = connect(request("/v1/elections/example?timeout=2s&after=" + revision));
        Socket refused = connect(request("/v1/events"));
        while (firstLine(refused).equals("HTTP/1.1 200 OK")) { // the poll may not have arrived yet
            refused.close();
            refused = connect(request("/v1/events"));
        }
        for (int i = 0; i < 100; i++) {
            assertAnswers();
        }
        assertThat(firstLine(poll)).isEqualTo("HTTP/1.1 200 OK");
        for (Socket stream : streams) {
            assertThat(stream.getInputStream().read()).isNotNegative();
        }
    }

    @Test
    void of_too_many_half_sent_requests_the_oldest_end() throws Exception {
        start(1000, 5);
        String half = "GET / HTTP/1.1\r\nName: " + "a".repeat(7000);
        for (int i = 0; i < MOST_BUFFERED + 44; i++) {
            connect(half);
        }
        for (int i = 0; i < 44; i++) {
            assertThat(firstLine(sockets.get(i))).as("connection " + i).isEmpty();
        }
        assertAnswers();
        Socket last = sockets.get(MOST_BUFFERED + 43);
        last.getOutputStream().write("\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
        assertThat(firstLine(last)).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void of_too_many_answers_that_nobody_reads_the_oldest_end() throws Exception {
        start(1000, 5);
        String many = request("/openapi.json").repeat(8);
        for (int i = 0; i < MOST_BUFFERED + 20; i++) {
            connect(many);
        }
        assertAnswers();
        int whole = 0;
        for (int i = 0; i < 20; i++) {
            whole += isWhole(sockets.get(i)) ? 1 : 0;
        }
        assertThat(whole).as("of the twenty oldest, those that got all answers").isZero();
    }

    private static boolean isWhole(Socket socket) throws IOException {
        long read = 0;
        byte[] part = new byte[16 * 1024];
        socket.setSoTimeout(2000);
        try {
            for (int count = 0; count >= 0; count = socket.getInputStream().read(part)) {
                read += count;
            }
        } catch (SocketTimeoutException open) {
            return true;
        } catch (SocketException reset) {
            return false;
        }
        return read > 8L * 20_000;
    }
}
