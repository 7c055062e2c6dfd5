package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.http.EventClient.Event;
import dev.election.http.wire.Limits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that hear of changes: by long polls, and by streams. */
@Timeout(60)
class EventsTest {

    private static final Pattern TOKEN = Pattern.compile("\"leader\":\\{\"name\":\"a\",\"fencingToken\":(\\d+)");
    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");

    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Status one = Statuses.leading(1);
    private volatile Status other = Statuses.named("other", Statuses.NONE);
    private volatile Supplier<Status> source = () -> one;
    private LeaderHttpServer server;

    private void start(Limits limits) throws IOException {
        server = LeaderHttpServer.start(
                LeaderHttpServer.of(List.of()).limits(limits),
                List.of(() -> source.get(), () -> other),
                HttpAddress.parse("127.0.0.1:0"));
    }

    @BeforeEach
    void start() throws IOException {
        start(Limits.ofThisProcess());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int port() {
        return server.addresses().get(0).getPort();
    }

    private CompletableFuture<String> get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString()).thenApply(HttpResponse::body);
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private void oneIs(Status status) {
        one = status;
        server.changed(0);
    }

    private void otherIs(Status status) {
        other = status;
        server.changed(1);
    }

    // ---- Long polls ----

    @Test
    void a_long_poll_is_answered_as_soon_as_the_state_is_another_one() throws Exception {
        String before = get("/v1/elections/example").get();
        CompletableFuture<String> poll =
                get("/v1/elections/example?after=" + number(REVISION, before) + "&timeout=60s");
        CompletableFuture<String> ofOther = get("/v1/elections/other?after=1&timeout=0s");
        assertThat(ofOther.get()).contains("\"election\":\"other\"");
        assertThat(poll).isNotDone();
        oneIs(Statuses.leading(2));
        String after = poll.get();
        assertThat(number(TOKEN, after)).isEqualTo(2);
        assertThat(number(REVISION, after)).isGreaterThan(number(REVISION, before));
    }

    @Test
    void a_long_poll_with_the_revision_of_another_process_is_answered_at_once() throws Exception {
        assertThat(get("/v1/elections/example?after=7&timeout=60s").get()).contains("\"state\":\"known\"");
    }

    @Test
    void a_long_poll_ends_with_the_present_state_when_nothing_changes() throws Exception {
        String before = get("/v1/elections/example").get();
        String after = get("/v1/elections/example?timeout=200ms&after=" + number(REVISION, before))
                .get();
        assertThat(number(REVISION, after)).isEqualTo(number(REVISION, before));
    }

    @Test
    void the_end_of_a_term_by_the_clock_is_noticed_though_nobody_tells_of_it() throws Exception {
        long end = System.nanoTime() + 1_000_000_000;
        source = () -> {
            long left = end - System.nanoTime();
            return left > 0 ? Statuses.leading(1, Duration.ofNanos(left)) : Statuses.following(Statuses.UNKNOWN);
        };
        try (EventClient events = new EventClient(port(), "/v1/elections/example/events")) {
            assertThat(events.nextState().data()).contains("\"leading\":true");
            assertThat(events.nextState().data()).contains("\"leading\":false");
        }
        assertThat(System.nanoTime()).isGreaterThan(end);
    }

    @Test
    void an_election_that_cannot_be_looked_at_keeps_nobody_from_hearing_of_another() throws Exception {
        String before = get("/v1/elections/other").get();
        otherIs(Statuses.named("other", Statuses.known("b", 1)));
        source = () -> {
            throw new IllegalStateException("thrown on purpose");
        };
        server.changed(0);
        String after = get("/v1/elections/other?timeout=60s&after=" + number(REVISION, before))
                .get();
        assertThat(after).contains("\"name\":\"b\"");
        String again = get("/v1/elections/other?timeout=11s&after=" + number(REVISION, after))
                .get();
        assertThat(again).isEqualTo(after);
    }

    @Test
    void time_that_passes_is_no_change() throws Exception {
        long before = number(REVISION, get("/v1/elections/example").get());
        one = new Status(
                one.election(),
                one.leader(),
                List.of(new Status.Candidate("a", Optional.of(new Status.Term(1, Duration.ofSeconds(3))))),
                one.timing(),
                one.problem(),
                Duration.ofMillis(5));
        String after = get("/v1/elections/example").get();
        assertThat(after).contains("\"remainingMillis\":3000");
        assertThat(number(REVISION, after)).isEqualTo(before);
        oneIs(Statuses.troubled("the store is away"));
        assertThat(number(REVISION, get("/v1/elections/example").get())).isGreaterThan(before);
    }

    // ---- Streams ----

    @Test
    void a_stream_begins_with_the_present_state_of_every_election() throws Exception {
        try (EventClient events = new EventClient(port(), "/v1/events")) {
            assertThat(events.head())
                    .startsWith("HTTP/1.1 200 OK\n")
                    .contains("Content-Type: text/event-stream\n")
                    .contains("Cache-Control: no-store\n");
            Event first = events.nextState();
            Event second = events.nextState();
            assertThat(first.type()).isEqualTo("election");
            assertThat(first.data()).contains("\"election\":\"example\"");
            assertThat(number(REVISION, first.data())).isEqualTo(Long.parseLong(first.id()));
            assertThat(second.data()).contains("\"election\":\"other\"");
            assertThat(Long.parseLong(second.id())).isGreaterThan(Long.parseLong(first.id()));
        }
    }

    @Test
    void a_stream_tells_each_change_of_its_election_and_no_other() throws Exception {
        try (EventClient events = new EventClient(port(), "/v1/elections/example/events")) {
            assertThat(number(TOKEN, events.nextState().data())).isEqualTo(1);
            for (int token = 2; token < 5; token++) {
                otherIs(Statuses.named("other", Statuses.known("b", token)));
                oneIs(Statuses.leading(token));
                assertThat(number(TOKEN, events.nextState().data())).isEqualTo(token);
            }
        }
    }

    @Test
    void a_stream_that_was_cut_goes_on_without_a_lost_last_state() throws Exception {
        String last;
        try (EventClient events = new EventClient(port(), "/v1/events")) {
            events.nextState();
            last = events.nextState().id();
        }
        oneIs(Statuses.leading(2)); // while nobody listens
        get("/v1/elections").get();
        oneIs(Statuses.leading(3));
        try (EventClient events = new EventClient(port(), "/v1/events", last, 0)) {
            Event first = events.nextState();
            assertThat(number(TOKEN, first.data())).isEqualTo(3);
            assertThat(Long.parseLong(first.id())).isGreaterThan(Long.parseLong(last));
            otherIs(Statuses.named("other", Statuses.known("b", 9)));
            assertThat(events.nextState().data())
                    .contains("\"election\":\"other\"")
                    .contains("\"name\":\"b\"");
        }
    }

    @Test
    void a_client_that_has_it_all_hears_of_the_next_change_only() throws Exception {
        String last;
        try (EventClient events = new EventClient(port(), "/v1/elections/example/events")) {
            last = events.nextState().id();
        }
        try (EventClient events = new EventClient(port(), "/v1/elections/example/events", last, 0)) {
            assertThat(events.next().data()).as("the greeting").isNull();
            oneIs(Statuses.leading(2));
            assertThat(number(TOKEN, events.nextState().data())).isEqualTo(2);
        }
    }

    @Test
    void after_a_restart_and_for_ids_that_are_none_all_is_told_anew() throws Exception {
        String far = Long.toString(Long.parseLong(idOfExample()) + 1_000_000_000L);
        for (String id : List.of("7", "garbage", "-1", "99999999999999999999", far)) {
            try (EventClient events = new EventClient(port(), "/v1/elections/example/events", id, 0)) {
                assertThat(number(TOKEN, events.nextState().data())).as(id).isEqualTo(1);
            }
        }
        String last = idOfExample();
        server.close();
        start();
        try (EventClient events = new EventClient(port(), "/v1/elections/example/events", last, 0)) {
            assertThat(Long.parseLong(events.nextState().id())).isGreaterThan(Long.parseLong(last));
        }
    }

    private String idOfExample() throws IOException {
        try (EventClient events = new EventClient(port(), "/v1/elections/example/events")) {
            return events.nextState().id();
        }
    }

    @Test
    void a_client_that_reads_slowly_gets_the_newest_state_and_no_queue() throws Exception {
        int changes = 3000;
        try (EventClient events = new EventClient(port(), "/v1/elections/example/events", null, 4096)) {
            for (int token = 2; token <= changes; token++) {
                oneIs(Statuses.leading(token));
                get("/v1/elections/example").get();
            }
            int heard = 0;
            long newest = 0;
            while (newest < changes) {
                long next = number(TOKEN, events.nextState().data());
                assertThat(next).isGreaterThan(newest);
                newest = next;
                heard++;
            }
            assertThat(heard)
                    .as("what fits into the buffers of the kernel, and one")
                    .isLessThan(changes);
        }
    }

    /** Only one may stream at a time here: that a second one may shows that the first is gone. */
    @Test
    void a_client_that_reads_nothing_for_too_long_is_cut() throws Exception {
        server.close();
        start(new Limits(100, 1, Duration.ofSeconds(60), Duration.ofSeconds(3), Duration.ofMillis(300)));
        try (EventClient stuck = new EventClient(port(), "/v1/elections/example/events", null, 4096)) {
            long token = 1;
            while (!isServed()) {
                oneIs(Statuses.leading(++token));
                get("/v1/elections/example").get();
            }
            assertThatThrownBy(() -> {
                        while (true) {
                            stuck.nextState();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    private boolean isServed() throws IOException {
        try (EventClient another = new EventClient(port(), "/v1/elections/example/events")) {
            boolean served = another.head().startsWith("HTTP/1.1 200 ");
            assertThat(served || another.head().startsWith("HTTP/1.1 503 "))
                    .as(another.head())
                    .isTrue();
            return served;
        }
    }
}
