package dev.election.tck;

import dev.election.spi.ElectionBackend;
import dev.election.tck.wrong.Store;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;

/** The kit with all hooks, on whichever store is to be tested by this thread. Build tools do not look for it. */
@DisplayName("a store that may be wrong")
class WrongBackendKit extends BackendTck {

    private static final ThreadLocal<Supplier<Store>> STORES = ThreadLocal.withInitial(() -> Store::new);

    private final Store store = STORES.get().get(); // JUnit makes the instance on the thread that runs the kit

    /** Runs all of the kit against new stores of a kind. */
    static Report run(Supplier<Store> stores, java.util.Set<Rule> rules) {
        STORES.set(stores);
        try {
            return KitRun.run(WrongBackendKit.class, rules);
        } finally {
            STORES.remove();
        }
    }

    @Override
    protected ElectionBackend open() {
        return store.open();
    }

    @Override
    protected Optional<RawRecords> rawRecords() {
        return Optional.of(store.rawRecords());
    }

    @Override
    protected Optional<StoreFaults> faults() {
        return Optional.of(store.faults());
    }

    /** Nothing here takes longer than the machine makes it. */
    @Override
    protected Duration settling() {
        return Duration.ofMillis(40);
    }
}
