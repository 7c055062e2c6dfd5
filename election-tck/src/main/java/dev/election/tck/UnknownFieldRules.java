package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.free;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.recordOf;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S4;
import static dev.election.tck.Rule.S8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S8. */
abstract class UnknownFieldRules {

    private static final String NAME = "tck-note";

    private final Kit kit;

    UnknownFieldRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S8)
    @DisplayName("what others added to a record survives acquiring, renewing and releasing, by any view")
    void survives() throws Exception {
        RawRecords raw = kit.rawRecords();
        List<ElectionBackend> views = kit.open(2);
        String election = kit.newElection();
        create(views.get(0), election);
        raw.addUnknownField(election, NAME, "one");
        LockRecord[] life = {held("holder", 1), held("holder", 1), held("other", 2), free()};
        for (int i = 0; i < life.length; i++) {
            ElectionBackend view = views.get(i / 2);
            write(view, election, view.read(election, TIMEOUT).version(), life[i]);
            assertKept(raw, election, "one");
        }
        raw.addUnknownField(election, NAME, "two");
        write(views.get(0), election, views.get(0).read(election, TIMEOUT).version(), held("holder", 3));
        assertKept(raw, election, "two");
    }

    @Test
    @Proves({S4, S8})
    @DisplayName("what was added after a read is not lost by a write that had not seen it")
    void addedBehindOurBack() throws Exception {
        RawRecords raw = kit.rawRecords();
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot before = create(view, election);
        raw.addUnknownField(election, NAME, "new");
        Answer answer = Answer.patiently(view, election, before.version(), held("holder", 1), TIMEOUT);
        assertKept(raw, election, "new");
        Snapshot after = view.read(election, TIMEOUT);
        assertEquals(
                answer.isApplied(),
                !recordOf(after).isFree(),
                () -> "the caller was told " + answer + ", but the store holds " + after);
        write(view, election, after.version(), held("holder", 2));
        assertKept(raw, election, "new");
    }

    private static void assertKept(RawRecords raw, String election, String value) throws Exception {
        assertEquals(
                Optional.of(value),
                raw.unknownField(election, NAME),
                "a field of the record that the backend does not know was lost or changed by a write of the backend:"
                        + " other programs keep their own there");
    }
}
