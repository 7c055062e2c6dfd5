package dev.election.zookeeper;

import dev.election.tck.TcpProxy;
import dev.election.tck.servers.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real ZooKeeper server in a process of its own, on the loopback interface, from the jars on the tests' class path.
 *
 * <p>Its ticks are short, so that sessions may be, too: from 200 ms.
 */
public final class ZooKeeperServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final int PROBE_MILLIS = 2000;

    /** The server that all tests of this JVM share. It ends with the JVM. */
    private static final class Shared {
        private static final ZooKeeperServer SERVER = start(Map.of(), List.of());
    }

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final int port;
    private final int plainPort;
    private final ServerProcess process;

    private ZooKeeperServer(int port, int plainPort, ServerProcess process) {
        this.port = port;
        this.plainPort = plainPort;
        this.process = process;
    }

    /** The server of this JVM, started by the first call: plain, and open to everyone. */
    public static ZooKeeperServer shared() {
        return Shared.SERVER;
    }

    /**
     * Starts a server and waits until it serves.
     *
     * @param settings lines of its configuration beyond the usual ones
     * @param options of its JVM
     */
    public static ZooKeeperServer start(Map<String, String> settings, List<String> options) {
        ZooKeeperServer server = launch(newDirectory(), ServerProcess.freePort(), settings, options);
        server.awaitServing();
        return server;
    }

    /** A server that authenticates the users of this JAAS file by SASL, and does not talk to anybody else. */
    public static ZooKeeperServer startSasl(Path jaas) {
        return start(
                Map.of(
                        "authProvider.1", "org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
                        "enforce.auth.enabled", "true",
                        "enforce.auth.schemes", "sasl"),
                List.of("-Djava.security.auth.login.config=" + jaas));
    }

    /** A server that speaks TLS on {@link #port()}, and demands a certificate that the trust store knows. */
    public static ZooKeeperServer startTls(Path keyStore, Path trustStore, String password) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
        settings.put("ssl.keyStore.location", keyStore.toString());
        settings.put("ssl.keyStore.password", password);
        settings.put("ssl.trustStore.location", trustStore.toString());
        settings.put("ssl.trustStore.password", password);
        settings.put("authProvider.x509", "org.apache.zookeeper.server.auth.X509AuthenticationProvider");
        // Plain on a port of its own, only to be asked whether it serves.
        int secure = ServerProcess.freePort();
        settings.put("secureClientPort", Integer.toString(secure));
        settings.put("secureClientPortAddress", "127.0.0.1");
        ZooKeeperServer plain = start(settings, List.of());
        return new ZooKeeperServer(secure, plain.port, plain.process);
    }

    static Path newDirectory() {
        Path dir = Path.of(
                        "target",
                        "zookeeper-server",
                        Long.toString(ProcessHandle.current().pid()),
                        Integer.toString(COUNT.incrementAndGet()))
                .toAbsolutePath();
        try {
            return Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server on this port, and does not wait for it. */
    static ZooKeeperServer launch(Path dir, int port, Map<String, String> settings, List<String> options) {
        Map<String, String> config = new LinkedHashMap<>(Map.of(
                "dataDir", dir.resolve("data").toString(),
                "clientPort", Integer.toString(port),
                "clientPortAddress", "127.0.0.1",
                "tickTime", "200",
                "minSessionTimeout", "200",
                "maxSessionTimeout", "60000",
                "maxClientCnxns", "0",
                "admin.enableServer", "false",
                "4lw.commands.whitelist", "srvr,mntr,cons"));
        config.putAll(settings);
        List<String> lines = config.entrySet().stream()
                .map(line -> line.getKey() + "=" + line.getValue())
                .toList();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                // The tests kill processes and not the machine.
                "-Dzookeeper.forceSync=no"));
        command.addAll(options);
        command.add("org.apache.zookeeper.server.quorum.QuorumPeerMain");
        command.add(dir.resolve("zoo.cfg").toString());
        try {
            Files.createDirectories(dir.resolve("data"));
            Files.write(dir.resolve("zoo.cfg"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ZooKeeperServer(port, port, ServerProcess.start(dir.resolve("server.log"), command));
    }

    /** Waits until it serves, alone or as a member of an ensemble with a leader. */
    ZooKeeperServer awaitServing() {
        try {
            process.await(START, () -> ask("srvr").contains("Mode: "));
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ZooKeeper started", e);
        }
    }

    /** The port for clients, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** {@code host:port}, as clients want it. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Where it speaks without TLS, also if it does with it. */
    public String plainAddress() {
        return "127.0.0.1:" + plainPort;
    }

    /** A network between a client and this server. */
    public TcpProxy proxy() throws IOException {
        return new TcpProxy("127.0.0.1", port);
    }

    /** Answers a four-letter word. */
    public String ask(String word) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", plainPort), PROBE_MILLIS);
            socket.setSoTimeout(PROBE_MILLIS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Stops it by SIGSTOP: it keeps its connections and does nothing. */
    public void freeze() throws InterruptedException {
        process.freeze();
    }

    /** Lets it go on. */
    public void thaw() throws InterruptedException {
        process.thaw();
    }

    /** Ends it by SIGKILL. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** Starts it again on its data, and waits until it serves. */
    public void restart() {
        process.restart();
        awaitServing();
    }

    @Override
    public void close() {
        process.close();
    }
}
