package dev.election.http;

import dev.election.local.MemoryBackend;
import dev.election.spi.ElectionBackend;
import dev.election.tck.BackendTck;
import org.junit.jupiter.api.DisplayName;

/** The kit on a backend that is looked at: the rules hold as they do without. */
@DisplayName("observed")
class ObservedBackendTckTest extends BackendTck {

    private final MemoryBackend store = MemoryBackend.create();

    @Override
    protected ElectionBackend open() {
        return ObservedBackend.of(store.newView(), new RenewalLog());
    }
}
