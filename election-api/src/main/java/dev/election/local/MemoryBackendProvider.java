package dev.election.local;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import java.util.Set;

/** Opens {@code memory:NAME}: one store per name and JVM, of which each open is one process's view. */
public final class MemoryBackendProvider implements ElectionBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public MemoryBackendProvider() {}

    @Override
    public String scheme() {
        return "memory";
    }

    @Override
    public String uriForm() {
        return "memory:NAME";
    }

    @Override
    public ElectionBackend open(BackendUri uri) {
        uri.allowOptions(Set.of());
        if (uri.location().isEmpty()) {
            throw new IllegalArgumentException("\"" + uri + "\": a memory store needs a name, as in " + uriForm());
        }
        return MemoryBackend.open(uri.location());
    }
}
