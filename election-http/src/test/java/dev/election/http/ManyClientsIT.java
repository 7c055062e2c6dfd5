package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.election.http.command.SidecarProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sidecar as it is shipped, with its little memory, and more clients than anyone should have. */
@Timeout(180)
class ManyClientsIT {

    private static final int IDLE = 10_000;
    private static final int STREAMS = 1_000;
    private static final int HALF_SENT = 500;

    /** What one process, and the test's, may have open beyond these. */
    private static final int OTHER_FILES = 500;

    private static final String LEADS = "\"leading\":true";

    @TempDir
    private Path directory;

    private SidecarProcess sidecar(String id) throws IOException {
        return SidecarProcess.start(
                directory,
                "--election=example",
                "--id=" + id,
                "--http=127.0.0.1:0",
                "--backend=file:" + directory.resolve("store"),
                "--ttl=3s");
    }

    @Test
    void ten_thousand_idle_connections_and_a_thousand_streams_stop_neither_probes_nor_renewals() throws Exception {
        assumeFiles(IDLE + STREAMS + HALF_SENT + OTHER_FILES);
        try (SidecarProcess first = sidecar("first")) {
            first.await("leadership", first::isLeader);
            try (SidecarProcess next = sidecar("next");
                    Crowd crowd = new Crowd(
                            new InetSocketAddress("127.0.0.1", next.address().getPort()))) {
                crowd.join(STREAMS, "GET /v1/elections/example/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                crowd.join(IDLE / 2, "");
                crowd.join(IDLE / 2, "GET /isLeader HTTP/1.1\r\nHost: localhost\r\n\r\n");
                crowd.join(HALF_SENT, "GET / HT");
                assertThat(crowd.open()).isGreaterThanOrEqualTo(IDLE + STREAMS);

                first.kill();
                next.await("leadership", next::isLeader);
                long token = next.fencingToken();
                while (crowd.heard(LEADS) < STREAMS) {
                    crowd.listen();
                }
                assertThat(crowd.open()).as("still").isGreaterThanOrEqualTo(IDLE + STREAMS);

                int before = renewals(next);
                List<Duration> probes = new ArrayList<>();
                while (renewals(next) < before + 5) {
                    long sent = System.nanoTime();
                    assertThat(next.request("/livez").statusCode()).isEqualTo(200);
                    probes.add(Duration.ofNanos(System.nanoTime() - sent));
                    crowd.listen();
                }
                assertThat(next.fencingToken()).as("the same term").isEqualTo(token);
                Collections.sort(probes);
                System.out.printf(
                        "open=%d streams=%d probes=%d probe_median_ms=%d probe_worst_ms=%d rss_mib=%d%n",
                        crowd.open(),
                        crowd.heard(LEADS),
                        probes.size(),
                        probes.get(probes.size() / 2).toMillis(),
                        probes.get(probes.size() - 1).toMillis(),
                        residentMib(next));
            }
        }
    }

    /** Seven kilobytes of each would be more than the process has; it ends then, and its leadership with it. */
    @Test
    void the_head_of_a_request_is_not_kept_for_ten_thousand_clients_that_are_asked_for_the_body() throws Exception {
        assumeFiles(IDLE + OTHER_FILES);
        String head = "POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n";
        try (SidecarProcess sidecar = sidecar("only");
                Crowd crowd = new Crowd(
                        new InetSocketAddress("127.0.0.1", sidecar.address().getPort()))) {
            sidecar.await("leadership", sidecar::isLeader);
            crowd.join(IDLE, head + "Name: " + "a".repeat(7000) + "\r\n\r\n");
            assertThat(sidecar.isAlive()).isTrue();
            assertThat(sidecar.request("/livez").statusCode()).isEqualTo(200);
        }
    }

    private static void assumeFiles(int number) throws IOException {
        long files = filesAllowed();
        if (files < number) {
            System.err.println("*** ManyClientsIT is skipped: a process may open only " + files + " files here ***");
        }
        assumeTrue(files >= number, "too few files may be open");
    }

    private static int renewals(SidecarProcess sidecar) {
        Matcher each = Pattern.compile("marginMillis").matcher(sidecar.get("/v1/elections/example/history"));
        return (int) each.results().count();
    }

    private static long filesAllowed() throws IOException {
        return number(Path.of("/proc/self/limits"), "Max open files +(\\d+)");
    }

    private static long residentMib(SidecarProcess sidecar) throws IOException {
        return number(Path.of("/proc/" + sidecar.pid() + "/status"), "VmRSS:\\s+(\\d+)") / 1024;
    }

    private static long number(Path file, String pattern) throws IOException {
        if (!Files.isReadable(file)) {
            return 0; // no Linux
        }
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
