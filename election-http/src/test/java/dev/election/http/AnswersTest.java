package dev.election.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.LeaderView;
import dev.election.http.TrackedElection.Seen;
import dev.election.http.wire.Answer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Byte for byte: programs in any language depend on these. */
class AnswersTest {

    private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final String TIMING = "\"timing\":{\"leaseMillis\":15000,\"renewDeadlineMillis\":10000,"
            + "\"retryMillis\":2000,\"stopBudgetMillis\":3571},";

    @Test
    void the_leader_is_given_by_name_alone() {
        assertOk(Answers.leader(Statuses.leading(12)), "{\"name\":\"a\"}");
        assertOk(Answers.leader(Statuses.following(Statuses.known("b", 11))), "{\"name\":\"b\"}");
    }

    @Test
    void the_name_is_empty_when_nobody_leads_or_it_is_not_known() {
        assertOk(Answers.leader(Statuses.following(Statuses.NONE)), "{\"name\":\"\"}");
        assertOk(Answers.leader(Statuses.following(Statuses.UNKNOWN)), "{\"name\":\"\"}");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "say \"hi\", say \\\"hi\\\"",
                "back\\slash, back\\\\slash",
                "Zoë-日本, Zoë-日本",
                "line\u0007bell, line\\u0007bell"
            })
    void the_name_of_a_foreign_holder_is_escaped(String holder, String escaped) {
        assertOk(Answers.leader(Statuses.following(Statuses.known(holder, 1))), "{\"name\":\"" + escaped + "\"}");
    }

    @Test
    void whether_this_process_leads() {
        assertOk(Answers.isLeader(Statuses.leading(12)), "{\"isLeader\":true}");
        assertOk(Answers.isLeader(Statuses.following(Statuses.known("b", 11))), "{\"isLeader\":false}");
    }

    @Test
    void for_load_balancers_only_the_leader_is_there() {
        assertOk(Answers.leading(Statuses.leading(12)), "{\"leading\":true}");
        Answer elsewhere = Answers.leading(Statuses.following(Statuses.known("b", 11)));
        assertThat(elsewhere.status()).isEqualTo(503);
        assertThat(text(elsewhere)).contains("no candidate of this process leads example");
    }

    @Test
    void an_election_that_this_process_leads() {
        assertOk(
                Answers.election(new Seen(Statuses.leading(12), 42, SINCE)),
                "{\"election\":\"example\",\"revision\":42,\"state\":\"known\","
                        + "\"leader\":{\"name\":\"a\",\"fencingToken\":12,\"since\":\"2026-01-02T03:04:05.678Z\","
                        + "\"ageMillis\":35},"
                        + "\"candidates\":[{\"name\":\"a\",\"leading\":true,\"fencingToken\":12,"
                        + "\"remainingMillis\":8123}]," + TIMING + "\"problem\":null}");
    }

    @Test
    void an_election_that_another_one_leads() {
        assertOk(
                Answers.election(new Seen(Statuses.following(Statuses.known("b", 11)), 42, SINCE)),
                "{\"election\":\"example\",\"revision\":42,\"state\":\"known\","
                        + "\"leader\":{\"name\":\"b\",\"fencingToken\":11,\"since\":\"2026-01-02T03:04:05.678Z\","
                        + "\"ageMillis\":35},"
                        + "\"candidates\":[{\"name\":\"a\",\"leading\":false,\"fencingToken\":null,"
                        + "\"remainingMillis\":null}]," + TIMING + "\"problem\":null}");
    }

    @Test
    void the_token_of_a_foreign_leader_is_null() {
        LeaderView foreign = new LeaderView.Known("client-go", OptionalLong.empty(), Duration.ofMillis(35));
        assertThat(text(Answers.election(new Seen(Statuses.following(foreign), 42, SINCE))))
                .contains("\"leader\":{\"name\":\"client-go\",\"fencingToken\":null,");
    }

    @Test
    void an_election_that_nobody_leads() {
        assertThat(text(Answers.election(new Seen(Statuses.following(Statuses.NONE), 42, null))))
                .startsWith("{\"election\":\"example\",\"revision\":42,\"state\":\"none\",\"leader\":null,");
    }

    @Test
    void an_election_whose_store_is_away() {
        assertThat(text(Answers.election(new Seen(Statuses.troubled("no answer from \"the store\""), 42, null))))
                .contains("\"state\":\"unknown\",\"leader\":null,")
                .endsWith("\"problem\":\"no answer from \\\"the store\\\"\"}");
    }

    @Test
    void history_has_changes_and_renewals() {
        var statuses = new ArrayDeque<>(List.of(
                Statuses.following(Statuses.UNKNOWN), Statuses.following(Statuses.UNKNOWN), Statuses.leading(12)));
        Clock clock = Clock.fixed(SINCE, ZoneOffset.UTC);
        TrackedElection election = new TrackedElection(statuses::removeFirst, new Revisions(clock), clock);
        election.look();
        assertOk(
                Answers.history(
                        election,
                        List.of(new RenewalLog.Renewal(
                                "example", SINCE, Duration.ofMillis(3400), Duration.ofMillis(9)))),
                "{\"election\":\"example\",\"changes\":["
                        + "{\"time\":\"2026-01-02T03:04:05.678Z\",\"state\":\"unknown\",\"leader\":null,"
                        + "\"fencingToken\":null},"
                        + "{\"time\":\"2026-01-02T03:04:05.678Z\",\"state\":\"known\",\"leader\":\"a\","
                        + "\"fencingToken\":12}],"
                        + "\"renewals\":[{\"time\":\"2026-01-02T03:04:05.678Z\",\"marginMillis\":6600}]}");
    }

    @Test
    void a_problem_document() {
        Answer answer = Answer.problem(404, "there is no /x");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(text(answer))
                .isEqualTo("{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                        + "\"detail\":\"there is no /x\"}");
    }

    @Test
    void of_several_candidates_the_one_that_leads_is_asked_who_does() {
        Status status = new Status(
                "example",
                Statuses.known("b", 5),
                List.of(
                        new Status.Candidate("a", Optional.empty()),
                        new Status.Candidate("b", Optional.of(new Status.Term(5, Duration.ofSeconds(1))))),
                ElectionTiming.DEFAULT,
                Optional.empty(),
                Duration.ZERO);
        assertOk(Answers.isLeader(status), "{\"isLeader\":true}");
        assertThat(text(Answers.election(new Seen(status, 1, SINCE))))
                .contains("\"candidates\":[{\"name\":\"a\",\"leading\":false,\"fencingToken\":null,"
                        + "\"remainingMillis\":null},{\"name\":\"b\",\"leading\":true,\"fencingToken\":5,"
                        + "\"remainingMillis\":1000}]");
    }

    private static void assertOk(Answer answer, String body) {
        assertThat(text(answer)).isEqualTo(body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
    }

    private static String text(Answer answer) {
        return new String(answer.body(), UTF_8);
    }
}
