package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.ElectionBackend;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OpeningTest {

    @TempDir
    private Path directory;

    @Test
    void a_store_that_can_be_opened_is() throws Exception {
        try (ElectionBackend backend = Opening.of("memory:opening", Duration.ofSeconds(30))) {
            assertThat(backend.toString()).contains("opening");
        }
    }

    @Test
    void what_is_wrong_is_told_as_it_is_without() {
        assertThatThrownBy(() -> Opening.of("nothing:", Duration.ofSeconds(30)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing:");
    }

    @Test
    void one_that_hangs_is_left_behind() {
        CountDownLatch never = new CountDownLatch(1);
        assertThatThrownBy(() -> Opening.inTime(
                        () -> {
                            never.await();
                            return "";
                        },
                        Duration.ofMillis(50)))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("within 50ms");
    }

    /** One that waits for somebody to log in. */
    @Test
    void a_program_for_credentials_that_hangs_keeps_nobody_waiting() throws Exception {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: sleep, args: ["20"]}}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """);
        String options = " --election=a,b --timeout=100ms --output=json --kubeconfig=" + kubeconfig;
        Typed status = Typed.line("status" + options);
        assertThat(status.exitCode()).isEqualTo(ExitCode.NOT_KNOWN.code());
        assertThat(status.out()).contains("\"election\":\"b\"").contains("it could not be opened within 100ms");
        Typed doctor = Typed.line("doctor" + options);
        assertThat(doctor.exitCode()).isEqualTo(ExitCode.PROBLEM_FOUND.code());
        assertThat(doctor.out()).contains("\"election\":\"b\"").contains("it could not be opened within 100ms");
    }

    /** The program takes most of the time, and the server, which accepts connections and says nothing, gets the rest. */
    @Test
    void what_opening_took_is_not_given_to_the_store_once_more() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            Path kubeconfig = Files.writeString(
                    directory.resolve("kubeconfig"), """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                    users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [%s]}}}]
                    contexts: [{name: x, context: {cluster: c, user: u}}]
                    current-context: x
                    """.formatted(silent.getLocalPort(), "-c, 'sleep 3; echo {}'"));
            String options = " --election=a --timeout=4s --output=json --kubeconfig=" + kubeconfig;
            long begin = System.nanoTime();
            assertThat(Typed.line("status" + options).out()).contains("\"state\":\"unknown\"");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
        }
    }
}
