package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import dev.election.spi.UriOption;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendsCommandTest {

    /** A stranger's, which tells of no options. */
    private static final class Plain implements ElectionBackendProvider {
        @Override
        public String scheme() {
            return "plain";
        }

        @Override
        public String uriForm() {
            return "plain:NAME?mode=fast (optional)";
        }

        @Override
        public ElectionBackend open(BackendUri uri) {
            throw new AssertionError("nothing is opened");
        }
    }

    private static final class WithOptions implements ElectionBackendProvider {
        @Override
        public String scheme() {
            return "with";
        }

        @Override
        public String uriForm() {
            return "with://HOST?tls=true&caFile=FILE";
        }

        @Override
        public List<UriOption> options() {
            return List.of(new UriOption("tls", "true", "TLS"), new UriOption("caFile", "FILE", "who \"vouches\""));
        }

        @Override
        public ElectionBackend open(BackendUri uri) {
            throw new AssertionError("nothing is opened");
        }
    }

    private static final List<ElectionBackendProvider> BOTH = List.of(new Plain(), new WithOptions());

    @Test
    void a_list_for_people() {
        assertThat(BackendsCommand.text(BOTH, Style.PLAIN)).isEqualTo("""
                plain:NAME?mode=fast (optional)

                with://HOST
                  tls=true     TLS
                  caFile=FILE  who "vouches"
                """);
    }

    @Test
    void json_for_programs() {
        assertThat(BackendsCommand.json(BOTH))
                .isEqualTo("{\"backends\":["
                        + "{\"scheme\":\"plain\",\"form\":\"plain:NAME?mode=fast (optional)\",\"options\":[]},"
                        + "{\"scheme\":\"with\",\"form\":\"with://HOST?tls=true&caFile=FILE\",\"options\":["
                        + "{\"name\":\"tls\",\"value\":\"true\",\"meaning\":\"TLS\"},"
                        + "{\"name\":\"caFile\",\"value\":\"FILE\",\"meaning\":\"who \\\"vouches\\\"\"}]}]}\n");
    }

    @Test
    void all_that_are_on_the_class_path_are_shown_in_order() throws Exception {
        assertThat(Typed.line("backends").out().lines().filter(line -> line.matches("\\w+:.*")))
                .containsExactly(
                        "etcd://HOST:PORT,HOST:PORT/PREFIX",
                        "file:/DIRECTORY",
                        "kubernetes:",
                        "memory:NAME",
                        "zookeeper://HOST:PORT,HOST:PORT/PARENT");
    }

    @Test
    void each_option_that_is_shown_is_in_the_form_and_told_in_a_line() throws Exception {
        for (var provider : java.util.ServiceLoader.load(ElectionBackendProvider.class)) {
            for (UriOption option : provider.options()) {
                assertThat(provider.uriForm()).contains(option.name() + "=");
                assertThat(option.meaning()).isNotBlank().hasSizeLessThan(80).doesNotContain("\n");
            }
        }
    }
}
