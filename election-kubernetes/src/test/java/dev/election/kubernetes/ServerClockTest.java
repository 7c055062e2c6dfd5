package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerClockTest {

    private static final Instant SENT = Instant.parse("2026-01-02T03:04:10Z");

    private static Finding compare(long dateOffset, long tookMillis) {
        return ServerClock.compare(SENT, SENT.plusSeconds(dateOffset), SENT.plusMillis(tookMillis));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-1, 10", "-3, 0", "2, 0", "5, 4000"})
    void clocksThatMayAgreeAreTakenToAgree(long dateOffset, long tookMillis) {
        assertThat(compare(dateOffset, tookMillis).severity()).isEqualTo(Severity.OK);
    }

    @Test
    void aDifferenceIsToldWithItsDirection() {
        assertThat(compare(-64, 10).text()).contains("at least 63 s ahead of the API server's");
        assertThat(compare(64, 1000).text()).contains("at least 63 s behind the API server's");
        assertThat(compare(64, 1000).severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void aServerThatDoesNotTellIsNotGuessedAt() {
        assertThat(ServerClock.compare(SENT, null, SENT).severity()).isEqualTo(Severity.UNKNOWN);
    }
}
