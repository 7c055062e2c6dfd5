package dev.election.tck;

import dev.election.local.MemoryBackend;
import dev.election.spi.ElectionBackend;
import java.util.Optional;

class MemoryTckTest extends BackendTck {

    private final String store = "tck-" + System.nanoTime();

    @Override
    protected ElectionBackend open() {
        return MemoryBackend.open(store);
    }

    @Override
    protected Optional<String> uri() {
        return Optional.of("memory:" + store);
    }
}
