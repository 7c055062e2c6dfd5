package dev.election.zookeeper;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a renewal and a read cost on a real server. */
class CostIT {

    private static final int CALLS = 500;

    /** Pings, and the words by which the counter is asked for. */
    private static final int OTHERS = 20;

    private interface Call {
        void run() throws Exception;
    }

    @Test
    void aRenewalIsOneRequestAndAReadTwoInOneRoundTrip() throws Exception {
        try (ZooKeeperServer server = ZooKeeperServer.start(Map.of(), List.of());
                Admin raw = new Admin(server.address());
                ElectionBackend backend = ZooKeeperBackend.connect(ZooKeeperOptions.servers(server.address()))) {
            Snapshot[] current = {applied(backend.compareAndSet("cost", Version.ABSENT, free(), TIMEOUT))};
            byte[] data = raw.get("/election/cost").getBytes(StandardCharsets.UTF_8);
            raw.create("/raw", "");
            Call swap = () ->
                    current[0] = applied(backend.compareAndSet("cost", current[0].version(), held("a_1", 1), TIMEOUT));
            Call read = () -> backend.read("cost", TIMEOUT);

            assertThat(requests(server, swap)).isBetween((long) CALLS, (long) CALLS + OTHERS);
            assertThat(requests(server, read)).isBetween(2L * CALLS, 2L * CALLS + OTHERS);

            System.out.printf(
                    "median of %d on loopback: raw setData %d µs, swap %d µs; raw getData %d µs, read %d µs%n",
                    CALLS,
                    medianMicros(() -> raw.zk().setData("/raw", data, -1)),
                    medianMicros(swap),
                    medianMicros(() -> raw.get("/raw")),
                    medianMicros(read));
        }
    }

    private static long requests(ZooKeeperServer server, Call call) throws Exception {
        long before = received(server);
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return received(server) - before;
    }

    private static long received(ZooKeeperServer server) throws Exception {
        Matcher line = Pattern.compile("Received: ([0-9]+)").matcher(server.ask("srvr"));
        assertThat(line.find()).isTrue();
        return Long.parseLong(line.group(1));
    }

    private static long medianMicros(Call call) throws Exception {
        long[] nanos = new long[CALLS];
        for (int i = 0; i < CALLS; i++) {
            long start = System.nanoTime();
            call.run();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[CALLS / 2] / 1000;
    }
}
