package dev.election.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdBackendProviderTest {

    @TempDir
    private Path dir;

    private static ElectionBackend open(String uri) {
        return new EtcdBackendProvider().open(BackendUri.parse(uri));
    }

    private static void assertRefused(String uri, String... because) {
        assertThatThrownBy(() -> open(uri).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + uri + "\"")
                .hasMessageContainingAll(because);
    }

    private String file(String name, String content) throws Exception {
        return Files.writeString(dir.resolve(name), content).toString();
    }

    @Test
    void isFoundByItsScheme() {
        assertThat(ServiceLoader.load(ElectionBackendProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(provider -> provider.scheme().equals("etcd")))
                .singleElement()
                .isInstanceOf(EtcdBackendProvider.class);
    }

    /** Nobody listens there: an election starts while its store is down. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "etcd://127.0.0.1:1               | keys election/NAME of etcd at 127.0.0.1:1",
                "etcd://127.0.0.1                 | keys election/NAME of etcd at 127.0.0.1:2379",
                "etcd://127.0.0.1:1/              | keys election/NAME of etcd at 127.0.0.1:1",
                "etcd://127.0.0.1:1/team/blue     | keys team/blue/NAME of etcd at 127.0.0.1:1",
                "etcd://127.0.0.1:1/team/         | keys team/NAME of etcd at 127.0.0.1:1",
                "etcd://127.0.0.1:1//registry     | keys /registry/NAME of etcd at 127.0.0.1:1",
                "etcd://127.0.0.1:1,[::1]:2/x     | keys x/NAME of etcd at [127.0.0.1:1, [::1]:2]",
                "etcd://etcd.invalid:1?tls=true   | keys election/NAME of etcd at etcd.invalid:1",
                "etcd://h:1?tls=true&authority=e  | keys election/NAME of etcd at h:1"
            })
    void opensWithoutAnyServer(String uri, String description) {
        try (ElectionBackend backend = open(uri)) {
            assertThat(backend).hasToString(description);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etcd:",
                "etcd://",
                "etcd:host:1",
                "etcd:///prefix",
                "etcd://host:1,",
                "etcd://host:0",
                "etcd://host:70000",
                "etcd://http:%2F%2Fhost",
                "etcd://host:x",
                "etcd://h%20ost:1",
                "etcd://::1:2"
            })
    void refusesWhatIsNoAddress(String uri) {
        assertRefused(uri, "the form");
    }

    @Test
    void refusesOptionsThatDoNotFitTogether() throws Exception {
        String file = file("file", "x");
        assertThatThrownBy(() -> open("etcd://h:1?tsl=true").close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("\"etcd://h:1\"", "unknown option \"tsl\"", "passwordFile");
        assertRefused("etcd://h:1?tls=yes", "\"true\" or \"false\"");
        assertRefused("etcd://h:1?certFile=" + file, "certFile and keyFile come together");
        assertRefused("etcd://h:1?user=u", "user and passwordFile come together");
        assertRefused("etcd://h:1?passwordFile=" + file, "user and passwordFile come together");
        assertRefused("etcd://h:1?user=&passwordFile=" + file, "has a name that is not empty");
        assertRefused("etcd://h:1?tls=false&caFile=" + file, "without effect");
        assertRefused("etcd://h:1?tls=false&authority=h", "without effect");
        assertRefused("etcd://h:1/%00", "control character");
    }

    @ParameterizedTest
    @ValueSource(strings = {"caFile", "certFile", "keyFile", "passwordFile"})
    void refusesAFileThatIsNotThere(String option) throws Exception {
        String there = file("file", "x");
        String missing = dir.resolve("missing").toString();
        String other = switch (option) {
            case "certFile" -> "&keyFile=" + there;
            case "keyFile" -> "&certFile=" + there;
            case "passwordFile" -> "&user=u";
            default -> "";
        };
        assertRefused("etcd://h:1?" + option + "=" + missing + other, option, "no file \"" + missing + "\"");
    }

    /** gRPC takes what stands before a colon for the scheme of a URI, if it knows such a one. */
    @ParameterizedTest
    @ValueSource(strings = {"dns:1", "unix:1", "etcd-0.example.org:2379", "127.0.0.1:1", "[::1]:2", "[fe80::1%lo]:2"})
    void aHostIsAHostWhateverItIsCalled(String endpoint) {
        Endpoints endpoints = EtcdOptions.of(endpoint).endpoints();
        try {
            assertThat(endpoints.take().endpoint().channel().authority()).isEqualTo(endpoint);
        } finally {
            endpoints.close();
        }
    }

    @Test
    void optionsSayNothingSecret() {
        EtcdOptions options = EtcdOptions.of("h:1").withTls().withUser("u", () -> "hunter2");
        assertThat(options).hasToString("[h:1] with prefix election/ over TLS as user \"u\"");
    }
}
