package dev.election.tck.servers;

import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Records as the core writes them, each with an attempt of its own. */
public final class TestRecords {

    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration LEASE = Duration.ofSeconds(15);

    private TestRecords() {}

    public static LockRecord free() {
        Instant now = Instant.now();
        return new LockRecord("", Duration.ofSeconds(1), now, now, 0, 0, attempt());
    }

    public static LockRecord held(String holder, long token) {
        Instant now = Instant.now();
        return new LockRecord(holder, LEASE, now, now, 1, token, attempt());
    }

    /** The same term, written anew. */
    public static LockRecord renewed(LockRecord held) {
        return new LockRecord(
                held.holder(),
                held.leaseDuration(),
                held.acquired(),
                Instant.now(),
                held.transitions(),
                held.fencingToken(),
                attempt());
    }

    public static LockRecord released(LockRecord held) {
        Instant now = Instant.now();
        return new LockRecord("", Duration.ofSeconds(1), now, now, held.transitions(), held.fencingToken(), attempt());
    }

    public static Snapshot applied(CasOutcome outcome) {
        if (outcome instanceof CasOutcome.Applied applied) {
            return applied.current();
        }
        throw new AssertionError("expected to be applied: " + outcome);
    }

    public static LockRecord record(Snapshot snapshot) {
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
