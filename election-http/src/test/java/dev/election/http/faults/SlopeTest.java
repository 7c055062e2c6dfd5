package dev.election.http.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlopeTest {

    private final Slope slope = new Slope();

    @Test
    void a_line_is_found_among_noise() {
        for (int minute = 0; minute < 10; minute++) {
            slope.add(TimeUnit.MINUTES.toNanos(minute), 100 + 3 * minute + (minute % 2 == 0 ? 1 : -1));
        }
        assertThat(slope.perMinute()).isCloseTo(3, within(0.1));
        assertThat(slope.growth()).isCloseTo(27, within(1.0));
    }

    @Test
    void one_point_is_no_line() {
        assertThat(slope.growth()).isZero();
        slope.add(TimeUnit.MINUTES.toNanos(1), 5);
        assertThat(slope.perMinute()).isZero();
        assertThat(slope.growth()).isZero();
    }
}
