package dev.election.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Durations")
class DurationsTest {

    @ParameterizedTest
    @Tag("S11")
    @DisplayName("S11: are rounded up to a whole multiple, never down")
    @CsvSource({
        "PT0S,PT1S,PT0S",
        "PT0.000000001S,PT1S,PT1S",
        "PT0.999999999S,PT1S,PT1S",
        "PT1S,PT1S,PT1S",
        "PT1.000000001S,PT1S,PT2S",
        "PT15S,PT1S,PT15S",
        "PT0.0000001S,PT0.001S,PT0.001S",
        "PT0.0010001S,PT0.001S,PT0.002S",
        "PT7S,PT5S,PT10S",
        "PT876000H,PT0.001S,PT876000H"
    })
    void roundUp(Duration duration, Duration unit, Duration rounded) {
        assertThat(Durations.roundUp(duration, unit)).isEqualTo(rounded);
    }
}
