package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a sidecar, and what is told of its answer. */
@Timeout(60)
class ResignCommandTest {

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> hosts = new CopyOnWriteArrayList<>();

    @TempDir
    private Path directory;

    private HttpServer server;
    private String address;
    private Path token;
    private int status = 200;
    private String missing = "";
    private String body = "{\"released\":true}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
            byte[] bytes = body.getBytes(UTF_8);
            boolean isMissing = exchange.getRequestURI().getPath().equals(missing);
            exchange.sendResponseHeaders(isMissing ? 404 : status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        address = "127.0.0.1:" + server.getAddress().getPort();
        token = Files.writeString(directory.resolve("token"), "s3cret\n");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Typed resign(String more) throws InterruptedException {
        return Typed.line("resign --election=example --http=" + address + " --http-token-file=" + token + more);
    }

    @Test
    void the_sidecar_is_asked_with_the_token_of_the_file() throws Exception {
        assertThat(resign(""))
                .isEqualTo(new Typed(0, "example: resigned; this sidecar holds the lock no longer\n", ""));
        assertThat(requests).containsExactly("POST /v1/elections/example/resign Bearer s3cret");
    }

    @Test
    void the_token_may_stand_in_the_environment_and_the_address_may_be_a_url() throws Exception {
        Typed typed = Typed.line("ELECTION_HTTP_TOKEN=other resign --election=a,b --http=http://" + address + "/");
        assertThat(typed.out())
                .isEqualTo(
                        "a: resigned; this sidecar holds the lock no longer\nb: resigned; this sidecar holds the lock no longer\n");
        assertThat(requests)
                .containsExactly(
                        "POST /v1/elections/a/resign Bearer other", "POST /v1/elections/b/resign Bearer other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0.0.0.0", "[::]"})
    void one_that_listens_at_all_addresses_is_asked_by_a_name_that_it_knows(String all) throws Exception {
        int port = server.getAddress().getPort();
        Typed typed = Typed.line("ELECTION_HTTP_TOKEN=x resign --election=example --http=" + all + ":" + port);
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(hosts).containsExactly("localhost:" + port);
    }

    @Test
    void a_lock_that_is_not_yet_free_is_said_to_be() throws Exception {
        status = 202;
        body = "{\"released\":false}";
        assertThat(resign("").out()).isEqualTo("example: resigned; the lock may be held until its lease runs out\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "403 | {\"title\":\"Forbidden\",\"detail\":\"start it with --http-resign\"} | (403): start it with --http-resign",
                "404 | {\"detail\":\"there is no election example\"} | (404): there is no election example",
                "500 | <html>oops</html> | (500)",
                "302 | ... | (302)",
            })
    void a_refusal_is_told_with_what_the_sidecar_says(int code, String answer, String told) throws Exception {
        status = code;
        body = answer;
        assertThat(resign(""))
                .isEqualTo(
                        new Typed(ExitCode.FAILED.code(), "", "election: example: the sidecar refused " + told + "\n"));
    }

    @Test
    void a_refusal_of_one_election_does_not_keep_the_others() throws Exception {
        missing = "/v1/elections/b/resign";
        Typed typed = Typed.line("ELECTION_HTTP_TOKEN=x resign --election=a,b,c --http=" + address);
        assertThat(typed)
                .isEqualTo(new Typed(
                        1,
                        "a: resigned; this sidecar holds the lock no longer\nc: resigned; this sidecar holds the lock no longer\n",
                        "election: b: the sidecar refused (404)\n"));
    }

    @Test
    void one_that_there_is_no_tls_with_was_asked_nothing() throws Exception {
        try (ServerSocket picky = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                try (var socket = picky.accept()) {
                    // RFC 5246, 7.2: a fatal alert, handshake_failure
                    socket.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, 40});
                    assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
                } catch (IOException e) {
                    // The command went away: that is the test.
                }
            });
            answering.start();
            address = "127.0.0.1:" + picky.getLocalPort();
            Typed typed = Typed.line("ELECTION_HTTP_TOKEN=x resign --election=a --http=https://" + address);
            assertThat(typed.exitCode()).isEqualTo(1);
            assertThat(typed.err())
                    .startsWith("election: no TLS with the sidecar at " + address + ", which was asked nothing: ");
        }
    }

    @Test
    void one_that_hangs_up_may_speak_tls() throws Exception {
        try (ServerSocket curt = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                try (var socket = curt.accept()) {
                    assertThat(socket.getInputStream().read()).isPositive();
                } catch (IOException e) {
                    // The command went away: that is the test.
                }
            });
            answering.start();
            address = "127.0.0.1:" + curt.getLocalPort();
            Typed typed = resign("");
            assertThat(typed.exitCode()).isEqualTo(1);
            assertThat(typed.err())
                    .startsWith(
                            "election: the connection to the sidecar at " + address + " broke; whether it resigned is")
                    .endsWith("; one that speaks TLS is asked by --http=https://" + address + "\n");
        }
    }

    @Test
    void nobody_listens_there() throws Exception {
        server.stop(0);
        assertThat(resign(""))
                .isEqualTo(new Typed(1, "", "election: cannot connect to the sidecar at " + address + "\n"));
    }

    @Test
    void one_that_never_answers_is_not_waited_for_any_longer_than_said() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + silent.getLocalPort();
            assertThat(resign(" --timeout=100ms").err())
                    .isEqualTo("election: the sidecar at " + address
                            + " did not answer in 100ms; whether it resigned is not known\n");
        }
    }

    @Test
    void one_that_begins_to_answer_and_hangs_is_not_waited_for_either() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                try (var socket = slow.accept()) {
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{".getBytes(UTF_8));
                    assertThat(socket.getInputStream().readAllBytes()).isNotNull();
                } catch (IOException e) {
                    // The command went away: that is the test.
                }
            });
            answering.start();
            address = "127.0.0.1:" + slow.getLocalPort();
            assertThat(resign(" --timeout=300ms").err()).contains("did not answer in 300ms");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resign --election=a --http=:1 | the token is missing: --http-token-file=FILE or ELECTION_HTTP_TOKEN",
                "resign --election=a | where the sidecar listens is missing: --http=HOST:PORT or ELECTION_HTTP",
                "resign --election=a --http=:0 | --http: the port of a running sidecar is not 0",
                "resign --election=a --http=http://me:secret@h:1 | --http: a sidecar's URL has a host, a port and nothing else",
                "resign --election=a --http=http://h:1/x | --http: a sidecar's URL has a host, a port and nothing else",
                "resign --election=a --http=4040 | --http: an address is written like localhost:4040",
                "resign --election=a --http=https://x^y | --http: a sidecar's URL has a host, a port and nothing else",
                "ELECTION_HTTP_TOKEN=Zoë resign --election=a --http=:1 | a token consists of printable ASCII",
            })
    void wrong_use(String line, String message) throws Exception {
        Typed typed = Typed.line(line);
        assertThat(typed.err()).startsWith("election: " + message).doesNotContain("secret");
        assertThat(typed.exitCode()).isEqualTo(2);
    }

    @Test
    void a_token_file_that_cannot_be_read_is_named() throws Exception {
        Typed typed = Typed.line("resign --election=a --http=:1 --http-token-file=/no/such/file");
        assertThat(typed)
                .isEqualTo(new Typed(1, "", "election: --http-token-file: cannot read the file /no/such/file\n"));
    }
}
