package dev.election.tck;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.tck.wrong.Store;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

/** The kit on a backend that is awkward and correct, with all hooks: it has to pass. */
@DisplayName("awkward")
class AwkwardTckTest extends BackendTck {

    /** As slow as a store on the other side of the world, when {@code -Dtck.awkward.millis=200} says so. */
    static final Duration LONGEST_DELAY = Duration.ofMillis(Long.getLong("tck.awkward.millis", 4));

    private final Store store = new Store();

    @Override
    protected ElectionBackend open() {
        return new AwkwardBackend(store.open(), EnumSet.of(Capability.WATCH, Capability.DELETE), LONGEST_DELAY);
    }

    @Override
    protected Optional<RawRecords> rawRecords() {
        return Optional.of(store.rawRecords());
    }

    @Override
    protected Optional<StoreFaults> faults() {
        return Optional.of(store.faults());
    }

    /** Nothing here takes longer than the machine, and the delay, make it. */
    @Override
    protected Duration settling() {
        return LONGEST_DELAY.plusMillis(60);
    }
}
