package dev.election.tck.servers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * Servers in Docker, for tests that {@code -Delection.test.containers=true} asks for. Without it these tests are
 * skipped; where it is given and Docker is not up, they are skipped with a loud line, and fail if {@code CI=true}.
 *
 * <p>The images are {@code -Delection.test.image.etcd}, {@code .zookeeper} and {@code .k3s}; public ones by default.
 * {@code none} leaves a server out. {@code script/images} makes local ones, with which no registry is asked for anything:
 * that takes {@code TESTCONTAINERS_RYUK_DISABLED=true} and {@code TESTCONTAINERS_HOST_OVERRIDE=localhost}.
 *
 * <p>Whoever starts a container closes it. One whose JVM is killed is removed by Testcontainers' Ryuk, if that runs.
 */
public final class Containers {

    private static final String LOCAL = "election-test/";
    private static final Duration START = Duration.ofMinutes(1);

    private Containers() {}

    /** An etcd that is up: its port 2379, mapped, talks plain text to anybody. */
    public static GenericContainer<?> etcd() {
        GenericContainer<?> etcd = container(image("etcd", "quay.io/coreos/etcd:v3.6.4"), 2379)
                .withCommand(
                        "etcd",
                        "--unsafe-no-fsync",
                        "--listen-client-urls=http://0.0.0.0:2379",
                        "--advertise-client-urls=http://0.0.0.0:2379")
                .waitingFor(Wait.forHttp("/health").forResponsePredicate(body -> body.contains("\"true\"")));
        etcd.start();
        return etcd;
    }

    /** A ZooKeeper that is up: its port 2181, mapped, talks plain text to anybody. */
    public static GenericContainer<?> zookeeper() {
        GenericContainer<?> zookeeper = container(image("zookeeper", "zookeeper:3.9"), 2181)
                .withEnv("ZOO_MAX_CLIENT_CNXNS", "0") // for the public image: no limit, as all come from one address
                .waitingFor(new Serving());
        zookeeper.start();
        return zookeeper;
    }

    /** The address of a container's only port, {@code host:port}. */
    public static String address(GenericContainer<?> container) {
        return container.getHost() + ":" + container.getFirstMappedPort();
    }

    /**
     * The image for a server: the property {@code election.test.image.<server>}, or the default. Skips or fails the
     * calling test where it is not to have a container, or cannot.
     */
    public static DockerImageName image(String server, String byDefault) {
        Assumptions.assumeTrue(
                Boolean.getBoolean("election.test.containers"),
                "tests in containers run with -Delection.test.containers=true");
        String property = "election.test.image." + server;
        String name = System.getProperty(property, byDefault);
        if (name.equals("none")) {
            String line = "NO CONTAINER of " + server + ", as -D" + property + "=none says.";
            System.err.println(line + " Tests on it are SKIPPED.");
            Assumptions.abort(line);
        }
        if (name.startsWith(LOCAL)) {
            refuseHelpersFromRegistries();
        }
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return Programs.missing("DOCKER", "start it, or leave out -Delection.test.containers=true.");
        }
        return DockerImageName.parse(name);
    }

    /** What Testcontainers would look for beside our images, for minutes where no registry is reached. */
    private static void refuseHelpersFromRegistries() {
        boolean withoutRyuk = "true".equals(System.getenv("TESTCONTAINERS_RYUK_DISABLED"));
        // By default it finds out, in a container of its own, where Docker's ports are if this is a container, too.
        boolean whereKnown = System.getenv("TESTCONTAINERS_HOST_OVERRIDE") != null;
        if (!withoutRyuk || !whereKnown) {
            throw new IllegalStateException("images of script/images need the environment variables"
                    + " TESTCONTAINERS_RYUK_DISABLED=true and TESTCONTAINERS_HOST_OVERRIDE=localhost");
        }
    }

    private static GenericContainer<?> container(DockerImageName image, int port) {
        GenericContainer<?> container = new GenericContainer<>(image).withExposedPorts(port);
        if (image.asCanonicalNameString().startsWith(LOCAL)) {
            container.withImagePullPolicy(name -> false);
        }
        return container.withStartupTimeout(START);
    }

    /** Docker accepts connections before the server does; ZooKeeper says by itself whether it serves. */
    private static final class Serving extends AbstractWaitStrategy {

        @Override
        protected void waitUntilReady() {
            String host = waitStrategyTarget.getHost();
            int port = waitStrategyTarget.getFirstMappedPort();
            long end = System.nanoTime() + startupTimeout.toNanos();
            while (!serves(host, port)) {
                if (System.nanoTime() - end > 0) {
                    throw new ContainerLaunchException("ZooKeeper does not serve after " + startupTimeout);
                }
                pause();
            }
        }

        private static boolean serves(String host, int port) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), 2_000);
                socket.setSoTimeout(2_000);
                socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
                byte[] answer = socket.getInputStream().readAllBytes();
                return new String(answer, StandardCharsets.US_ASCII).contains("Mode:");
            } catch (IOException e) {
                return false; // not yet
            }
        }

        private static void pause() {
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ContainerLaunchException("interrupted while ZooKeeper started", e);
            }
        }
    }
}
