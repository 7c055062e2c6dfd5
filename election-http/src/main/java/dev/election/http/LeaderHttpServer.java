package dev.election.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.election.LeaderElector;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers over HTTP who leads, as the sidecar does, for an application that runs its own elector:
 *
 * <ul>
 *   <li>{@code GET /}: {@code {"name":"a"}}, the leader; {@code ""} when nobody leads or it is not known;
 *   <li>{@code GET /isLeader}: {@code {"isLeader":true}};
 *   <li>{@code GET /v1/leader}: all that is known, fencing token included;
 *   <li>{@code GET /healthz}: 200, or 503 with what keeps the election from doing its work.
 * </ul>
 *
 * <p>Every answer is computed when it is given; none touches the store. What an answer says of leading was true when it
 * was computed and may have ended when it arrives: where that matters, use the fencing token.
 *
 * <p>There is no encryption and no authentication. Listen on {@code localhost}, where only the same machine or pod can
 * ask, or put a proxy in front.
 *
 * <p><strong>System properties.</strong> The JDK's server takes its limits from system properties, once per process.
 * This class sets those that are not set yet, such as {@code sun.net.httpserver.maxReqTime}, which also hold for other
 * servers of that kind in the process.
 */
public final class LeaderHttpServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LeaderHttpServer.class);

    /**
     * For each address. Above it, new connections are closed at once; below it, each has a thread at hand, so that
     * requests which were begun and never ended hold up nobody.
     */
    private static final int MAX_CONNECTIONS = 256;

    private static final int BACKLOG = 128;

    /** How often to look for a port that is free on both loopback addresses. */
    private static final int PORT_TRIES = 20;

    static {
        // Read once, when the JDK's server class is loaded. Without the first three, a request that is begun and never
        // ended holds its thread for ever. Seconds.
        setUnlessSet("sun.net.httpserver.maxReqTime", "3");
        setUnlessSet("sun.net.httpserver.maxRspTime", "3");
        setUnlessSet("sun.net.httpserver.idleInterval", "30");
        setUnlessSet("sun.net.httpserver.maxIdleConnections", "64");
        setUnlessSet("jdk.httpserver.maxConnections", Integer.toString(MAX_CONNECTIONS));
        // Without it, Nagle's algorithm and delayed acknowledgements add 40 ms to an answer on a reused connection.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
    }

    private final Supplier<Status> status;
    private final List<HttpServer> servers;
    private final ExecutorService threads;

    private LeaderHttpServer(Supplier<Status> status, List<HttpServer> servers) {
        this.status = status;
        this.servers = servers;
        this.threads = newThreads(servers.size());
    }

    /**
     * Starts to answer.
     *
     * @param elector whom to ask; stays the caller's to start and close
     * @param address {@code HOST:PORT}; {@code localhost} for both loopback addresses, no host for all addresses, port
     *     0 for any free port
     * @throws IllegalArgumentException when the address is not of the form, saying what was expected
     * @throws IOException when it is not possible to listen there, saying where and why
     */
    public static LeaderHttpServer start(LeaderElector elector, String address) throws IOException {
        return start(() -> Status.of(elector), HttpAddress.parse(address));
    }

    static LeaderHttpServer start(Supplier<Status> status, HttpAddress address) throws IOException {
        LeaderHttpServer started = new LeaderHttpServer(status, bind(address));
        for (HttpServer server : started.servers) {
            server.setExecutor(started.threads);
            server.createContext("/", started::handle);
            server.start();
        }
        return started;
    }

    /** The addresses at which this listens, with the ports that were found for port 0. */
    public List<InetSocketAddress> addresses() {
        return servers.stream().map(HttpServer::getAddress).toList();
    }

    /** Stops listening and ends open connections. Idempotent. */
    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        Answer answer;
        try {
            answer = answer(method, exchange.getRequestURI().getPath());
        } catch (RuntimeException e) {
            log.error("could not answer {} {}", method, exchange.getRequestURI(), e);
            answer = Answers.problem(500, "Internal Server Error", "this is a bug; the log says more");
        }
        try (exchange) {
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.contentType());
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            if (answer.status() == 405) {
                headers.set("Allow", "GET, HEAD");
            }
            if (method.equals("HEAD")) {
                headers.set("Content-Length", Integer.toString(answer.body().length));
                exchange.sendResponseHeaders(answer.status(), -1);
            } else {
                exchange.sendResponseHeaders(answer.status(), answer.body().length);
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    private Answer answer(String method, String path) {
        Resource resource = Resource.at(path);
        if (resource == null) {
            return Answers.problem(404, "Not Found", "there are " + Resource.PATHS);
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answers.problem(405, "Method Not Allowed", path + " is only to be read: GET or HEAD");
        }
        return resource.answer(status.get());
    }

    /** Binds every address, or none. */
    private static List<HttpServer> bind(HttpAddress address) throws IOException {
        List<InetAddress> hosts = hosts(address);
        for (int tries = 1; ; tries++) {
            List<HttpServer> bound = new ArrayList<>();
            try {
                for (InetAddress host : hosts) {
                    // With port 0, the first address finds a port and the others follow it.
                    int port = bound.isEmpty()
                            ? address.port()
                            : bound.get(0).getAddress().getPort();
                    bound.add(bind(new InetSocketAddress(host, port)));
                }
                return bound;
            } catch (IOException e) {
                boolean followerFailed =
                        address.port() == 0 && !bound.isEmpty() && e.getCause() instanceof BindException;
                bound.forEach(LeaderHttpServer::unbind);
                if (!followerFailed || tries == PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    private static List<InetAddress> hosts(HttpAddress address) throws IOException {
        try {
            return address.bindAddresses();
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on " + address + ": there is no such host", e);
        }
    }

    private static HttpServer bind(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + text(address) + ": " + e.getMessage(), e);
        }
    }

    /** A server that was never started keeps its port when it is stopped: its selector is closed by its own thread. */
    private static void unbind(HttpServer server) {
        server.start();
        server.stop(0);
    }

    /** {@code 127.0.0.1:4040}, {@code [::1]:4040}. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress().replace("0:0:0:0:0:0:0:", "::");
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static ExecutorService newThreads(int addresses) {
        AtomicInteger count = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, "election-http-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        // A thread per connection at most, made when needed: see MAX_CONNECTIONS. One that is idle ends soon.
        return new ThreadPoolExecutor(
                0, addresses * (MAX_CONNECTIONS + 1), 10, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
