package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.recordOf;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S3; {@link LinearizabilityRules} has the histories. */
abstract class ReadRules {

    private final Kit kit;

    ReadRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S3)
    @DisplayName("a missing record reads as Snapshot.ABSENT, and a record as itself, as often as it is read")
    void readsChangeNothing() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot missing = view.read(election, TIMEOUT);
        assertEquals(Snapshot.ABSENT, missing, "a record that was never written reads as Snapshot.ABSENT");
        Snapshot created = create(view, election);
        for (int i = 0; i < 3; i++) {
            assertEquals(created, view.read(election, TIMEOUT), "a read of an untouched record shows another state");
        }
    }

    @Test
    @Proves(S3)
    @DisplayName(
            "an examination changes nothing: where there is no record there is none, and a record keeps its version")
    void examinationsChangeNothing() throws Exception {
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        view.examine(election, TIMEOUT);
        assertUntouched(Snapshot.ABSENT, other, election);
        Snapshot created = create(other, election);
        view.examine(election, TIMEOUT);
        assertUntouched(created, other, election);
        Snapshot held = write(other, election, created.version(), held("holder", 1));
        view.examine(election, TIMEOUT);
        assertUntouched(held, other, election);
        write(other, election, held.version(), held("holder", 2));
    }

    private static void assertUntouched(Snapshot before, ElectionBackend view, String election) throws Exception {
        assertEquals(
                before,
                view.read(election, TIMEOUT),
                "an examination changed what is stored: it disturbs the very election that it looks at");
    }

    @Test
    @Proves(S3)
    @DisplayName("each write that was acknowledged to one view is what every other view reads")
    void everyViewSeesIt() throws Exception {
        List<ElectionBackend> views = kit.open(4);
        String election = kit.newElection();
        Snapshot current = create(views.get(0), election);
        for (int i = 0; i < 12; i++) {
            for (ElectionBackend view : views) {
                assertSeen(current, view, election);
            }
            ElectionBackend writer = views.get(i % views.size());
            Version seen = writer.read(election, TIMEOUT).version();
            current = write(writer, election, seen, held("writer-" + i, i));
        }
    }

    @Test
    @Proves(S3)
    @DisplayName("each deletion, and the creation after it, is what every other view reads")
    void everyViewSeesDeletion() throws Exception {
        kit.needs(Capability.DELETE);
        List<ElectionBackend> views = kit.open(3);
        String election = kit.newElection();
        for (int i = 0; i < 6; i++) {
            Snapshot created = create(views.get(i % 3), election);
            for (ElectionBackend view : views) {
                assertSeen(created, view, election);
            }
            views.get((i + 1) % 3).delete(election, TIMEOUT);
            for (ElectionBackend view : views) {
                assertSeen(Snapshot.ABSENT, view, election);
            }
        }
    }

    private static void assertSeen(Snapshot current, ElectionBackend view, String election) throws Exception {
        assertEquals(
                current,
                view.read(election, TIMEOUT),
                "a read does not show the last write, which was acknowledged before the read began. Either it is"
                        + " answered from a cache or by a replica that lags behind, or the views do not share their"
                        + " records: then each elects a leader of its own");
    }

    @Test
    @Proves(S3)
    @DisplayName("a reader beside a writer never goes back in time, by whichever view it reads")
    void neverGoesBack() throws Exception {
        ElectionBackend writer = kit.open();
        List<ElectionBackend> readers = kit.open(2);
        String election = kit.newElection();
        Snapshot created = create(writer, election);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Snapshot> writing = thread.submit(() -> {
                Snapshot current = created;
                for (int i = 1; i <= 40; i++) {
                    current = write(writer, election, current.version(), held("writer", i));
                }
                return current;
            });
            long token = 0;
            for (int i = 0; !writing.isDone(); i++) {
                Snapshot seen = readers.get(i % 2).read(election, TIMEOUT);
                long before = token;
                token = recordOf(seen).fencingToken();
                assertTrue(
                        before <= token,
                        "a read showed write " + token + " after an earlier one, which had ended, showed write "
                                + before + ": reads go back in time");
            }
            assertSeen(writing.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS), readers.get(0), election);
        } finally {
            thread.shutdownNow();
        }
    }
}
