package dev.election.local;

import static dev.election.local.Records.TIMEOUT;
import static dev.election.local.Records.applied;
import static dev.election.local.Records.free;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.ServiceLoader;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The memory backend")
class MemoryBackendTest extends BackendContract {

    private final MemoryBackend root = MemoryBackend.create();

    @Override
    ElectionBackend newView() {
        return root.newView();
    }

    @Test
    @DisplayName("offers to watch and delete, and no store to several processes")
    void capabilities() {
        assertThat(backend.capabilities())
                .containsExactlyInAnyOrder(ElectionBackend.Capability.WATCH, ElectionBackend.Capability.DELETE);
    }

    @Nested
    @DisplayName("by name")
    class Names {

        private final String name = UUID.randomUUID().toString();

        private static ElectionBackend open(String uri) {
            return ServiceLoader.load(ElectionBackendProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(provider -> provider.scheme().equals("memory"))
                    .findFirst()
                    .orElseThrow()
                    .open(BackendUri.parse(uri));
        }

        @Test
        @DisplayName("the URI and the method open the same store, and another name another one")
        void sameStore() throws Exception {
            try (ElectionBackend byUri = open("memory:" + name);
                    ElectionBackend byName = MemoryBackend.open(name);
                    ElectionBackend other = open("memory:" + name + "-other")) {
                Snapshot created = applied(byUri.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
                assertThat(byName.read(ELECTION, TIMEOUT)).isEqualTo(created);
                assertThat(other.read(ELECTION, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
                assertThat(byName).hasToString("memory:" + name);
            }
        }

        @Test
        @DisplayName("a record outlives the last view that was open, as it would in a server")
        void outlivesViews() throws Exception {
            Snapshot created;
            try (ElectionBackend first = open("memory:" + name)) {
                created = applied(first.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
            }
            try (ElectionBackend second = open("memory:" + name)) {
                assertThat(second.read(ELECTION, TIMEOUT)).isEqualTo(created);
            }
        }

        @Test
        @DisplayName("private stores are apart from each other")
        void privateStores() throws Exception {
            try (ElectionBackend one = MemoryBackend.create();
                    ElectionBackend two = MemoryBackend.create()) {
                one.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT);
                assertThat(two.read(ELECTION, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
            }
        }

        @Test
        @DisplayName("no name, and options, are refused with what was expected")
        void refused() {
            assertThatThrownBy(() -> open("memory:"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("memory:NAME");
            assertThatThrownBy(() -> MemoryBackend.open("")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> open("memory:x?size=3"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("size");
        }
    }
}
