package dev.election.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.election.tck.servers.TestRecords;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What may stand in front of an API server: it passes requests on to the real one, or answers in its place. By plain
 * HTTP, and noting every request.
 */
final class HttpFront implements AutoCloseable {

    /** What becomes of a request. */
    interface Rule {
        void handle(Request request) throws IOException, InterruptedException;
    }

    /** A request under way. */
    final class Request {
        private final HttpExchange exchange;
        private final byte[] body;

        private Request(HttpExchange exchange) throws IOException {
            this.exchange = exchange;
            this.body = exchange.getRequestBody().readAllBytes();
        }

        String method() {
            return exchange.getRequestMethod();
        }

        String path() {
            return exchange.getRequestURI().getPath();
        }

        void answer(int code, Map<String, String> headers, String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }

        /** Begins to answer at once, and goes on with this text when it may. */
        void answerWhen(CountDownLatch may, String text) throws IOException, InterruptedException {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().flush();
            may.await();
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
        }

        /** Streams this line again and again, and returns once nobody takes it any more. */
        void streamUntilGivenUp(String line) throws IOException {
            exchange.sendResponseHeaders(200, 0);
            byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
            try {
                while (true) {
                    exchange.getResponseBody().write(bytes);
                    exchange.getResponseBody().flush();
                }
            } catch (IOException e) {
                // the other end hung up
            }
        }

        /** Begins to answer with success, and does not go on. */
        void answerInPart() throws IOException, InterruptedException {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            closed.await();
        }

        /** Passes the request on, and keeps the answer. */
        Answer forward() throws IOException, InterruptedException {
            String path = exchange.getRequestURI().toString();
            return real.send(
                    method(), path, body.length == 0 ? null : Json.parse(body), Deadline.in(TestRecords.TIMEOUT));
        }

        void pass() throws IOException, InterruptedException {
            Answer answer = forward();
            answer(
                    answer.code(),
                    Map.of("Content-Type", "application/json"),
                    new String(answer.body(), StandardCharsets.UTF_8));
        }
    }

    private final ApiServer real;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Rule rule = Request::pass;

    HttpFront(Config config) throws IOException {
        this.real = ApiServer.connect(config);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                requests.add(exchange.getRequestMethod());
                rule.handle(new Request(exchange));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    /** A configuration that leads here. */
    Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .build();
    }

    void onWrites(Rule write) {
        rule = request -> {
            if (request.method().equals("GET")) {
                request.pass();
            } else {
                write.handle(request);
            }
        };
    }

    void onAll(Rule all) {
        rule = all;
    }

    /** Never answers, until this front is closed. */
    void hang(Request request) throws InterruptedException {
        closed.await();
    }

    /** The methods of all requests so far. */
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
        real.close();
    }
}
