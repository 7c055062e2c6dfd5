package dev.election.http.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An HTTP server on one thread. */
public final class Server implements AutoCloseable {

    /** Of clients that are gone; a turn of the loop takes far less. */
    private static final long CLOSE_PATIENCE_SECONDS = 5;

    private final Loop loop;
    private final Thread thread;
    private final List<InetSocketAddress> addresses;

    private Server(Loop loop, List<InetSocketAddress> addresses) {
        this.loop = loop;
        this.addresses = addresses;
        this.thread = new Thread(loop, "election-http");
        thread.setDaemon(true);
    }

    /**
     * Starts to answer.
     *
     * @param listening bound; closed by the server, also when it could not be started
     * @param tls null for none
     */
    public static Server start(
            List<ServerSocketChannel> listening,
            Limits limits,
            @Nullable TlsFiles tls,
            Exchange.Handler handler,
            Clockwork clockwork)
            throws IOException {
        try {
            List<InetSocketAddress> addresses =
                    listening.stream().map(Server::addressOf).toList();
            Loop.TransportFactory transports = tls == null ? Transport.Plain::new : tls::transport;
            Server server = new Server(new Loop(listening, limits, transports, handler, clockwork), addresses);
            server.thread.start();
            return server;
        } catch (IOException | RuntimeException e) {
            for (ServerSocketChannel each : listening) {
                each.close();
            }
            throw e;
        }
    }

    /** Runs a task soon on the server's thread; not once it is closed. From any thread. */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /** Where this listens, with the ports that were found for port 0. */
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** Stops listening and ends open connections. Idempotent. */
    @Override
    public void close() {
        loop.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static InetSocketAddress addressOf(ServerSocketChannel channel) {
        try {
            return (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
