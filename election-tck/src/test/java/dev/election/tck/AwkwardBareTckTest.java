package dev.election.tck;

import dev.election.local.MemoryBackend;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import java.util.EnumSet;
import org.junit.jupiter.api.DisplayName;

/** The kit on a backend that is awkward, and neither watches nor deletes: it has to pass. */
@DisplayName("awkward and bare")
class AwkwardBareTckTest extends BackendTck {

    private final MemoryBackend store = MemoryBackend.create();

    @Override
    protected ElectionBackend open() {
        return new AwkwardBackend(store.newView(), EnumSet.noneOf(Capability.class), AwkwardTckTest.LONGEST_DELAY);
    }
}
