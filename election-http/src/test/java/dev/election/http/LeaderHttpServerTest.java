package dev.election.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit on each test, because what is tested for is a server that hangs. */
@Timeout(60)
class LeaderHttpServerTest {

    /** Many times what any of this takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Status status = Statuses.following(Statuses.known("a", 7));
    private volatile boolean broken;
    private LeaderHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = start(new HttpAddress("localhost", 0));
    }

    private LeaderHttpServer start(HttpAddress address) throws IOException {
        return LeaderHttpServer.start(LeaderHttpServer.of(List.of()), List.of(this::status), address);
    }

    private Status status() {
        if (broken) {
            throw new IllegalStateException("secret detail");
        }
        return status;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/, `{\"name\":\"a\"}`",
                "/?cache=no, `{\"name\":\"a\"}`",
                "/isLeader, `{\"isLeader\":false}`",
                "/livez, `{\"status\":\"ok\"}`",
                "/readyz, `{\"status\":\"ok\"}`",
            })
    void answers(String path, String body) throws Exception {
        HttpResponse<String> response = get(path);
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().allValues("Content-Type")).containsExactly("application/json");
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    @Test
    void answers_are_computed_when_they_are_given() throws Exception {
        assertThat(get("/isLeader").body()).isEqualTo("{\"isLeader\":false}");
        status = Statuses.leading(7);
        assertThat(get("/isLeader").body()).isEqualTo("{\"isLeader\":true}");
        assertThat(get("/v1/elections/example").body()).contains("\"leading\":true,\"fencingToken\":7,");
    }

    @Test
    void an_election_that_is_late_with_its_work_is_not_alive() throws Exception {
        status = Statuses.late(Duration.ofSeconds(9));
        assertThat(get("/livez").statusCode()).as("a pause that may pass").isEqualTo(200);
        status = Statuses.late(Duration.ofSeconds(11));
        assertProblem(get("/livez"), 503, "the election example is 11000 ms late with its work; a restart may help");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void a_store_that_is_away_is_no_reason_to_restart() throws Exception {
        status = Statuses.troubled("the store is away");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/v1/elections/example").body()).contains("\"problem\":\"the store is away\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/isLeader", "/leading", "/v1/elections/x/history", "/livez", "/nothing"})
    void head_gives_the_headers_of_get(String path) throws Exception {
        HttpResponse<String> head = send("HEAD", path);
        HttpResponse<String> get = get(path);
        assertThat(head.body()).isEmpty();
        assertThat(head.statusCode()).isEqualTo(get.statusCode());
        assertThat(head.headers().firstValueAsLong("Content-Length"))
                .hasValue(get.body().length());
        assertThat(head.headers().allValues("Content-Type"))
                .isEqualTo(get.headers().allValues("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "BREW"})
    void other_methods_are_not_allowed(String method) throws Exception {
        HttpResponse<String> response = send(method, "/isLeader");
        assertProblem(response, 405, "/isLeader takes GET, HEAD only");
        assertThat(response.headers().allValues("Allow")).containsExactly("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/isleader",
                "/isLeader/",
                "/v1",
                "/v1/elections/",
                "/v1/elections/x/y",
                "/.",
                "/..%2f"
            })
    void other_paths_are_not_found(String path) throws Exception {
        assertProblem(get(path), 404, "nothing is here; /openapi.json tells what there is");
    }

    @Test
    void a_failure_of_ours_tells_nothing_of_the_inside() throws Exception {
        broken = true;
        assertProblem(get("/"), 500, "this is a bug; the log says more");
        broken = false;
        assertThat(get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void localhost_is_both_loopback_addresses_at_one_port() throws Exception {
        assumeTrue(NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null, "no IPv6 on this machine");
        assertThat(server.addresses())
                .extracting(address -> address.getAddress().getHostAddress())
                .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(server.addresses()).extracting(InetSocketAddress::getPort).containsOnly(port());
        for (String host : List.of("127.0.0.1", "[::1]")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port() + "/"))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("{\"name\":\"a\"}");
        }
    }

    @Test
    void a_port_that_is_taken_is_named_and_nothing_stays_bound() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            HttpAddress address = new HttpAddress("localhost", taken.getLocalPort());
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> start(address))
                    .withMessageStartingWith("cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ");
        }
    }

    @Test
    void a_host_that_does_not_exist_is_named() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> start(new HttpAddress("no-such-host.invalid", 4040)))
                .withMessage("cannot listen on no-such-host.invalid:4040: there is no such host");
    }

    @Test
    void a_port_that_is_taken_on_the_second_address_frees_the_first() throws Exception {
        InetAddress v6 = InetAddress.getByName("::1");
        assumeTrue(NetworkInterface.getByInetAddress(v6) != null, "no IPv6 on this machine");
        try (ServerSocket taken = new ServerSocket(0, 1, v6)) {
            HttpAddress address = new HttpAddress("localhost", taken.getLocalPort());
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> start(address))
                    .withMessageStartingWith("cannot listen on [::1]:" + taken.getLocalPort() + ": ");
            new ServerSocket(taken.getLocalPort(), 1, InetAddress.getByName("127.0.0.1")).close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET", "GET / HTTP/1.1\r\nHost: x\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
            })
    void requests_that_never_end_hold_up_nobody(String begun) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket("127.0.0.1", port());
                sockets.add(socket);
                socket.getOutputStream().write(begun.getBytes(US_ASCII));
            }
            assertThat(get("/").body()).isEqualTo("{\"name\":\"a\"}");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void a_request_that_never_ends_is_ended() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write("GET / HT".getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 408 Request Timeout\r\n");
        }
    }

    @Test
    void a_closed_server_listens_no_more_and_closes_again_without_complaint() throws Exception {
        int port = port();
        server.close();
        server.close();
        new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
    }

    private int port() {
        return server.addresses().get(0).getPort();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path);
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .method(method, BodyPublishers.noBody())
                .timeout(PATIENCE)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static void assertProblem(HttpResponse<String> response, int status, String detail) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().allValues("Content-Type")).containsExactly("application/problem+json");
        assertThat(response.body()).contains("\"status\":" + status + ",").contains("\"detail\":\"" + detail + "\"");
    }
}
