package dev.election.tck;

import dev.election.local.MemoryBackend;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;

/** The kit on a backend that can do no more than it must: it reads and swaps, and is not watched. */
@DisplayName("bare")
class BareMemoryTckTest extends BackendTck {

    private final MemoryBackend store = MemoryBackend.create();

    @Override
    protected ElectionBackend open() {
        return new Bare(store.newView());
    }

    private record Bare(ElectionBackend view) implements ElectionBackend {

        @Override
        public Set<Capability> capabilities() {
            return EnumSet.noneOf(Capability.class);
        }

        @Override
        public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
            return view.read(election, timeout);
        }

        @Override
        public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            return view.compareAndSet(election, expected, next, timeout);
        }

        @Override
        public void close() {
            view.close();
        }
    }
}
