package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.newAttempt;
import static dev.election.tck.Kit.recordOf;
import static dev.election.tck.Rule.S11;
import static dev.election.tck.Rule.S3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Rule S11 and the trip of values through the store: what is read is what was written, as asStored() said. */
abstract class ValueRules {

    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final Duration LEASE = Duration.ofSeconds(15);

    /** A store may move a time a little, such as into the next second; more is a slip. */
    private static final Duration SLIP = Duration.ofSeconds(2);

    private final Kit kit;

    ValueRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S11)
    @DisplayName("a lease is stored as it is, or rounded up; never down")
    void leases() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot current = create(view, election);
        for (long millis : new long[] {15_000, 15_001, 15_500, 15_999, 1, 999, 1_000, 1_001, 2_500, 3_600_000}) {
            Duration lease = Duration.ofMillis(millis);
            LockRecord next = new LockRecord("holder", lease, TIME, TIME, 1, millis, newAttempt());
            Duration said = view.asStored(next, current).leaseDuration();
            assertTrue(said.compareTo(lease) >= 0, () -> shorter("asStored() says that it is stored as", lease, said));
            Snapshot stored = store(view, election, current, next);
            Duration read = recordOf(stored).leaseDuration();
            assertTrue(read.compareTo(lease) >= 0, () -> shorter("it is read back as", lease, read));
            assertRecord(view, next, current, stored);
            current = stored;
        }
    }

    private static String shorter(String how, Duration lease, Duration stored) {
        return "a lease of " + lease + " is shortened: " + how + " " + stored
                + ". Others would take over while its holder still leads; round up what the store cannot express";
    }

    @Test
    @Proves({S3, S11})
    @DisplayName("times keep their microseconds, or what asStored() says of them, at the edges of calendars, too")
    void times() throws Exception {
        roundTrip(Instant.parse("2026-03-29T01:30:00.000001Z")); // skipped by clocks in Europe
        roundTrip(Instant.parse("2026-10-25T00:30:00.999999Z")); // shown twice by clocks in Europe
        roundTrip(Instant.parse("2026-10-25T01:30:00.999999Z"));
        roundTrip(Instant.parse("2028-02-29T23:59:59.100000Z"));
        roundTrip(Instant.parse("2038-01-19T03:14:08.000010Z")); // beyond 32 bits
        roundTrip(Instant.parse("1999-12-31T23:59:59.999999Z"));
    }

    @Test
    @Proves({S3, S11})
    @DisplayName("a record that was written in one time zone is the same when it is read in another")
    @ResourceLock(Resources.TIME_ZONE)
    void timeZones() throws Exception {
        TimeZone before = TimeZone.getDefault();
        try {
            ElectionBackend view = kit.open();
            String election = kit.newElection();
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
            Snapshot created = create(view, election);
            LockRecord next = new LockRecord("holder", LEASE, TIME, TIME, 1, 1, newAttempt());
            Snapshot stored = store(view, election, created, next);
            TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
            assertEquals(
                    stored,
                    kit.open().read(election, TIMEOUT),
                    "a process in another time zone reads another record: times are stored as a clock on the wall there"
                            + " would show them; store them in UTC");
            assertRecord(view, next, created, stored);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private void roundTrip(Instant time) throws Exception {
        roundTrip(new LockRecord("holder", LEASE, time, time, 1, 1, newAttempt()));
    }

    @Test
    @Proves({S3, S11})
    @DisplayName("the largest tokens, counts and names come back whole")
    void largeValues() throws Exception {
        roundTrip(new LockRecord("h", LEASE, TIME, TIME, Integer.MAX_VALUE, Long.MAX_VALUE, newAttempt()));
        roundTrip(new LockRecord("h", LEASE, TIME, TIME, 0, (1L << 53) + 1, newAttempt())); // no double holds it
        roundTrip(new LockRecord("h".repeat(260), LEASE, TIME, TIME, 1, 1, newAttempt()));
        // Identities are printable ASCII; what quotes, escapes or separates must not be taken for syntax.
        String printable =
                IntStream.rangeClosed(0x21, 0x7e).mapToObj(Character::toString).collect(Collectors.joining());
        roundTrip(new LockRecord(printable, LEASE, TIME, TIME, 1, 1, newAttempt()));
        for (String holder : List.of("null", "0", "true", "\"\"", "a_b", "%41", "${x}", "a,b=c", "\\u0041")) {
            roundTrip(new LockRecord(holder, LEASE, TIME, TIME, 1, 1, newAttempt()));
        }
    }

    private void roundTrip(LockRecord next) throws Exception {
        ElectionBackend view = kit.open();
        try {
            String election = kit.newElection();
            Snapshot created = create(view, election);
            Snapshot stored = store(view, election, created, next);
            assertRecord(view, next, created, stored);
        } finally {
            view.close();
        }
    }

    /** Writes, and returns what is read then. */
    private static Snapshot store(ElectionBackend view, String election, Snapshot current, LockRecord next)
            throws Exception {
        Answer answer = Answer.patiently(view, election, current.version(), next, TIMEOUT);
        assertTrue(
                answer.isApplied(), () -> "this record could not be stored: " + next + "; the outcome was " + answer);
        Snapshot stored = view.read(election, TIMEOUT);
        assertEquals(answer.told(), stored, "the state that Applied told is not what is read");
        return stored;
    }

    private static void assertRecord(ElectionBackend view, LockRecord next, Snapshot replaced, Snapshot stored) {
        LockRecord read = recordOf(stored);
        assertEquals(next.holder(), read.holder(), "the holder was changed or cut on its way through the store");
        assertEquals(next.attempt(), read.attempt(), "the attempt was changed on its way through the store");
        assertEquals(next.fencingToken(), read.fencingToken(), "the token was changed on its way through the store");
        assertEquals(next.transitions(), read.transitions(), "the transitions were changed");
        assertNear(next.acquired(), read.acquired(), "acquired");
        if (!next.holder().equals(recordOf(replaced).holder())) {
            assertNear(next.renewed(), read.renewed(), "renewed"); // a renewal may be moved on, see asStored()
        }
        assertEquals(
                view.asStored(next, replaced),
                read,
                "what is read back is not what asStored() said: a lost answer is recognised by it, field for field. A"
                        + " store that keeps less than microseconds or milliseconds says so there");
    }

    private static void assertNear(Instant given, Instant read, String name) {
        if (Duration.between(given, read).abs().compareTo(SLIP) > 0) {
            Assertions.fail("the time " + name + " slipped on its way through the store: from " + given + " to " + read
                    + ", as times do that are stored without their zone");
        }
    }
}
