package dev.election.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionHealth;
import dev.election.LeaderView;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Byte for byte: programs in any language depend on these. */
class AnswersTest {

    private static final LeaderView NONE = new LeaderView.None();
    private static final LeaderView UNKNOWN = new LeaderView.Unknown();

    private static final Status LEADING =
            status(known("a", OptionalLong.of(12)), Optional.of(new Status.Term(12, Duration.ofNanos(8_123_999_999L))));

    private static final Status FOLLOWING = status(known("b", OptionalLong.of(11)), Optional.empty());

    @Test
    void the_leader_is_given_by_name_alone() {
        assertOk(Answers.leader(LEADING), "{\"name\":\"a\"}");
        assertOk(Answers.leader(FOLLOWING), "{\"name\":\"b\"}");
    }

    @Test
    void the_name_is_empty_when_nobody_leads_or_it_is_not_known() {
        assertOk(Answers.leader(status(NONE, Optional.empty())), "{\"name\":\"\"}");
        assertOk(Answers.leader(status(UNKNOWN, Optional.empty())), "{\"name\":\"\"}");
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
        assertOk(
                Answers.leader(status(known(holder, OptionalLong.empty()), Optional.empty())),
                "{\"name\":\"" + escaped + "\"}");
    }

    @Test
    void whether_this_candidate_leads() {
        assertOk(Answers.isLeader(LEADING), "{\"isLeader\":true}");
        assertOk(Answers.isLeader(FOLLOWING), "{\"isLeader\":false}");
    }

    @Test
    void details_of_a_leader() {
        assertOk(
                Answers.details(LEADING),
                "{\"election\":\"example\",\"state\":\"known\","
                        + "\"leader\":{\"name\":\"a\",\"fencingToken\":12,\"ageMillis\":35},"
                        + "\"self\":{\"name\":\"a\",\"leading\":true,\"fencingToken\":12,\"remainingMillis\":8123},"
                        + "\"problem\":null}");
    }

    @Test
    void details_of_a_follower() {
        assertOk(
                Answers.details(FOLLOWING),
                "{\"election\":\"example\",\"state\":\"known\","
                        + "\"leader\":{\"name\":\"b\",\"fencingToken\":11,\"ageMillis\":35},"
                        + "\"self\":{\"name\":\"a\",\"leading\":false,\"fencingToken\":null,\"remainingMillis\":null},"
                        + "\"problem\":null}");
    }

    @Test
    void the_token_of_a_foreign_leader_is_null() {
        assertThat(text(Answers.details(status(known("client-go", OptionalLong.empty()), Optional.empty()))))
                .contains("\"leader\":{\"name\":\"client-go\",\"fencingToken\":null,\"ageMillis\":35}");
    }

    @Test
    void details_when_nobody_leads() {
        assertThat(text(Answers.details(status(NONE, Optional.empty()))))
                .startsWith("{\"election\":\"example\",\"state\":\"none\",\"leader\":null,");
    }

    @Test
    void details_when_the_store_is_away() {
        Status status = new Status("example", "a", UNKNOWN, Optional.empty(), problem("no answer from \"the store\""));
        assertOk(
                Answers.details(status),
                "{\"election\":\"example\",\"state\":\"unknown\",\"leader\":null,"
                        + "\"self\":{\"name\":\"a\",\"leading\":false,\"fencingToken\":null,\"remainingMillis\":null},"
                        + "\"problem\":\"no answer from \\\"the store\\\"\"}");
    }

    @Test
    void health_when_all_is_well() {
        assertOk(Answers.health(LEADING), "{\"status\":\"ok\"}");
    }

    @Test
    void health_when_the_store_is_away() {
        Status status = new Status("example", "a", UNKNOWN, Optional.empty(), problem("the store is away"));
        assertProblem(
                Answers.health(status),
                503,
                "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
                        + "\"detail\":\"the store is away\"}");
    }

    @Test
    void a_problem_document() {
        assertProblem(
                Answers.problem(404, "Not Found", "there is no /x"),
                404,
                "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"there is no /x\"}");
    }

    private static LeaderView known(String identity, OptionalLong token) {
        return new LeaderView.Known(identity, token, Duration.ofMillis(35));
    }

    private static Status status(LeaderView leader, Optional<Status.Term> term) {
        return new Status("example", "a", leader, term, new ElectionHealth(Optional.empty(), Instant.EPOCH));
    }

    private static ElectionHealth problem(String problem) {
        return new ElectionHealth(Optional.of(problem), Instant.EPOCH);
    }

    private static void assertOk(Answer answer, String body) {
        assertThat(text(answer)).isEqualTo(body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
    }

    private static void assertProblem(Answer answer, int status, String body) {
        assertThat(text(answer)).isEqualTo(body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
    }

    private static String text(Answer answer) {
        return new String(answer.body(), UTF_8);
    }
}
