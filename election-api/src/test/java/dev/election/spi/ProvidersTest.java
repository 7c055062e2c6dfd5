package dev.election.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvidersTest {

    @TempDir
    private Path jar;

    @Test
    void aBackendThatCannotBeUsedConcernsOnlyWhoWantsIt() throws Exception {
        Path services = Files.createDirectories(jar.resolve("META-INF/services"));
        Files.writeString(services.resolve(ElectionBackendProvider.class.getName()), "com.example.Missing\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader broken = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
            thread.setContextClassLoader(broken);
            try (ElectionBackend backend = ElectionBackend.open("memory:beside-a-broken-one")) {
                assertThat(backend.toString()).contains("beside-a-broken-one");
            }
            assertThatThrownBy(() -> ElectionBackend.open("missing:"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("memory:")
                    .hasMessageContaining("com.example.Missing not found");
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
