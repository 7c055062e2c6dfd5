package dev.election.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A network between a client and a server, which can hold up everything and cut connections. */
final class TcpProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> forgotten = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private boolean held;

    TcpProxy(URI target) throws IOException {
        this.target = new InetSocketAddress(target.getHost(), target.getPort());
        this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start("accept", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Lets nothing through in either direction, old connections and new. */
    synchronized void hold() {
        held = true;
    }

    /** Lets everything through again, what was held up first. */
    synchronized void release() {
        held = false;
        notifyAll();
    }

    /** Lets nothing through any more on the connections there are, as when a router forgot them; new ones work. */
    synchronized void forget() {
        forgotten.addAll(sockets);
    }

    /** Ends all connections. */
    void cut() {
        sockets.forEach(TcpProxy::close);
    }

    int accepted() {
        return accepted.get();
    }

    /** Whether no connection is left. */
    boolean isQuiet() {
        return sockets.isEmpty();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            accepted.incrementAndGet();
            Socket server = new Socket();
            sockets.add(client);
            sockets.add(server);
            server.connect(target);
            start("up", () -> pump(client, server));
            start("down", () -> pump(server, client));
        }
    }

    private void pump(Socket from, Socket to) throws IOException {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                pass();
                if (!forgotten.contains(from)) {
                    out.write(buffer, 0, n);
                }
            }
        } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private synchronized void pass() throws IOException {
        try {
            while (held) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // a connection that ended, by us or by one of its ends
                    }
                },
                "tcp-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone, which was wanted
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        release();
        cut();
    }
}
