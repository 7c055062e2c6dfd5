package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.http.wire.Limits;
import dev.election.spi.ElectionBackend;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /openapi.json} describes all that is served, and nothing else; and real answers are as it says. */
@Timeout(60)
class OpenApiTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final RenewalLog renewals = new RenewalLog();
    private Elections elections;
    private LeaderElector elector;
    private LeaderHttpServer server;
    private JsonNode document;

    @BeforeEach
    void start() throws Exception {
        elections =
                Elections.of(ObservedBackend.of(ElectionBackend.open("memory:" + directory.getFileName()), renewals));
        elector = elections
                .elector("example")
                .identity("a")
                .timing(ElectionTiming.of(Duration.ofSeconds(15), Duration.ofMillis(300), Duration.ofMillis(100)))
                .build();
        server = builder().start("127.0.0.1:0");
        document = new ObjectMapper().readTree(Answers.class.getResourceAsStream("openapi.json"));
    }

    private LeaderHttpServer.Builder builder() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), TOKEN + "\n");
        return LeaderHttpServer.of(List.of(elector))
                .token(token)
                .resignable()
                .renewals(renewals)
                .metrics(() -> "leader_election_master_status{name=\"example\"} 1\n");
    }

    @AfterEach
    void stop() {
        server.close();
        elections.close();
    }

    @Test
    void every_path_that_is_served_is_described_and_the_reverse() {
        Site site = new Site(
                new Board(List.of(() -> Statuses.leading(1)), Clock.systemUTC()),
                new Gate(Set.of(), null),
                new Resignations(null),
                null,
                null);
        Set<String> served = site.routes().stream()
                .map(route -> route.method() + " " + route.template())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> described = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(described).isEqualTo(served);
    }

    @Test
    void operations_have_names_of_their_own_and_references_lead_somewhere() {
        List<String> names = document.findValuesAsText("operationId");
        assertThat(names)
                .doesNotHaveDuplicates()
                .hasSize(document.findParents("operationId").size());
        for (String reference : document.findValuesAsText("$ref")) {
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
    }

    @Test
    void answers_before_anything_is_known_are_as_described() throws Exception {
        answersAreAsDescribed("503");
    }

    @Test
    void answers_of_a_leader_are_as_described() throws Exception {
        CountDownLatch renewed = new CountDownLatch(1);
        renewals.onRenewal(renewal -> renewed.countDown());
        elector.start();
        assertThat(renewed.await(30, TimeUnit.SECONDS)).isTrue();
        answersAreAsDescribed("200");
        JsonNode history = new ObjectMapper()
                .readTree(send("GET", "/v1/elections/example/history", true).body());
        assertThat(history.get("changes")).isNotEmpty();
        assertThat(history.get("renewals")).isNotEmpty();
    }

    private void answersAreAsDescribed(String leading) throws Exception {
        for (String path : new String[] {
            "/",
            "/isLeader",
            "/v1/elections",
            "/v1/elections/example",
            "/v1/elections/example/history",
            "/livez",
            "/readyz",
            "/metrics",
            "/openapi.json",
        }) {
            check("GET", path, path.replace("example", "{name}"), true, "200");
        }
        check("GET", "/leading", "/leading", true, leading);
        check("GET", "/v1/elections/example/leading", "/v1/elections/{name}/leading", true, leading);
        check("GET", "/v1/elections/none", "/v1/elections/{name}", true, "404");
        check("GET", "/v1/elections/example?after=x", "/v1/elections/{name}", true, "400");
        check("GET", "/ui", "/ui", true, "308");
        check("GET", "/ui/none.js", "/ui/{name}", true, "404");
        check("GET", "/v1/elections", "/v1/elections", false, "401");
        check("POST", "/v1/elections/example/resign", "/v1/elections/{name}/resign", false, "401");
        check("POST", "/v1/elections/example/resign", "/v1/elections/{name}/resign", true, "200");
    }

    @Test
    void what_is_switched_off_is_as_described() throws Exception {
        server.close();
        server = LeaderHttpServer.start(elector, "127.0.0.1:0");
        check("GET", "/metrics", "/metrics", false, "404");
        check("POST", "/v1/elections/example/resign", "/v1/elections/{name}/resign", false, "403");
    }

    @Test
    void too_many_who_wait_are_told_so_as_described() throws Exception {
        server.close();
        server = builder()
                .limits(new Limits(100, 0, Duration.ofMinutes(1), Duration.ofSeconds(3), Duration.ofSeconds(3)))
                .start("127.0.0.1:0");
        check("GET", "/v1/events", "/v1/events", true, "503");
        check("GET", "/v1/elections/example/events", "/v1/elections/{name}/events", true, "503");
        check("POST", "/v1/elections/example/resign", "/v1/elections/{name}/resign", true, "503");
    }

    private HttpResponse<String> send(String method, String path, boolean withToken) throws Exception {
        int port = server.addresses().get(0).getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, BodyPublishers.noBody());
        if (withToken) {
            request.header("Authorization", "Bearer " + TOKEN);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private void check(String method, String path, String template, boolean withToken, String status) throws Exception {
        HttpResponse<String> response = send(method, path, withToken);
        String what = method + " " + path + " -> " + response.statusCode() + " " + response.body();
        assertThat(Integer.toString(response.statusCode())).as(what).isEqualTo(status);
        JsonNode described = document.at("/paths")
                .get(template)
                .get(method.toLowerCase(Locale.ROOT))
                .get("responses")
                .get(status);
        assertThat(described).as(what).isNotNull();
        if (described.has("$ref")) {
            described = document.at(described.get("$ref").asText().substring(1));
        }
        String type = response.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
        JsonNode content = described.get("content").get(type);
        assertThat(content).as(what).isNotNull();
        if (type.endsWith("json")) {
            JsonNode body = new ObjectMapper().readTree(response.body());
            assertThat(JsonSchema.errors(document, content.get("schema"), body))
                    .as(what)
                    .isEmpty();
        }
    }

    @Test
    void the_check_itself_finds_what_is_wrong() {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode schema = document.at("/components/schemas/Election");
        Map<String, Object> election = Map.of("election", 7, "revision", -1, "state", "maybe", "extra", true);
        assertThat(JsonSchema.errors(document, schema, mapper.valueToTree(election)))
                .contains("/election: 7 is not of type \"string\"", "/revision: -1 is out of range")
                .contains("/extra is not described", "/candidates is missing")
                .anyMatch(error -> error.startsWith("/state: \"maybe\" is none of"));
    }
}
