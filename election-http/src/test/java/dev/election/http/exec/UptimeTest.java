package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UptimeTest {

    @TempDir
    private Path directory;

    @Test
    void is_read_in_hundredths_of_a_second() {
        assertThat(Uptime.parse("12687.79 6488.16\n")).isEqualTo(1_268_779);
        assertThat(Uptime.parse("0.05 0.00\n")).isEqualTo(5);
        assertThat(Uptime.parse("99999999.00 1.00\n")).isEqualTo(9_999_999_900L);
    }

    /** So this process need not open a file to end a command in time. */
    @Test
    void its_file_is_opened_once_and_read_anew_each_time() throws IOException {
        Path file = Files.writeString(directory.resolve("uptime"), "12687.79 6488.16\n");
        Uptime uptime = Uptime.of(file);
        assertThat(uptime.now()).isEqualTo(1_268_779);
        Files.writeString(file, "12687.80 6488.16\n");
        assertThat(uptime.now()).isEqualTo(1_268_780);
        Files.delete(file);
        assertThat(uptime.now()).isEqualTo(1_268_780);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void that_of_this_machine_goes_on() {
        Uptime uptime = Uptime.ofThisMachine();
        long start = uptime.now();
        Thread.currentThread().interrupt(); // which closes a channel
        assertThatNoException().isThrownBy(() -> {
            while (uptime.now() < start + 2) {
                Thread.onSpinWait();
            }
        });
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12687", "12687.7 1.0", "12687.790 1.0", ".79 1.0", "x.yz 1.0"})
    void another_form_is_refused(String text) {
        assertThatThrownBy(() -> Uptime.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
