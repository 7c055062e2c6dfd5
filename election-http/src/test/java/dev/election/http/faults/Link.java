package dev.election.http.faults;

import dev.election.tck.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The network between one candidate and all servers of its store, empty where there is none of ours: a proxy before each
 * server, and a {@link Wire} to all of them where one can be laid.
 */
final class Link implements AutoCloseable {

    /** Long, compared with an answer, and short enough for a call not to time out. */
    private static final Duration DELAY = Duration.ofMillis(60);

    private static final Duration GAP = Duration.ofMillis(1);

    private static final AtomicInteger LAID = new AtomicInteger();

    private final List<TcpProxy> proxies = new ArrayList<>();
    private final @Nullable Wire wire;
    private @Nullable Thread delaying;

    private Link(@Nullable Wire wire) {
        this.wire = wire;
    }

    /** One without a wire. */
    static Link ofProxies() {
        return new Link(null);
    }

    /** One for a store of our own, with a wire if there can be one. */
    static Link toOwnStore() throws IOException, InterruptedException {
        return new Link(Wire.canBeLaid() ? Wire.lay(LAID.getAndIncrement()) : null);
    }

    /** Adds a way to a server, and returns its port on 127.0.0.1. */
    int to(String host, int port) throws IOException {
        TcpProxy proxy = new TcpProxy(host, port);
        proxies.add(proxy);
        return proxy.port();
    }

    boolean isThere() {
        return !proxies.isEmpty();
    }

    /** Empty where the kernel lets us lay none. */
    Optional<Wire> wire() {
        return Optional.ofNullable(wire);
    }

    void hold() {
        proxies.forEach(TcpProxy::hold);
    }

    void holdRequests() {
        proxies.forEach(TcpProxy::holdRequests);
    }

    void holdAnswers() {
        proxies.forEach(TcpProxy::holdAnswers);
    }

    void release() {
        proxies.forEach(TcpProxy::release);
    }

    /** From now on everything is held up for up to 60 ms, until {@link #hurry()}. */
    void delay() {
        Thread thread = new Thread(this::holdAndRelease, "delay");
        thread.setDaemon(true);
        thread.start();
        delaying = thread;
    }

    void hurry() throws InterruptedException {
        Thread thread = delaying;
        if (thread != null) {
            thread.interrupt();
            thread.join();
            delaying = null;
        }
    }

    private void holdAndRelease() {
        while (!Thread.currentThread().isInterrupted()) {
            hold();
            LockSupport.parkNanos(DELAY.toNanos());
            release();
            LockSupport.parkNanos(GAP.toNanos());
        }
    }

    void cut() {
        proxies.forEach(TcpProxy::cut);
    }

    void refuse() {
        proxies.forEach(TcpProxy::refuse);
    }

    void accept() {
        proxies.forEach(TcpProxy::accept);
    }

    void forget() {
        proxies.forEach(TcpProxy::forget);
    }

    @Override
    public void close() throws IOException {
        for (TcpProxy proxy : proxies) {
            proxy.close();
        }
        if (wire != null) {
            wire.close();
        }
    }
}
