package dev.election.local;

import dev.election.Race;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The reference backend, which all others are compared with. */
class MemoryStoreInterleavings {

    /** Two views of one store, whose record's token counts its changes. */
    public static class Views {

        private static final Duration TIMEOUT = Duration.ofSeconds(1);

        private final MemoryBackend one = MemoryBackend.create();
        private final MemoryBackend other = one.newView();
        private final Snapshot first;

        public Views() {
            Race.begins();
            one.compareAndSet("raced", Snapshot.ABSENT.version(), record("", 0), TIMEOUT);
            first = one.read("raced", TIMEOUT);
        }

        private static LockRecord record(String holder, long count) {
            return new LockRecord(holder, TIMEOUT, Instant.EPOCH, Instant.EPOCH, 0, count, "");
        }

        /** Swaps until it is applied: each count is given out once. */
        @Operation
        public long count() {
            while (true) {
                Snapshot seen = one.read("raced", TIMEOUT);
                LockRecord last = seen.record();
                LockRecord next = last == null ? record("", 0) : record("counter", last.fencingToken() + 1);
                if (other.compareAndSet("raced", seen.version(), next, TIMEOUT) instanceof CasOutcome.Applied) {
                    return next.fencingToken();
                }
            }
        }

        /** At a version that never fits again, once the record changed. */
        @Operation
        public boolean swapAtTheFirstVersion() {
            CasOutcome outcome = other.compareAndSet("raced", first.version(), record("swapper", 100), TIMEOUT);
            return outcome instanceof CasOutcome.Applied;
        }

        @Operation
        public long read() {
            LockRecord last = other.read("raced", TIMEOUT).record();
            return last == null ? -1 : last.fencingToken();
        }

        @Operation
        public boolean delete() {
            return one.delete("raced", TIMEOUT);
        }
    }

    @Test
    @DisplayName("S1, S4: Reads, swaps and deletions of two views fit one order")
    void views() {
        Race.run(Race.linearizable(3, 2), 10, Views.class);
    }
}
