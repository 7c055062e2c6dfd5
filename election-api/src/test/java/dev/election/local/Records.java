package dev.election.local;

import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Records to write, and what became of it. */
final class Records {

    static final Duration TIMEOUT = Duration.ofSeconds(30);
    static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

    // Cheaper to start than the random numbers of a UUID, and processes here live for milliseconds.
    private static final String PROCESS = ProcessHandle.current().pid() + "-" + System.nanoTime();
    private static final AtomicLong ATTEMPTS = new AtomicLong();

    private Records() {}

    static LockRecord free() {
        return record("", 0);
    }

    /** A held record; its token serves tests as a counter. */
    static LockRecord held(String holder, long token) {
        return record(holder, token);
    }

    private static LockRecord record(String holder, long token) {
        String attempt = PROCESS + "-" + ATTEMPTS.incrementAndGet();
        return new LockRecord(holder, Duration.ofMillis(15_001), TIME, TIME, 3, token, attempt);
    }

    /** The state that an applied write left. */
    static Snapshot applied(CasOutcome outcome) {
        if (outcome instanceof CasOutcome.Applied applied) {
            return applied.current();
        }
        throw new AssertionError("expected the write to be applied, and got " + outcome);
    }

    static LockRecord recordOf(Snapshot snapshot) {
        return Objects.requireNonNull(snapshot.record(), "there is no record");
    }
}
