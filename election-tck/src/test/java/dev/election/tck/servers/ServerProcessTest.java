package dev.election.tck.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {

    @TempDir
    Path dir;

    @Test
    void runsUntilItIsKilledAndAgain() throws Exception {
        Path file = dir.resolve("up");
        Path log = dir.resolve("log");
        List<String> command = List.of("sh", "-c", "echo here; touch " + file + "; sleep 100");
        try (ServerProcess server = ServerProcess.start(log, command)) {
            server.await(Duration.ofSeconds(20), () -> Files.exists(file));
            assertThat(server.isRunning()).isTrue();
            server.freeze();
            assertThat(server.isRunning()).isTrue();
            server.thaw();
            server.kill();
            assertThat(server.isRunning()).isFalse();
            Files.delete(file);
            server.restart();
            server.await(Duration.ofSeconds(20), () -> Files.exists(file));
        }
        assertThat(log).hasContent("here\nhere\n");
    }

    @Test
    void tellsOfAProgramThatEnds() throws Exception {
        try (ServerProcess server = ServerProcess.start(dir.resolve("log"), List.of("false"))) {
            assertThatThrownBy(() -> server.await(Duration.ofSeconds(20), () -> false))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("false has ended; see " + dir);
        }
    }
}
