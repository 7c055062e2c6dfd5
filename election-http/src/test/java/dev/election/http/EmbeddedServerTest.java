package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.Leadership;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application's own elector, asked over HTTP. */
@Timeout(60)
class EmbeddedServerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();
    private Elections elections;
    private LeaderElector elector;
    private LeaderHttpServer server;

    @BeforeEach
    void start() throws Exception {
        elections = Elections.open("memory:" + UUID.randomUUID());
        elector = elections.elector("example").identity("a").build();
        server = LeaderHttpServer.start(elector, "localhost:0");
    }

    @AfterEach
    void stop() {
        server.close();
        elections.close();
    }

    @Test
    void before_it_is_started_nothing_is_known() throws Exception {
        assertThat(get("/")).isEqualTo("{\"name\":\"\"}");
        assertThat(get("/isLeader")).isEqualTo("{\"isLeader\":false}");
        assertThat(get("/v1/elections/example"))
                .contains("\"state\":\"unknown\",\"leader\":null,\"candidates\":[{\"name\":\"a\",\"leading\":false,"
                        + "\"fencingToken\":null,\"remainingMillis\":null}]")
                .contains("\"problem\":null");
        assertThat(get("/livez")).as("what was not started is not late").isEqualTo("{\"status\":\"ok\"}");
    }

    @Test
    void while_it_leads_all_answers_say_so() throws Exception {
        Leadership leadership = elector.start().awaitLeadership(PATIENCE).orElseThrow();
        long token = leadership.fencingToken();
        assertThat(get("/")).isEqualTo("{\"name\":\"a\"}");
        assertThat(get("/isLeader")).isEqualTo("{\"isLeader\":true}");
        assertThat(get("/leading")).isEqualTo("{\"leading\":true}");
        assertThat(get("/livez")).isEqualTo("{\"status\":\"ok\"}");
        assertThat(get("/v1/elections/example"))
                .contains("\"leader\":{\"name\":\"a\",\"fencingToken\":" + token + ",\"since\":\"")
                .contains("\"candidates\":[{\"name\":\"a\",\"leading\":true,\"fencingToken\":" + token
                        + ",\"remainingMillis\":");
    }

    @Test
    void once_it_is_closed_it_leads_no_more_and_still_answers() throws Exception {
        assertThat(elector.start().awaitLeadership(PATIENCE)).isPresent();
        elector.close();
        assertThat(get("/isLeader")).isEqualTo("{\"isLeader\":false}");
        assertThat(get("/v1/elections/example"))
                .contains("{\"name\":\"a\",\"leading\":false,\"fencingToken\":null,\"remainingMillis\":null}");
    }

    @Test
    void candidates_that_are_expected_are_told_of_and_lead_once_they_are_there() throws Exception {
        server.close();
        server = LeaderHttpServer.expecting(List.of("example"), List.of("a"), elector.timing())
                .start("localhost:0");
        assertThat(get("/")).isEqualTo("{\"name\":\"\"}");
        String before = get("/v1/elections/example");
        assertThat(before)
                .contains("\"state\":\"unknown\",\"leader\":null,\"candidates\":[{\"name\":\"a\",\"leading\":false,");
        assertThat(get("/livez")).isEqualTo("{\"status\":\"ok\"}");

        server.serve(List.of(elector));
        assertThat(elector.start().awaitLeadership(PATIENCE)).isPresent();
        assertThat(get("/")).isEqualTo("{\"name\":\"a\"}");
        long revision = Long.parseLong(before.replaceAll(".*\"revision\":(\\d+).*", "$1"));
        assertThat(get("/v1/elections/example?timeout=60s&after=" + revision)).contains("\"leading\":true");
        assertThatIllegalStateException().isThrownBy(() -> server.serve(List.of(elector)));
    }

    @Test
    void candidates_that_do_not_come_are_late() {
        Candidates candidates = new Candidates("example", List.of("a"), elector.timing());
        Duration late = candidates.status().overdue();
        assertThat(candidates.status().overdue()).isPositive().isGreaterThanOrEqualTo(late);
        candidates.come(List.of(elector));
        assertThat(candidates.status().overdue()).isZero();
    }

    @Test
    void candidates_that_were_not_expected_are_refused() throws Exception {
        server.close();
        server = LeaderHttpServer.expecting(List.of("example"), List.of("b"), elector.timing())
                .start("localhost:0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.serve(List.of(elector)))
                .withMessage("of example the candidates [b] were expected, and not [a]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.serve(
                        List.of(elections.elector("other").identity("b").build())))
                .withMessage("candidates of [example] were expected, and not of [other]");
    }

    @Test
    void candidates_come_all_or_none() throws Exception {
        server.close();
        server = LeaderHttpServer.expecting(List.of("example", "other"), List.of("a"), elector.timing())
                .start("localhost:0");
        LeaderElector stranger = elections.elector("other").identity("b").build();
        assertThatIllegalArgumentException().isThrownBy(() -> server.serve(List.of(elector, stranger)));
        assertThat(elector.start().awaitLeadership(PATIENCE)).isPresent();
        assertThat(get("/v1/elections/example")).contains("\"state\":\"unknown\"");
        server.serve(List.of(elector, elections.elector("other").identity("a").build()));
        assertThat(get("/v1/elections/example")).contains("\"leading\":true");
    }

    @Test
    void candidates_that_come_after_the_end_are_not_asked() throws Exception {
        server.close();
        assertThatNoException().as("once more").isThrownBy(() -> server.serve(List.of(elector)));
        server = LeaderHttpServer.expecting(List.of("example"), List.of("a"), elector.timing())
                .start("localhost:0");
        server.close();
        server.serve(List.of(elector));
        assertThatNoException().as("it has none").isThrownBy(() -> server.serve(List.of(elector)));
    }

    @Test
    void an_address_that_is_none_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaderHttpServer.start(elector, "4040"))
                .withMessageStartingWith("an address is written like localhost:4040");
    }

    private String get(String path) throws Exception {
        int port = server.addresses().get(0).getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }
}
