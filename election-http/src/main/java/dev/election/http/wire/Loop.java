package dev.election.http.wire;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a server: accepts, reads, has answered, and writes, never waiting for any one client. Whoever is
 * slow waits for himself.
 */
final class Loop implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    /** How exact deadlines are. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** When there is nothing to wait for. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.HOURS.toNanos(1);

    /** How long a client that was told off may still send. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    /** Then those already there have their turn. */
    private static final int ACCEPTS_AT_ONCE = 64;

    /** How long not to accept when the process can open nothing more, as that would fail all the time. */
    private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

    /** What a client that does not read can make the kernel hold; an answer fits. */
    private static final int SEND_BUFFER = 32 * 1024;

    private static final int READ_BUFFER = 16 * 1024;

    /**
     * How many connections may hold memory for a request that is not complete; and how many for an answer that does not
     * fit into the kernel's buffers. Both are rare, unless somebody wants to use our memory up.
     */
    private static final int MOST_BUFFERED = 256;

    final Exchange.Handler handler;
    final Deadlines idle;
    final Deadlines requests;
    final Deadlines answers;
    final Deadlines streams;
    final Deadlines drains = new Deadlines(DRAIN, Integer.MAX_VALUE);
    private final List<Deadlines> deadlines;

    private final Limits limits;
    private final TransportFactory transports;
    private final List<ServerSocketChannel> listening;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Set<Connection> connections = new HashSet<>();
    final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BUFFER);
    private final List<SelectionKey> accepting = new ArrayList<>();
    private final Clockwork clockwork;
    private long acceptAgainAt;
    private boolean acceptPaused;
    private int held;
    private volatile boolean closed;

    /** Makes the transport of a connection that was just accepted. */
    @FunctionalInterface
    interface TransportFactory {
        Transport of(SocketChannel channel) throws IOException;
    }

    /** @param listening bound, and closed by this loop */
    Loop(
            List<ServerSocketChannel> listening,
            Limits limits,
            TransportFactory transports,
            Exchange.Handler handler,
            Clockwork clockwork)
            throws IOException {
        this.listening = listening;
        this.limits = limits;
        this.transports = transports;
        this.handler = handler;
        this.clockwork = clockwork;
        this.idle = new Deadlines(limits.idle(), Integer.MAX_VALUE);
        this.requests = new Deadlines(limits.request(), MOST_BUFFERED);
        this.answers = new Deadlines(limits.answer(), MOST_BUFFERED);
        this.streams = new Deadlines(limits.answer(), Integer.MAX_VALUE);
        this.deadlines = List.of(idle, requests, answers, streams, drains);
        this.selector = Selector.open();
        for (ServerSocketChannel server : listening) {
            server.configureBlocking(false);
            accepting.add(server.register(selector, SelectionKey.OP_ACCEPT));
        }
    }

    /** Runs a task soon, on this loop's thread. From any thread. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** From any thread; the loop's thread ends soon. */
    void close() {
        closed = true;
        selector.wakeup();
    }

    @Override
    public void run() {
        try {
            boolean failed = false;
            while (!closed) {
                try {
                    turn();
                    failed = false;
                } catch (RuntimeException | Error e) { // a mistake of ours, or no memory: the next turn may go better
                    log.error("a turn of the HTTP server failed; it goes on", e);
                    if (failed) { // if not, nobody is helped by trying all the time
                        LockSupport.parkNanos(TICK_NANOS);
                    }
                    failed = true;
                }
            }
        } catch (IOException e) {
            log.error("the HTTP server cannot go on", e);
        } finally {
            end();
        }
    }

    private long lastTick = System.nanoTime();

    private void turn() throws IOException {
        selector.select(this::ready, tasks.isEmpty() ? patienceMillis(System.nanoTime()) : 1);
        for (int left = tasks.size(); left > 0; left--) { // not those that these add
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
        }
        long now = System.nanoTime();
        if (nanosUntilDue(now) <= 0) {
            lastTick = now;
            tick(now);
        }
    }

    /** How long to wait if nobody asks for anything; positive. */
    private long patienceMillis(long now) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanosUntilDue(now) + 999_999)); // or it would be too early
    }

    /** Not more often than deadlines are exact. */
    private long nanosUntilDue(long now) {
        long due = Math.min(LONGEST_WAIT_NANOS, clockwork.nanosUntilDue(now));
        for (Deadlines each : deadlines) {
            due = Math.min(due, each.nanosUntilDue(now));
        }
        if (acceptPaused) {
            due = Math.min(due, acceptAgainAt - now);
        }
        return Math.max(due, lastTick + TICK_NANOS - now);
    }

    private void tick(long now) {
        if (acceptPaused && now - acceptAgainAt >= 0) {
            acceptPaused = false;
            accepting.forEach(key -> key.interestOps(SelectionKey.OP_ACCEPT));
        }
        for (Deadlines kind : deadlines) {
            for (Connection each = kind.takeOverdue(now); each != null; each = kind.takeOverdue(now)) {
                each.overdue();
            }
        }
        if (clockwork.nanosUntilDue(now) <= 0) {
            clockwork.tick(now);
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) {
            connection.ready();
        } else {
            accept((ServerSocketChannel) key.channel());
        }
    }

    // ---- Connections ----

    private void accept(ServerSocketChannel server) {
        for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
            SocketChannel channel = null;
            try {
                channel = server.accept();
                if (channel == null) {
                    return;
                }
                open(channel);
            } catch (IOException e) {
                close(channel);
                if (channel == null) { // most likely no file descriptor is left
                    log.debug("cannot accept", e);
                    evictOne();
                    acceptPaused = true;
                    acceptAgainAt = System.nanoTime() + ACCEPT_PAUSE_NANOS;
                    accepting.forEach(key -> key.interestOps(0));
                    return;
                }
            } catch (RuntimeException | Error e) { // or it would stay with the selector, and be nobody's
                close(channel);
                throw e;
            }
        }
    }

    private void open(SocketChannel channel) throws IOException {
        if (connections.size() >= limits.connections() && !evictOne()) {
            channel.close();
            return;
        }
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        Connection connection = new Connection(this, channel, key, transports.of(channel));
        key.attach(connection);
        connections.add(connection);
    }

    /** Makes room: at the cost of who waits for nothing, then of who is told off, then of who is slow to ask. */
    private boolean evictOne() {
        for (Deadlines deadlines : List.of(idle, drains, requests)) {
            Connection eldest = deadlines.eldest();
            if (eldest != null) {
                eldest.close();
                return true;
            }
        }
        return false;
    }

    void closed(Connection connection) {
        connections.remove(connection);
    }

    /** Counts one more that waits or streams, unless there are too many. */
    boolean mayHold() {
        if (held >= limits.held()) {
            return false;
        }
        held++;
        return true;
    }

    void holdEnded() {
        held--;
    }

    private void end() {
        List.copyOf(connections).forEach(Connection::close);
        listening.forEach(Loop::close);
        try {
            selector.close();
        } catch (IOException e) {
            log.debug("closing the selector failed", e);
        }
    }

    private static void close(@Nullable AutoCloseable channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (Exception e) {
            log.debug("closing a channel failed", e);
        }
    }
}
