package dev.election.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one client can do to the others, where it takes a moment that is hard to come by from outside. */
@Timeout(60)
class LoopTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final int PATIENCE_MILLIS = 30_000;

    /** More than a server takes of them at once, and fits into what the kernel holds for it. */
    private static final int MANY = 1000;

    private static final Clockwork NOTHING_DUE = new Clockwork() {
        @Override
        public long nanosUntilDue(long now) {
            return Long.MAX_VALUE;
        }

        @Override
        public void tick(long now) {}
    };

    private final List<Socket> sockets = new ArrayList<>();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile Loop.TransportFactory transports = Transport.Plain::new;
    private ServerSocketChannel listening;
    private Loop loop;
    private Thread thread;

    private void start(int connections, Duration answer) throws IOException {
        start(new Limits(connections, 10, LONG, LONG, answer));
    }

    private void start(Limits limits) throws IOException {
        listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        loop = new Loop(List.of(listening), limits, channel -> transports.of(channel), this::handle, NOTHING_DUE);
        thread = new Thread(loop);
        thread.start();
    }

    @AfterEach
    void stop() throws Exception {
        goOn.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
        loop.close();
        thread.join();
    }

    private void handle(Exchange exchange) {
        handled.add(exchange.request().path());
        switch (exchange.request().path()) {
            case "/stop" -> {
                arrived.countDown();
                await(goOn);
                exchange.answer(Answer.problem(200, "goes on"));
            }
            case "/stream" -> exchange.stream("text/event-stream", () -> null, () -> {});
            case "/wait" -> {
                if (exchange.hold(() -> {})) {
                    arrived.countDown();
                    exchange.execute(() -> {
                        if (goOn.getCount() == 0) {
                            exchange.answer(Answer.problem(200, "waited"));
                        }
                    });
                }
            }
            default -> exchange.answer(Answer.problem(200, "at once"));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Socket connect(String toSend) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(listening.getLocalAddress());
        send(socket, toSend);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    private static String lastRequest(String path) {
        return "GET " + path + " HTTP/1.0\r\n\r\n";
    }

    /** All that comes until the server ends the connection. */
    private static String all(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read(); c >= 0; ) {
                text.append((char) c);
                c = socket.getInputStream().read();
            }
        } catch (SocketException reset) {
            return text.toString();
        }
        return text.toString();
    }

    @Test
    void a_connection_for_which_something_is_missing_ends_and_the_next_is_served() throws Exception {
        transports = channel -> {
            transports = Transport.Plain::new;
            throw new IllegalStateException("no transport");
        };
        start(10, LONG);
        assertThat(all(connect(lastRequest("/")))).isEmpty();
        assertThat(all(connect(lastRequest("/")))).contains("at once");
        assertThat(handled).hasSize(1);
    }

    @Test
    void who_sends_many_requests_at_once_has_one_answered_at_a_turn() throws Exception {
        start(10, LONG);
        connect(request("/stop") + request("/many").repeat(MANY));
        await(arrived);
        Socket other = connect(lastRequest("/other"));
        goOn.countDown();
        assertThat(all(other)).contains("at once");
        assertThat(handled.indexOf("/other")).as("at which place of " + MANY).isLessThan(8);
    }

    @Test
    void what_can_be_read_again_and_again_takes_no_further_turn_for_each_time() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        transports = channel -> new Endless(channel, reads);
        start(10, LONG);
        Socket client = connect(request("/stream"));
        assertThat(client.getInputStream().read()).isPositive();
        send(client, "what nobody takes from the channel, of which the selector tells at each turn");
        List<Integer> atTurns = new ArrayList<>();
        loop.execute(new Runnable() {
            @Override
            public void run() {
                atTurns.add(reads.get());
                if (atTurns.size() < MANY) {
                    loop.execute(this);
                } else {
                    arrived.countDown();
                }
            }
        });
        await(arrived);
        assertThat(IntStream.range(1, MANY).map(i -> atTurns.get(i) - atTurns.get(i - 1)))
                .as("reads of each turn")
                .allMatch(each -> each <= 8);
    }

    @Test
    void many_empty_lines_before_a_request_leave_room_for_it() throws Exception {
        start(10, LONG);
        Socket client = connect(request("/stop"));
        await(arrived);
        send(client, request("/second") + "\r\n".repeat(10 * MANY) + lastRequest("/third"));
        goOn.countDown();
        assertThat(all(client).split("HTTP/1.1 200")).hasSize(1 + 3);
    }

    @Test
    void an_empty_line_after_a_request_is_not_the_begin_of_another() throws Exception {
        start(new Limits(10, 10, LONG, SHORT, LONG));
        Socket client = connect(request("/first") + "\r\n");
        assertThat(client.getInputStream().read()).isPositive();
        assertThat(all(connect("GET"))).as("to one that is amid a request").contains("HTTP/1.1 408");
        send(client, lastRequest("/second"));
        assertThat(all(client).split("HTTP/1.1 200")).hasSize(2);
    }

    @Test
    void the_head_of_a_stream_is_to_be_read_in_time() throws Exception {
        transports = Unread::new;
        start(10, SHORT);
        assertThat(all(connect("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")))
                .isEmpty();
    }

    @Test
    void what_is_sent_behind_a_request_that_waits_is_not_kept_if_it_is_much() throws Exception {
        start(10, LONG);
        goOn.countDown();
        String few = all(connect(request("/wait") + request("/few").repeat(5) + lastRequest("/end")));
        assertThat(few.split("HTTP/1.1 200")).hasSize(1 + 7);
        String many = all(connect(request("/wait") + request("/many").repeat(MANY)));
        assertThat(many.split("HTTP/1.1 200")).hasSize(1 + 1);
        assertThat(many).contains("waited", "Connection: close");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stream", "/wait"})
    void nothing_goes_on_for_a_client_that_ended_its_side_before(String path) throws Exception {
        start(10, LONG);
        Socket client = connect(request("/stop"));
        await(arrived);
        send(client, request("/second") + request(path));
        client.shutdownOutput();
        goOn.countDown();
        assertThat(all(client).split("HTTP/1.1 200")).hasSize(1 + 2);
        assertThat(handled).containsExactly("/stop", "/second", path);
    }

    /** As if a record held many bytes, each of which is given out by itself. */
    private static final class Endless implements Transport {

        private final Transport channel;
        private final AtomicInteger reads;

        Endless(SocketChannel channel, AtomicInteger reads) {
            this.channel = new Transport.Plain(channel);
            this.reads = reads;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (reads.getAndIncrement() == 0) {
                return channel.read(into);
            }
            into.put((byte) 'x');
            return 1;
        }

        @Override
        public boolean isReadable() {
            return true;
        }

        @Override
        public boolean write(ByteBuffer from) throws IOException {
            return channel.write(from);
        }

        @Override
        public void endOutput() throws IOException {
            channel.endOutput();
        }
    }

    /** As if the client read nothing. */
    private record Unread(SocketChannel channel) implements Transport {

        @Override
        public int read(ByteBuffer into) throws IOException {
            return channel.read(into);
        }

        @Override
        public boolean isReadable() {
            return false;
        }

        @Override
        public boolean write(ByteBuffer from) {
            return false;
        }

        @Override
        public void endOutput() {}
    }
}
