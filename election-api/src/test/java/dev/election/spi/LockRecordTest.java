package dev.election.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A lock record")
class LockRecordTest {

    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.123456Z");

    private static LockRecord record(String holder, Duration lease, int transitions, long token, String attempt) {
        return new LockRecord(holder, lease, TIME, TIME, transitions, token, attempt);
    }

    @Test
    @DisplayName("cuts its times to microseconds, and so equals itself after a trip through a store")
    void times() {
        Instant fine = TIME.plusNanos(999);
        assertThat(new LockRecord("a", Duration.ZERO, fine, fine, 0, 0, "x"))
                .isEqualTo(new LockRecord("a", Duration.ZERO, TIME, TIME, 0, 0, "x"));
    }

    @ParameterizedTest
    @DisplayName("rounds its lease up to milliseconds")
    @CsvSource({"PT0S,PT0S", "PT0.001S,PT0.001S", "PT0.0000001S,PT0.001S", "PT14.9999999S,PT15S"})
    void lease(Duration given, Duration kept) {
        assertThat(record("a", given, 0, 0, "x").leaseDuration()).isEqualTo(kept);
    }

    @Test
    @DisplayName("is free without a holder, and ours with an attempt")
    void freeAndOurs() {
        assertThat(record("", Duration.ZERO, 0, 0, "").isFree()).isTrue();
        assertThat(record("a", Duration.ZERO, 0, 0, "").isFree()).isFalse();
        assertThat(record("a", Duration.ZERO, 0, 0, "").isOurs()).isFalse();
        assertThat(record("", Duration.ZERO, 0, 0, "x").isOurs()).isTrue();
    }

    @Test
    @DisplayName("refuses negative values")
    void negative() {
        assertRefused("leaseDuration", () -> record("a", Duration.ofMillis(-1), 0, 0, ""));
        assertRefused("transitions", () -> record("a", Duration.ZERO, -1, 0, ""));
        assertRefused("fencingToken", () -> record("a", Duration.ZERO, 0, -1, ""));
    }

    private static void assertRefused(String what, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }
}
