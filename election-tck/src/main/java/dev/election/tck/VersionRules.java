package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.free;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.newAttempt;
import static dev.election.tck.Kit.recordOf;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S4;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S4. */
abstract class VersionRules {

    private final Kit kit;

    VersionRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S4)
    @DisplayName("no version fits again once the record changed")
    void neverAgain() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        List<Snapshot> past = new ArrayList<>();
        Snapshot current = create(view, election);
        for (int i = 1; i <= 5; i++) {
            past.add(current);
            current = write(view, election, current.version(), held("holder", i));
            assertNoneFits(view, election, past, "the record changed");
        }
    }

    @Test
    @Proves(S4)
    @DisplayName("a write of identical content, but for the name of the attempt, makes a new version")
    void identicalContent() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot free = create(view, election);
        LockRecord content = held("holder", 1);
        List<Snapshot> past = new ArrayList<>(List.of(free));
        Snapshot current = write(view, election, free.version(), content);
        for (int i = 0; i < 3; i++) {
            past.add(current);
            Snapshot again = write(view, election, current.version(), withNewAttempt(content));
            assertNotEquals(
                    current.version(),
                    again.version(),
                    "a write of the same content left the version as it was: a late write of a candidate that saw the"
                            + " first would overwrite the second");
            assertNoneFits(view, election, past, "the same content was written again");
            current = again;
        }
        past.add(current);
        write(view, election, current.version(), withNewAttempt(recordOf(free)));
        assertNoneFits(view, election, past, "the record returned to the content that it once had");
    }

    @Test
    @Proves(S4)
    @DisplayName("a version from before a deletion does not fit the record that was created anew (ABA)")
    void createdAnew() throws Exception {
        kit.needs(Capability.DELETE);
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        LockRecord free = free();
        LockRecord held = held("holder", 1);
        List<Snapshot> past = new ArrayList<>();
        for (int life = 0; life < 3; life++) {
            // The same history in each life: a version counted from the creation, or made of the content, repeats.
            Snapshot created = write(view, election, Version.ABSENT, withNewAttempt(free));
            assertNoneFits(view, election, past, "the record was deleted and created anew");
            Snapshot acquired = write(view, election, created.version(), withNewAttempt(held));
            assertNoneFits(view, election, past, "the record was deleted, created anew and acquired");
            past.add(created);
            past.add(acquired);
            view.delete(election, TIMEOUT);
            assertNoneFits(view, election, past, "the record was deleted");
        }
    }

    private static LockRecord withNewAttempt(LockRecord record) {
        return new LockRecord(
                record.holder(),
                record.leaseDuration(),
                record.acquired(),
                record.renewed(),
                record.transitions(),
                record.fencingToken(),
                newAttempt());
    }

    private static void assertNoneFits(ElectionBackend view, String election, List<Snapshot> past, String change)
            throws Exception {
        Snapshot current = view.read(election, TIMEOUT);
        for (Snapshot old : past) {
            assertNotEquals(
                    old.version(),
                    current.version(),
                    () -> "after " + change + ", it has a version that it had before: what was decided by the old state"
                            + " would be written over the new one");
            Answer answer = Answer.to(view, election, old.version(), held("late", 99), TIMEOUT);
            assertEquals(
                    current,
                    view.read(election, TIMEOUT),
                    () -> "after " + change + ", a swap that expected its old version " + old.version()
                            + " overwrote it, and was told " + answer
                            + ": a write that comes late would overwrite another one's term");
            assertFalse(
                    answer.isApplied(),
                    () -> "after " + change + ", a swap that expected its old version " + old.version()
                            + " was told that it was Applied, although nothing was written");
        }
    }

    @Test
    @Proves(S4)
    @DisplayName("only a free record is written over absence; a held one is an IllegalArgumentException")
    void onlyFreeOverAbsence() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        assertThrows(
                IllegalArgumentException.class,
                () -> view.compareAndSet(election, Version.ABSENT, held("eager", 1), TIMEOUT),
                "a held record over absence is refused, because absence fits again: two late acquisitions could both be"
                        + " applied, one after each deletion");
        assertEquals(Snapshot.ABSENT, view.read(election, TIMEOUT), "what was refused was written nevertheless");
    }
}
