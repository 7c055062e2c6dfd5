package dev.election.zookeeper;

import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Records as the core writes them, each with an attempt of its own. */
final class TestRecords {

    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration LEASE = Duration.ofSeconds(15);

    private TestRecords() {}

    static LockRecord free() {
        Instant now = Instant.now();
        return new LockRecord("", Duration.ofSeconds(1), now, now, 0, 0, attempt());
    }

    static LockRecord held(String holder, long token) {
        Instant now = Instant.now();
        return new LockRecord(holder, LEASE, now, now, 1, token, attempt());
    }

    /** The same term, written anew. */
    static LockRecord renewed(LockRecord held) {
        return new LockRecord(
                held.holder(),
                held.leaseDuration(),
                held.acquired(),
                Instant.now(),
                held.transitions(),
                held.fencingToken(),
                attempt());
    }

    static LockRecord released(LockRecord held) {
        Instant now = Instant.now();
        return new LockRecord("", Duration.ofSeconds(1), now, now, held.transitions(), held.fencingToken(), attempt());
    }

    static Snapshot applied(CasOutcome outcome) {
        if (outcome instanceof CasOutcome.Applied applied) {
            return applied.current();
        }
        throw new AssertionError("expected to be applied: " + outcome);
    }

    static LockRecord record(Snapshot snapshot) {
        LockRecord record = snapshot.record();
        if (record == null) {
            throw new AssertionError("expected a record: " + snapshot);
        }
        return record;
    }

    private static String attempt() {
        return UUID.randomUUID().toString();
    }
}
