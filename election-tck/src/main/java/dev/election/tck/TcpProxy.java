package dev.election.tck;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network between a client and a server, on the loopback interface, which can hold up everything, cut connections and
 * refuse new ones. What a test gives its backend in place of the server's address.
 *
 * <p>Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> forgotten = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private boolean requestsHeld; // guarded by this
    private boolean answersHeld; // guarded by this
    private volatile boolean refusing;

    /** Begins to pass on what comes to {@link #port()}. */
    public TcpProxy(String host, int port) throws IOException {
        this.target = new InetSocketAddress(host, port);
        this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start("accept", this::serve);
    }

    /** The port, on 127.0.0.1, to connect to. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Lets nothing through in either direction, old connections and new. */
    public synchronized void hold() {
        requestsHeld = true;
        answersHeld = true;
    }

    /** Lets answers through, and no request: what a server tells by itself still comes. */
    public synchronized void holdRequests() {
        requestsHeld = true;
    }

    /** Lets requests through, and no answer. */
    public synchronized void holdAnswers() {
        answersHeld = true;
    }

    /** Lets everything through again, what was held up first. */
    public synchronized void release() {
        requestsHeld = false;
        answersHeld = false;
        notifyAll();
    }

    /** Lets nothing through any more on the connections there are, as when a router forgot them; new ones work. */
    public synchronized void forget() {
        forgotten.addAll(sockets);
    }

    /** Ends all connections. */
    public void cut() {
        sockets.forEach(TcpProxy::close);
    }

    /** Ends all connections, and each new one at once, as if nobody were there. */
    public void refuse() {
        refusing = true;
        cut();
    }

    /** Accepts connections again. */
    public void accept() {
        refusing = false;
    }

    /** How many connections were made. */
    public int accepted() {
        return accepted.get();
    }

    /** Whether no connection is left. */
    public boolean isQuiet() {
        return sockets.isEmpty();
    }

    private void serve() throws IOException {
        while (true) {
            Socket client = listener.accept();
            accepted.incrementAndGet();
            Socket server = new Socket();
            client.setTcpNoDelay(true); // each side's own delays are enough
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            if (refusing || !connect(server)) {
                drop(client, server);
                continue;
            }
            start("up", () -> pump(client, server, false));
            start("down", () -> pump(server, client, true));
        }
    }

    private void pump(Socket from, Socket to, boolean answers) throws IOException {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                pass(answers);
                if (!forgotten.contains(from)) {
                    out.write(buffer, 0, n);
                }
            }
        } finally {
            drop(from, to);
        }
    }

    /** Whether there is a server; it may have been stopped by the test. */
    private boolean connect(Socket server) {
        try {
            server.connect(target);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void drop(Socket one, Socket other) {
        close(one);
        close(other);
        sockets.remove(one);
        sockets.remove(other);
    }

    private synchronized void pass(boolean answers) throws IOException {
        try {
            while (answers ? answersHeld : requestsHeld) {
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
