package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "localhost:4040, localhost, 4040",
        ":4040, '', 4040",
        "0.0.0.0:0, 0.0.0.0, 0",
        "[::1]:65535, ::1, 65535",
        "[fe80::1%eth0]:80, fe80::1%eth0, 80",
        "my-host.example_1:8080, my-host.example_1, 8080",
    })
    void is_written_as_go_writes_it(String text, String host, int port) {
        HttpAddress address = HttpAddress.parse(text);
        assertThat(address).isEqualTo(new HttpAddress(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4040",
                "localhost",
                "localhost:",
                "localhost:65536",
                "localhost:999999",
                "localhost:-1",
                "localhost:http",
                "::1:4040",
                "[::1]",
                "http://localhost:4040",
                "localhost:4040/",
                "a b:1",
                "[localhost]:1"
            })
    void says_what_it_expects_when_it_is_something_else(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpAddress.parse(text))
                .withMessage(
                        "an address is written like localhost:4040, :4040 or [::1]:4040, with a port from 0 to 65535;"
                                + " got \"" + text + "\"");
    }

    @Test
    void no_host_is_every_address() throws Exception {
        assertThat(HttpAddress.parse(":1").bindAddresses())
                .singleElement()
                .satisfies(address -> assertThat(address.isAnyLocalAddress()).isTrue());
    }

    @Test
    void localhost_is_loopback_and_never_asked_of_a_name_server() throws Exception {
        assertThat(HttpAddress.parse("localhost:1").bindAddresses())
                .hasSizeBetween(1, 2)
                .allMatch(InetAddress::isLoopbackAddress)
                .first()
                .isEqualTo(InetAddress.getByName("127.0.0.1"));
    }
}
