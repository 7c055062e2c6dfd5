package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static Answer answer(int code, String body) {
        return new Answer(code, Duration.ZERO, null, body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        ", 0",
        "0, 0",
        "7, 7",
        "' 7 ', 7",
        "-7, 0",
        "soon, 0",
        "99999999999999999999, 0",
        "'Fri, 2 Jan 2026 03:05:05 GMT', 60",
        "'Fri, 2 Jan 2026 03:03:05 GMT', 0"
    })
    void retryAfterIsSecondsOrADateAndNothingElse(String header, long seconds) {
        assertThat(Answer.parseRetryAfter(header, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void theMessageOfAStatusIsWhatPeopleGetToSee() {
        assertThat(answer(409, "{\"kind\":\"Status\",\"message\":\"no\"}").describe())
                .isEqualTo("HTTP 409: no");
        assertThat(answer(502, "bad\r\n gateway").describe()).isEqualTo("HTTP 502: bad  gateway");
        assertThat(answer(500, "").describe()).isEqualTo("HTTP 500");
        assertThat(answer(500, "x".repeat(5000)).describe())
                .hasSizeLessThan(500)
                .endsWith("…");
    }

    @Test
    void onlyTheServersOwnWordAboutThisObjectSaysThatItIsAbsent() {
        ObjectRef mine = new ObjectRef(new LeaseLock(), "default", "mine");
        String status = "{\"kind\":\"Status\",\"details\":{\"name\":\"%s\",\"kind\":\"%s\"}}";
        assertThat(answer(404, status.formatted("mine", "leases")).saysAbsent(mine))
                .isTrue();
        assertThat(answer(404, status.formatted("default", "namespaces")).saysAbsent(mine))
                .isFalse();
        assertThat(answer(404, "404 page not found").saysAbsent(mine)).isFalse();
        assertThat(answer(200, status.formatted("mine", "leases")).saysAbsent(mine))
                .isFalse();
    }
}
