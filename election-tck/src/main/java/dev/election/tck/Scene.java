package dev.election.tck;

import dev.election.ElectionTiming;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * One election in virtual time: its candidates, each a process of its own with its own view of the store under test, an
 * operator who can touch the record, and the check that never two lead. The store is the real one: only its answers
 * take no time.
 */
final class Scene implements AutoCloseable {

    /** Long, since virtual time costs nothing, and a call may take R of real time before it counts as lost. */
    static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(60), Duration.ofSeconds(40), Duration.ofSeconds(10));

    static final Duration LEASE = TIMING.leaseDuration();
    static final Duration DEADLINE = TIMING.renewDeadline();
    static final Duration RETRY = TIMING.retryPeriod();
    static final Duration TICK = Duration.ofMillis(1);

    /** The random delay before a take-over, which is at most R/100, and nothing for all else that is due at once. */
    static final Duration AT_ONCE = RETRY.dividedBy(50);

    /** Polling is jittered by a fifth. */
    private static final Duration POLL = RETRY.multipliedBy(6).dividedBy(5);

    private static final Duration SAMPLING = Duration.ofMillis(250);

    private final Kit kit;
    private final VirtualTime time = new VirtualTime();
    private final OneLeaderCheck check = new OneLeaderCheck(time);
    private final List<Candidate> candidates = new ArrayList<>();
    private final ElectionBackend operator;
    private final String election;

    Scene(Kit kit) throws Exception {
        this.kit = kit;
        this.operator = time.attach(kit.open());
        this.election = kit.newElection();
        check.sampleEvery(SAMPLING);
    }

    VirtualTime time() {
        return time;
    }

    OneLeaderCheck check() {
        return check;
    }

    String election() {
        return election;
    }

    Kit kit() {
        return kit;
    }

    // ---- Candidates ----

    /** A process that is about to contend. */
    Candidate candidate(String identity) throws Exception {
        return candidate(identity, 1);
    }

    Candidate candidate(String identity, double clockRate) throws Exception {
        Candidate candidate =
                new Candidate(this, identity, identity + " (" + (candidates.size() + 1) + ")", time.clock(clockRate));
        candidates.add(candidate);
        return candidate;
    }

    /** One that leads; nobody may do so yet. */
    Candidate leader(String identity) throws Exception {
        Candidate leader = candidate(identity).start();
        until(leader::leads, identity + " leads an election that nobody else contends in", RETRY);
        return leader;
    }

    /** One that has seen who leads. */
    Candidate follower(String identity) throws Exception {
        Candidate follower = candidate(identity).start();
        advance(RETRY.dividedBy(10));
        return follower;
    }

    // ---- Time ----

    void advance(Duration by) {
        time.advance(by);
        check.verify();
    }

    /** Lets time pass until something has come about; fails when it has not in time. */
    void until(BooleanSupplier condition, String what, Duration atMost) {
        boolean holds = time.advanceUntil(condition, atMost);
        check.verify();
        expect(holds, "within " + atMost + ": " + what);
    }

    /** Monotonic time now, for {@link #since}. */
    long now() {
        return time.nanoTime();
    }

    Duration since(long then) {
        return Duration.ofNanos(now() - then);
    }

    // ---- The store ----

    boolean watches() {
        return operator.capabilities().contains(Capability.WATCH);
    }

    /** How long a change may go unnoticed by a process that is well. */
    Duration news() {
        return watches() ? AT_ONCE : POLL.plus(AT_ONCE);
    }

    Snapshot stored() {
        try {
            return operator.read(election, Kit.TIMEOUT);
        } catch (BackendException e) {
            return Assertions.fail("the record could not be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Assertions.fail("interrupted", e);
        }
    }

    LockRecord record() {
        Snapshot stored = stored();
        expect(!stored.isAbsent(), "there is a record");
        return Objects.requireNonNull(stored.record());
    }

    /** Writes over whatever there is, as somebody else than the candidates. */
    Snapshot overwrite(LockRecord next) throws Exception {
        Snapshot before = stored();
        if (before.isAbsent()) {
            before = Kit.applied(operator.compareAndSet(election, Version.ABSENT, foreign("", 0), Kit.TIMEOUT));
        }
        CasOutcome outcome = operator.compareAndSet(election, before.version(), next, Kit.TIMEOUT);
        return Kit.applied(outcome);
    }

    /** A record as another implementation writes it, which knows nothing of attempts. */
    LockRecord foreign(String holder, long tokenFloor) {
        return foreign(holder, tokenFloor, LEASE);
    }

    LockRecord foreign(String holder, long tokenFloor, Duration lease) {
        return new LockRecord(holder, lease, time.wallTime(), time.wallTime(), 7, tokenFloor, "");
    }

    /** Somebody deletes the record by hand. */
    void delete() throws Exception {
        kit.needs(Capability.DELETE);
        expect(operator.delete(election, Kit.TIMEOUT), "there was a record to delete");
    }

    /**
     * Changes the version of the record and nothing that elections know, as somebody who sets a label does. Makes the
     * test not applicable where that cannot be done.
     */
    void touch() throws Exception {
        Snapshot before = stored();
        if (kit.hasRawRecords()) {
            kit.rawRecords()
                    .addUnknownField(election, "touched", UUID.randomUUID().toString());
        } else {
            operator.compareAndSet(election, before.version(), Objects.requireNonNull(before.record()), Kit.TIMEOUT);
        }
        Snapshot after = stored();
        expect(Objects.equals(before.record(), after.record()), "touching the record left it as it was");
        Assumptions.assumeFalse(
                before.version().equals(after.version()),
                "the store does not notice that an identical record is written, and the author gave no"
                        + " BackendTck.rawRecords()");
    }

    // ---- Judgement ----

    void expect(boolean holds, String what) {
        if (!holds) {
            Assertions.fail("expected: " + what + "\nWhat happened, by virtual time:\n" + check.history());
        }
    }

    void expectEqual(Object expected, Object actual, String what) {
        expect(expected.equals(actual), what + " is " + expected + ", but it is " + actual);
    }

    void expectAtLeast(Duration least, Duration actual, String what) {
        expect(actual.compareTo(least) >= 0, what + " takes at least " + least + ", but it took " + actual);
    }

    @Override
    public void close() {
        candidates.forEach(Candidate::release);
        candidates.forEach(Candidate::close);
        check.verifyEnded();
    }
}
