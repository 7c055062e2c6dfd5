package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S12;
import static dev.election.tck.Rule.S2;
import static dev.election.tck.Rule.S5;
import static dev.election.tck.Rule.S9;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S12. */
abstract class UnreadableRules {

    private final Kit kit;

    UnreadableRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S12)
    @DisplayName("what is no record cannot be read, and the error names the election")
    void read() throws Exception {
        RawRecords raw = kit.rawRecords();
        ElectionBackend view = kit.open();
        for (String kind : raw.unreadableKinds()) {
            String election = kit.newElection();
            create(view, election);
            raw.writeUnreadable(election, kind);
            assertUnreadable(view, election, kind);
        }
    }

    @Test
    @Proves({S2, S12})
    @DisplayName("what is no record is never overwritten, whatever was expected")
    void notOverwritten() throws Exception {
        RawRecords raw = kit.rawRecords();
        ElectionBackend view = kit.open();
        for (String kind : raw.unreadableKinds()) {
            String election = kit.newElection();
            Snapshot before = create(view, election);
            Snapshot held = write(view, election, before.version(), held("holder", 1));
            raw.writeUnreadable(election, kind);
            for (Snapshot expected : List.of(before, held)) {
                assertRefused(
                        Answer.toMisfit(view, election, expected.version(), () -> held("taker", 2), TIMEOUT),
                        kind,
                        "the version of the record that was there before");
                assertUnreadable(view, election, kind);
            }
            assertRefused(Answer.toMisfit(view, election, Version.ABSENT, Kit::free, TIMEOUT), kind, "absence");
            assertUnreadable(view, election, kind);
        }
    }

    @Test
    @Proves({S2, S12})
    @DisplayName("what is no record is never overwritten by a creation, where there was no record before")
    void notCreatedOver() throws Exception {
        RawRecords raw = kit.rawRecords();
        ElectionBackend view = kit.open();
        for (String kind : raw.unreadableKinds()) {
            String election = kit.newElection();
            raw.writeUnreadable(election, kind);
            assertUnreadable(view, election, kind);
            assertRefused(Answer.toMisfit(view, election, Version.ABSENT, Kit::free, TIMEOUT), kind, "absence");
            assertUnreadable(view, election, kind);
        }
    }

    @Test
    @Proves({S5, S12})
    @DisplayName(
            "deleting what cannot be read is a cure, and the revision of the record created then is above all before")
    void cure() throws Exception {
        RawRecords raw = kit.rawRecords();
        kit.needs(Capability.DELETE);
        ElectionBackend view = kit.open();
        for (String kind : raw.unreadableKinds()) {
            String election = kit.newElection();
            Snapshot before = write(view, election, create(view, election).version(), held("holder", 1));
            raw.writeUnreadable(election, kind);
            assertTrue(
                    view.delete(election, TIMEOUT),
                    () -> "delete() said that there is no record, where there is " + kind + ": it deletes whatever is"
                            + " there");
            assertEquals(
                    Snapshot.ABSENT, view.read(election, TIMEOUT), () -> kind + " was deleted, but is still there");
            assertTrue(
                    create(view, election).version().revision()
                            > before.version().revision(),
                    () -> "after " + kind + " was deleted, the revision begins again below what it was");
        }
    }

    @Test
    @Proves({S9, S12})
    @DisplayName("a watch outlives what cannot be read, and reports the record after it, or says that it is lost")
    void watched() throws Exception {
        RawRecords raw = kit.rawRecords();
        kit.needs(Capability.WATCH);
        kit.needs(Capability.DELETE);
        ElectionBackend view = kit.open();
        for (String kind : raw.unreadableKinds()) {
            String election = kit.newElection();
            create(view, election);
            WatchLog log = kit.newLog();
            try (ElectionBackend.Watch watch = view.watch(election, log, TIMEOUT)) {
                raw.writeUnreadable(election, kind);
                log.letTell(kit.settling());
                view.delete(election, TIMEOUT);
                Snapshot after = create(view, election);
                log.awaitToldOrLost(after, "the record that was created after " + kind + " had been deleted");
                if (!log.isLost()) {
                    int told = log.size();
                    Snapshot held = write(view, election, after.version(), held("holder", 1));
                    log.awaitTold(held, told, "a change after a record that could not be read");
                }
                Assertions.assertNotNull(watch);
            }
        }
    }

    private static void assertUnreadable(ElectionBackend view, String election, String kind) throws Exception {
        try {
            Snapshot seen = view.read(election, TIMEOUT);
            Assertions.fail("the store holds " + kind + " for an election, and a read showed "
                    + (seen.isAbsent() ? "that there is no record" : seen)
                    + ": what cannot be read counts as held by someone unknown, and is a BackendException of kind"
                    + " UNREADABLE; taken for free, a second leader would take the lock");
        } catch (BackendException e) {
            assertEquals(
                    BackendException.Kind.UNREADABLE,
                    e.kind(),
                    () -> "a read of " + kind
                            + " failed as it should, but not as UNREADABLE, by which health shows that"
                            + " somebody has to mend it; it was " + e);
            assertTrue(
                    String.valueOf(e.getMessage()).contains(election),
                    () ->
                            "the error of a record that cannot be read names it, for whoever has to mend it; this does not"
                                    + " name the election " + election + ": " + e.getMessage());
        }
    }

    private static void assertRefused(Answer answer, String kind, String expected) {
        assertFalse(
                answer.isApplied(),
                () -> "a swap that expected " + expected + " overwrote " + kind
                        + ", which may be the record of a leader" + " that we cannot read");
        assertTrue(
                answer.isDenial(),
                () -> "a swap that expected " + expected + ", and found " + kind
                        + ", wrote nothing, which is a fact: it" + " is a BackendException or a Conflict; it was told "
                        + answer);
    }
}
