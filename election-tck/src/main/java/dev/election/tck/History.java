package dev.election.tck;

import static dev.election.tck.Kit.recordOf;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.tck.Operation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records what several callers of one election asked and were answered, to be checked afterwards. Thread-safe.
 *
 * <p>Time is the number of the event, taken before a call begins and after it has ended: whatever ended before another
 * one began has the smaller number.
 */
final class History {

    private final String election;
    private final List<Operation> operations = new ArrayList<>(); // this and all below: guarded by this
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Version> versions = new HashMap<>();
    private final Map<Version, String> attempts = new HashMap<>();
    private long time;

    History(String election) {
        this.election = election;
    }

    /** Reads, and returns what was read; null when it could not be. */
    @Nullable
    Snapshot read(String caller, ElectionBackend view, Duration timeout) {
        long invoked = next();
        Snapshot seen;
        try {
            seen = PatientBackend.bare(view).read(election, timeout);
        } catch (BackendException | RuntimeException e) {
            return null; // a read that failed says nothing
        } catch (InterruptedException e) {
            return null; // by the test, which means no thread to end
        }
        add(new Operation(caller, Kind.READ, "", "", state(seen), invoked, next()));
        return seen;
    }

    /** Swaps, and returns the answer. */
    Answer swap(String caller, ElectionBackend view, Snapshot expected, LockRecord next, Duration timeout) {
        long invoked = next();
        Answer answer = Answer.to(view, election, expected.version(), next, timeout);
        String from = state(expected);
        String to = next.attempt();
        Snapshot told = answer.told();
        if (answer.isApplied()) {
            add(new Operation(caller, Kind.APPLIED, from, to, "", invoked, next()));
            if (told == null || !state(told).equals(to)) {
                violation("a swap was told that it was Applied, and that the store now holds " + told
                        + ", which is not what it wrote: " + next);
            }
        } else if (answer.isConflict()) {
            // Where absence was expected, it may have come back when the current state was looked up after the refusal.
            String seen = told == null || told.isAbsent() && expected.isAbsent() ? "" : state(told);
            add(new Operation(caller, Kind.CONFLICT, from, to, seen, invoked, next()));
        } else if (answer.isOpen()) {
            add(new Operation(caller, Kind.MAYBE, from, to, "", invoked, Operation.NEVER));
        }
        return answer; // a BackendException: nothing happened, so that whoever reads it has read a ghost
    }

    /** Deletes; an exception leaves open what happened, as it promises nothing for deletions. */
    void delete(String caller, ElectionBackend view, Duration timeout) {
        long invoked = next();
        try {
            boolean found = PatientBackend.bare(view).delete(election, timeout);
            add(new Operation(caller, found ? Kind.DELETED : Kind.FOUND_NONE, "", "", "", invoked, next()));
        } catch (BackendException | RuntimeException | InterruptedException e) {
            add(new Operation(caller, Kind.MAYBE_DELETED, "", "", "", invoked, Operation.NEVER));
        }
    }

    private synchronized long next() {
        return ++time;
    }

    private synchronized void add(Operation operation) {
        operations.add(operation);
    }

    private synchronized void violation(String what) {
        violations.add(what);
    }

    /** Names a state by the attempt that wrote it, and sees to it that attempts and versions go together. */
    private synchronized String state(Snapshot snapshot) {
        if (snapshot.isAbsent()) {
            return Operation.ABSENT;
        }
        String attempt = recordOf(snapshot).attempt();
        Version version = snapshot.version();
        Version other = versions.putIfAbsent(attempt, version);
        if (other != null && !other.equals(version)) {
            violations.add("the write " + attempt + " was seen at two versions, " + other + " and " + version
                    + ": it was applied twice");
        }
        String another = attempts.putIfAbsent(version, attempt);
        if (another != null && !another.equals(attempt)) {
            violations.add("the version " + version + " was seen with two writes, " + another + " and " + attempt
                    + ": it fits again after the record changed");
        }
        return attempt;
    }

    synchronized int size() {
        return operations.size();
    }

    /** How many outcomes were left open. */
    synchronized long unknown() {
        return operations.stream().filter(Operation::isOpen).count();
    }

    /** What is wrong with what was answered, if anything; from absence, before the first call. */
    synchronized Optional<String> check() {
        return violations.isEmpty()
                ? Linearizability.violation(operations, Operation.ABSENT)
                : Optional.of(violations.get(0));
    }
}
