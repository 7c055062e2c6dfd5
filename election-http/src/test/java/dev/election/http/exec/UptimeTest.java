package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UptimeTest {

    @Test
    void is_read_in_hundredths_of_a_second() {
        assertThat(Uptime.parse("12687.79 6488.16\n")).isEqualTo(1_268_779);
        assertThat(Uptime.parse("0.05 0.00\n")).isEqualTo(5);
        assertThat(Uptime.parse("99999999.00 1.00\n")).isEqualTo(9_999_999_900L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12687", "12687.7 1.0", "12687.790 1.0", ".79 1.0", "x.yz 1.0"})
    void another_form_is_refused(String text) {
        assertThatThrownBy(() -> Uptime.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
