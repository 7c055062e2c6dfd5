package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S5;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.Snapshot;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S5. */
abstract class RevisionRules {

    private final Kit kit;

    RevisionRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S5)
    @DisplayName("the revision grows with every applied write, by whichever view, and every view reads the same one")
    void growsWithWrites() throws Exception {
        List<ElectionBackend> views = kit.open(3);
        String election = kit.newElection();
        Snapshot current = create(views.get(0), election);
        for (int i = 1; i <= 15; i++) {
            ElectionBackend view = views.get(i % 3);
            Snapshot seen = view.read(election, TIMEOUT);
            assertEquals(
                    current.version().revision(),
                    seen.version().revision(),
                    "a read shows another revision of a state than the write that made it");
            Snapshot written = write(view, election, seen.version(), held("holder", i));
            assertGrown(current, written, "a swap");
            current = written;
        }
    }

    @Test
    @Proves(S5)
    @DisplayName("the revision grows on when the record is deleted and created anew")
    void growsAcrossDeletion() throws Exception {
        kit.needs(Capability.DELETE);
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot last = create(view, election);
        for (int life = 1; life <= 4; life++) {
            for (int i = 0; i < 3; i++) {
                last = write(view, election, last.version(), held("holder", i));
            }
            view.delete(election, TIMEOUT);
            Snapshot created = create(view, election);
            assertGrown(last, created, "a deletion and re-creation");
            last = created;
        }
    }

    @Test
    @Proves(S5)
    @DisplayName("the revision grows on when all views are closed and opened anew")
    void growsAcrossReopening() throws Exception {
        String election = kit.newElection(); // by a view that stays open: a store in memory may end with its last one
        Snapshot last = null;
        for (int opening = 1; opening <= 3; opening++) {
            ElectionBackend view = kit.open();
            for (int i = 0; i < 3; i++) {
                Snapshot seen = view.read(election, TIMEOUT);
                Snapshot written = seen.isAbsent()
                        ? create(view, election)
                        : write(view, election, seen.version(), held("holder", i));
                if (last != null) {
                    assertGrown(last, written, "a swap, by a view opened anew or not,");
                }
                last = written;
            }
            if (kit.declares(Capability.DELETE)) {
                view.delete(election, TIMEOUT);
            }
            view.close();
        }
    }

    private static void assertGrown(Snapshot before, Snapshot after, String by) {
        assertTrue(
                after.version().revision() > before.version().revision(),
                () -> "after " + by + " the revision is " + after.version().revision() + ", and was "
                        + before.version().revision() + " before: it must grow, because fencing tokens are made of it,"
                        + " and a resource that saw the higher one would refuse the new leader");
    }
}
