package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the sidecar as it is shipped starts, or says why it does not. */
@Timeout(180)
class SidecarStartIT {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--http=localhost:0             | the name of the election is missing",
                "--election=UPPER               | --election: an election's name has 1 to 200 characters",
                "--election=e --nosuch          | unknown option \"--nosuch\"",
                "--election=e --backend=nosuch: | no backend for \"nosuch:\" is on the class path",
                "--election=e --backend=file:   | \"file:\": the directory is an absolute path",
                "--election=e --ttl=10ms        | the retry period must be at least 5 ms",
            })
    void wrong_use_is_explained_in_two_lines(String line, String message) throws Exception {
        try (SidecarProcess sidecar = SidecarProcess.start(directory, line.split(" "))) {
            assertThat(sidecar.exitCode()).isEqualTo(2);
            assertThat(sidecar.out()).isEmpty();
            assertThat(sidecar.err().lines()).hasSize(2);
            assertThat(sidecar.err()).startsWith("election: " + message).endsWith("election --help\n");
        }
    }

    @Test
    void help_goes_to_standard_output() throws Exception {
        try (SidecarProcess sidecar = SidecarProcess.start(directory, "--help")) {
            assertThat(sidecar.exitCode()).isZero();
            assertThat(sidecar.out()).contains("--election=NAME").contains("Examples:");
            assertThat(sidecar.err()).isEmpty();
        }
    }

    @Test
    void the_version_is_that_of_the_distribution() throws Exception {
        try (SidecarProcess sidecar = SidecarProcess.start(directory, "--version")) {
            assertThat(sidecar.exitCode()).isZero();
            assertThat(sidecar.out()).matches("election \\d\\S+\n");
        }
    }

    @Test
    void a_port_that_is_taken_ends_it_before_it_contends() throws Exception {
        Path store = directory.resolve("store");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                SidecarProcess sidecar = SidecarProcess.start(
                        directory,
                        "--election=example",
                        "--backend=file:" + store,
                        "--http=localhost:" + taken.getLocalPort())) {
            assertThat(sidecar.exitCode()).isEqualTo(1);
            assertThat(sidecar.out()).isEmpty();
            assertThat(sidecar.err())
                    .isEqualTo("election: cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": Address already in use\n");
            assertThat(store.resolve("example.json")).doesNotExist();
        }
    }

    @Test
    void an_address_of_a_version_that_is_not_spoken_here_is_named() throws Exception {
        try (SidecarProcess sidecar = SidecarProcess.start(
                directory,
                Map.of("ELECTION_JAVA_OPTS", "-Djava.net.preferIPv4Stack=true"),
                "--election=example",
                "--backend=file:" + directory.resolve("store"),
                "--http=[::1]:0")) {
            assertThat(sidecar.exitCode()).isEqualTo(1);
            assertThat(sidecar.err()).isEqualTo("election: cannot listen on [::1]:0: there is no IPv6 here\n");
        }
    }

    @Test
    void a_cluster_that_cannot_be_reached_is_waited_for_and_shows_as_a_problem() throws Exception {
        Path kubeconfig = directory.resolve("kubeconfig");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
                users: [{name: nobody, user: {}}]
                contexts: [{name: none, context: {cluster: none, user: nobody, namespace: default}}]
                current-context: none
                """);
        try (SidecarProcess sidecar = SidecarProcess.start(
                directory, "--election=example", "--id=a", "--kubeconfig=" + kubeconfig, "--http=localhost:0")) {
            sidecar.await(
                    "a problem", () -> !sidecar.get("/v1/elections/example").contains("\"problem\":null"));
            assertThat(sidecar.request("/livez").statusCode())
                    .as("a restart would not help")
                    .isEqualTo(200);
            assertThat(sidecar.request("/readyz").statusCode()).isEqualTo(200);
            assertThat(sidecar.request("/leading").statusCode()).isEqualTo(503);
            assertThat(sidecar.get("/")).isEqualTo("{\"name\":\"\"}");
            assertThat(sidecar.isLeader()).isFalse();
            assertThat(sidecar.get("/v1/elections/example"))
                    .contains("\"state\":\"unknown\",\"leader\":null")
                    .contains("\"problem\":\"cannot get Lease default/example");
            assertThat(sidecar.isAlive()).isTrue();
            sidecar.signal("TERM");
            assertThat(sidecar.exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "watch"})
    void a_store_that_does_not_open_keeps_nobody_from_ending_it(String command) throws Exception {
        Path asked = directory.resolve("asked");
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: sh,
                  args: ["-c", "touch %1$s; while test -e %1$s; do sleep 0.1; done"]}}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(asked));
        try (SidecarProcess sidecar =
                SidecarProcess.start(directory, command, "--election=example", "--kubeconfig=" + kubeconfig)) {
            sidecar.await("a program that gets credentials", () -> Files.exists(asked));
            sidecar.signal("TERM");
            assertThat(sidecar.exitCode()).isZero();
        } finally {
            Files.deleteIfExists(asked); // that program outlives us
        }
    }
}
