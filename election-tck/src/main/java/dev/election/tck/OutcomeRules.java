package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.recordOf;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S2;
import static dev.election.tck.Rule.S3;
import static dev.election.tck.Rule.S4;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S2 where nothing fails; {@link FaultRules} has the rest. */
abstract class OutcomeRules {

    private final Kit kit;

    OutcomeRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves({S2, S3})
    @DisplayName("a swap of the current version is Applied, and tells what is stored, field for field")
    void applied() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot current = create(view, election);
        int doubtful = 0; // a store may have its troubles, but not each time
        for (int i = 1; i <= 10; i++) {
            LockRecord next = held("candidate-" + i % 3, i);
            LockRecord expected = view.asStored(next, current);
            Answer answer = Answer.to(view, election, current.version(), next, TIMEOUT);
            Snapshot stored = view.read(election, TIMEOUT);
            if (answer.isDoubtful() && ++doubtful < 10) {
                current = stored;
                continue;
            }
            assertTrue(
                    answer.isApplied(),
                    () -> "a swap of the current version, while nobody else writes, is Applied and nothing else: a"
                            + " leader told otherwise gives up a lock that it holds. It was told " + answer + "; "
                            + (wrote(next, stored) ? "yet the write is stored" : "the write is not stored"));
            assertEquals(
                    stored,
                    answer.told(),
                    "the state that Applied tells is not the one that a read finds right after it");
            assertEquals(
                    expected,
                    stored.record(),
                    "what is stored is not what asStored() said before: a lost answer is recognised by it, field for"
                            + " field");
            current = stored;
        }
    }

    @Test
    @Proves(S2)
    @DisplayName("a swap of a version that is no longer current is a Conflict, and nothing was written")
    void conflict() throws Exception {
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        Snapshot before = create(view, election);
        for (int i = 1; i <= 10; i++) {
            Snapshot current =
                    write(other, election, other.read(election, TIMEOUT).version(), held("winner", i));
            int number = i;
            assertConflict(view, election, before.version(), () -> held("loser", number), current);
            before = current;
        }
    }

    @Test
    @Proves({S2, S4})
    @DisplayName("a creation over a record is a Conflict, and nothing was written")
    void creationOverRecord() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot current = create(view, election);
        assertConflict(view, election, Version.ABSENT, Kit::free, current);
        current = write(view, election, current.version(), held("holder", 1));
        assertConflict(view, election, Version.ABSENT, Kit::free, current);
    }

    @Test
    @Proves(S2)
    @DisplayName("a swap of a record that was deleted is a Conflict, and nothing was written")
    void swapOfDeleted() throws Exception {
        kit.needs(Capability.DELETE);
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot created = create(view, election);
        view.delete(election, TIMEOUT);
        assertConflict(view, election, created.version(), () -> held("late", 1), Snapshot.ABSENT);
    }

    private static void assertConflict(
            ElectionBackend view, String election, Version expected, Supplier<LockRecord> next, Snapshot current)
            throws Exception {
        Set<String> attempts = new HashSet<>();
        Supplier<LockRecord> attempted = () -> {
            LockRecord record = next.get();
            attempts.add(record.attempt());
            return record;
        };
        Answer answer = Answer.toMisfit(view, election, expected, attempted, TIMEOUT);
        Snapshot stored = view.read(election, TIMEOUT);
        assertFalse(
                !stored.isAbsent() && attempts.contains(recordOf(stored).attempt()),
                () -> "a swap that expected " + expected + " was written over " + current.version() + ", and the caller"
                        + " was told " + answer + ": it overwrote a record that it had not seen");
        assertEquals(
                current,
                stored,
                "a swap that does not fit changed what is stored, or the write before it was applied twice");
        assertTrue(
                answer.isConflict(),
                () -> "a swap that expected " + expected + " while the store holds " + current.version()
                        + " is a Conflict, which is a fact; it was told " + answer);
        if (answer.told() != null) {
            assertEquals(
                    current,
                    answer.told(),
                    "the Conflict carries a state that is not the current one; a candidate decides by it");
        }
    }

    private static boolean wrote(LockRecord next, Snapshot stored) {
        return !stored.isAbsent() && recordOf(stored).attempt().equals(next.attempt());
    }

    @Test
    @Proves(S2)
    @DisplayName("a caller that was interrupted before learns of it, and its outcome is true")
    void interruptedBefore() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot before = create(view, election);
        LockRecord next = held("holder", 1);
        Thread.currentThread().interrupt();
        Answer answer = Answer.to(view, election, before.version(), next, TIMEOUT);
        assertTrue(
                answer.interrupted(),
                () -> "the interrupt was swallowed: a call answers it by InterruptedException, or leaves the thread's"
                        + " flag set; the caller was told " + answer + " and cannot know that it was to stop");
        Thread.currentThread().interrupt();
        boolean noticed;
        try {
            view.read(election, TIMEOUT);
            noticed = Thread.interrupted();
        } catch (InterruptedException e) {
            noticed = true;
        }
        assertTrue(noticed, "a read swallowed the interrupt of its caller: the thread's flag is gone");
        Snapshot after = view.read(election, TIMEOUT);
        assertFalse(
                answer.isDenial() && wrote(next, after) || answer.isApplied() && !wrote(next, after),
                () -> "the caller, which was interrupted, was told " + answer + ", but the store holds " + after);
    }

    @Test
    @Proves(S2)
    @DisplayName("a deletion tells whether there was a record")
    void deletion() throws Exception {
        kit.needs(Capability.DELETE);
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        assertFalse(view.delete(election, TIMEOUT), "there was no record, but delete() said that there was one");
        write(view, election, create(view, election).version(), held("holder", 1));
        assertTrue(view.delete(election, TIMEOUT), "there was a record, but delete() said that there was none");
        assertEquals(Snapshot.ABSENT, view.read(election, TIMEOUT), "the record is still there after its deletion");
        assertFalse(
                view.delete(election, TIMEOUT), "the record was deleted, but delete() said again that it was there");
    }

    @Test
    @Proves(S2)
    @DisplayName("what is not declared is absent: without DELETE, delete() is an UnsupportedOperationException")
    void noDeletion() throws Exception {
        kit.needsNo(Capability.DELETE);
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot created = create(view, election);
        assertThrows(
                UnsupportedOperationException.class,
                () -> view.delete(election, TIMEOUT),
                "the backend does not declare DELETE, so delete() refuses; if it works, declare it");
        assertEquals(created, view.read(election, TIMEOUT), "delete() is not declared, but it did something");
    }

    @Test
    @Proves(S2)
    @DisplayName("all views declare the same capabilities, all the time")
    void capabilities() throws Exception {
        ElectionBackend view = kit.open();
        assertEquals(
                view.capabilities(),
                kit.open().capabilities(),
                "two views of one store declare different capabilities");
        create(view, kit.newElection());
        assertEquals(kit.open().capabilities(), view.capabilities(), "the capabilities of a view changed");
    }
}
