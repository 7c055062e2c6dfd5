package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.http.wire.Answer;
import dev.election.http.wire.Request;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask: by the name of the host, and by the token. */
class GateTest {

    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    private Path directory;

    private static Request request(String local, String... headers) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        return new Request("GET", "/", Map.of(), all, true, new InetSocketAddress(local, 4040));
    }

    private static Answer refusedHost(String local, String host) {
        return new Gate(Set.of("leader.example", "Other.Example"), null).refusedHost(request(local, "host", host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost", "localhost:4040", "LocalHost:1", "localhost.", "127.0.0.1", "127.0.0.1:4040", "127.1.2.3",
                "[::1]", "[::1]:4040", "10.1.2.3", "10.1.2.3:80", "leader.example", "LEADER.example.:443",
                        "other.example",
            })
    void names_of_ours(String host) {
        assertThat(refusedHost("10.1.2.3", host)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":4040",
                "evil.example",
                "localhost.evil.example",
                "leader.example.evil",
                "10.1.2.4",
                "10.1.2.3.4",
                "127.0.0.1.example",
                "[::2]",
                "[::1",
                "::1",
                "a@localhost",
                "localhost:port",
                "localhost:123456",
                "localhost/",
                "localhost, evil.example",
                "0.0.0.0",
                "127.0.0.1@evil.example",
            })
    void names_of_others(String host) {
        Answer refused = refusedHost("10.1.2.3", host);
        assertThat(refused).isNotNull();
        assertThat(refused.status()).isEqualTo(421);
    }

    @Test
    void an_address_of_ours_may_be_of_the_sixth_version() {
        assertThat(refusedHost("fe80::1", "[fe80:0:0:0:0:0:0:1]:4040")).isNull();
        assertThat(refusedHost("fd00::1:2", "[fd00::1:2]")).isNull();
        assertThat(refusedHost("fd00::1:2", "[FD00::1:2]:80")).isNull();
        assertThat(refusedHost("fd00::1:2", "[fd00::1:3]:80")).isNotNull();
    }

    @Test
    void only_the_whole_token_opens() throws Exception {
        Gate gate = new Gate(Set.of(), TokenFile.read(Files.writeString(directory.resolve("token"), TOKEN + "\n")));
        assertThat(gate.refusedToken(request("127.0.0.1", "authorization", "Bearer " + TOKEN)))
                .isNull();
        assertThat(gate.refusedToken(request("127.0.0.1", "authorization", "bearer  " + TOKEN + " ")))
                .isNull();
        for (String wrong : List.of(
                "",
                "Bearer",
                "Bearer ",
                "Bearer " + TOKEN + "0",
                "Bearer " + TOKEN.substring(1),
                "Basic " + TOKEN,
                TOKEN)) {
            Answer refused = gate.refusedToken(request("127.0.0.1", "authorization", wrong));
            assertThat(refused).as(wrong).isNotNull();
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.headers()).containsEntry("WWW-Authenticate", "Bearer realm=\"election\"");
        }
        assertThat(gate.refusedToken(request("127.0.0.1"))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "with blanks in the middle",
                "0123456789abcdef\n0123456789abcdef",
                "ö123456789abcdef"
            })
    void a_file_without_a_token_is_refused_and_its_content_not_told(String content) throws Exception {
        Path file = Files.writeString(directory.resolve("token"), content);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenFile.read(file))
                .withMessage("the token file \"" + file
                        + "\" holds one bearer token: at least 16 letters, digits and -._~+/, and nothing else");
    }

    @Test
    void without_a_token_nobody_can_be_let_end_a_leadership() {
        try (Elections elections = Elections.open("memory:gate");
                LeaderElector elector = elections.elector("example").build()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            LeaderHttpServer.of(List.of(elector)).resignable().start("127.0.0.1:0"))
                    .withMessage("who may end a leadership must be known: resigning needs a token");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> LeaderHttpServer.of(List.of()).start("127.0.0.1:0"))
                    .withMessage("a server needs an elector to ask");
        }
    }
}
