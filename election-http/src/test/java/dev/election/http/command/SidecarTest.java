package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SidecarTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, http://127.0.0.1:4040/",
        "::1, http://[::1]:4040/",
        "192.0.2.1, http://192.0.2.1:4040/",
        "2001:db8::1, http://[2001:db8:0:0:0:0:0:1]:4040/",
        "0.0.0.0, http://127.0.0.1:4040/",
        "::, http://127.0.0.1:4040/",
    })
    void the_address_that_it_tells_is_one_that_it_can_be_asked_at(String listensAt, String told) throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(listensAt), 4040);
        assertThat(Sidecar.url(address, false)).isEqualTo(told);
        assertThat(Sidecar.url(address, true)).isEqualTo(told.replace("http:", "https:"));
    }
}
