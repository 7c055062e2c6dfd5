package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({
        "10s, PT10S",
        "1m30s, PT1M30S",
        "500ms, PT0.5S",
        "1h15m30.918273645s, PT1H15M30.918273645S",
        "1.5h, PT1H30M",
        ".5s, PT0.5S",
        "5.s, PT5S",
        "0, PT0S",
        "0s, PT0S",
        "+5s, PT5S",
        "-1m30s, PT-1M-30S",
        "250us, PT0.00025S",
        "250µs, PT0.00025S",
        "250μs, PT0.00025S",
        "7ns, PT0.000000007S",
        "1.9ns, PT0.000000001S",
        "1s1s, PT2S",
        "PT10S, PT10S",
        "P1D, PT24H",
        "-PT3S, PT-3S",
    })
    void parses_what_go_and_iso_8601_write(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "s",
                "10S",
                "10 s",
                "1m 30s",
                "1d",
                ".s",
                ".",
                "--5s",
                "+-5s",
                "1,5s",
                "PT",
                "T10S",
                "10sPT1S",
                "99999999999999999999h",
                "9223372036854775807h9223372036854775807h",
                "ten seconds",
                "1e3s"
            })
    void says_what_it_expects_when_it_is_something_else(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoDuration.parse(text))
                .withMessage("a duration is written like 10s, 1m30s, 500ms or PT10S; got \"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "PT10S, 10s",
        "PT1M30S, 1m30s",
        "PT1H, 1h",
        "PT26H0.5S, 26h0.5s",
        "PT4.047S, 4.047s",
        "PT0.5S, 500ms",
        "PT0.0025S, 2.5ms",
        "PT0S, 0ms",
        "PT-2S, -2s",
        "PT20S, 20s",
    })
    void formats_for_people(Duration duration, String expected) {
        assertThat(GoDuration.format(duration)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10s", "1m30s", "4.047s", "500ms", "2h0.000000001s", "-3m"})
    void reads_back_what_it_writes(String text) {
        assertThat(GoDuration.format(GoDuration.parse(text))).isEqualTo(text);
    }
}
