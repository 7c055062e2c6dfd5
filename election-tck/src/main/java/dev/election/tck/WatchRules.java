package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.free;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S10;
import static dev.election.tck.Rule.S9;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S9; {@link WatchFaultRules} has watches whose way to the store fails. */
abstract class WatchRules {

    private final Kit kit;

    WatchRules(Kit kit) {
        this.kit = kit;
    }

    private interface Attempt {
        void run() throws Exception;
    }

    /** A watch that says that it is lost keeps the rule; one that does so each time is of no use. */
    private static void unlessLost(Attempt attempt) throws Exception {
        for (int tries = 1; ; tries++) {
            try {
                attempt.run();
                return;
            } catch (WatchLog.LostError lost) {
                if (tries == PatientBackend.TRIES) {
                    throw lost;
                }
            }
        }
    }

    @Test
    @Proves(S9)
    @DisplayName("a watch reports creation, acquisition, release, and the view's own writes")
    void reports() throws Exception {
        kit.needs(Capability.WATCH);
        unlessLost(this::tryReports);
    }

    private void tryReports() throws Exception {
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        WatchLog log = kit.newLog();
        view.watch(election, log, TIMEOUT);
        Snapshot created = create(other, election);
        log.awaitTold(created, 0, "the creation of the record by another view");
        int told = log.size();
        Snapshot held = write(other, election, other.read(election, TIMEOUT).version(), held("holder", 1));
        log.awaitTold(held, told, "an acquisition by another view");
        told = log.size();
        Snapshot own = write(view, election, view.read(election, TIMEOUT).version(), held("holder", 1));
        log.awaitTold(own, told, "a write by the watching view itself");
        told = log.size();
        Snapshot released = write(other, election, other.read(election, TIMEOUT).version(), free());
        log.awaitTold(released, told, "a release by another view");
    }

    @Test
    @Proves(S9)
    @DisplayName("a watch reports deletion and re-creation")
    void reportsDeletion() throws Exception {
        kit.needs(Capability.WATCH);
        kit.needs(Capability.DELETE);
        unlessLost(this::tryReportsDeletion);
    }

    private void tryReportsDeletion() throws Exception {
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        create(view, election);
        WatchLog log = kit.newLog();
        view.watch(election, log, TIMEOUT);
        for (int i = 0; i < 3; i++) {
            int told = log.size();
            other.delete(election, TIMEOUT);
            log.awaitTold(Snapshot.ABSENT, told, "the deletion of the record by another view");
            told = log.size();
            log.awaitTold(create(other, election), told, "the creation of the record after its deletion");
        }
    }

    @Test
    @Proves(S9)
    @DisplayName("a change right after watch() returned is reported, each time")
    void reportsAtOnce() throws Exception {
        kit.needs(Capability.WATCH);
        unlessLost(this::tryReportsAtOnce);
    }

    private void tryReportsAtOnce() throws Exception {
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        Snapshot current = create(other, election);
        for (int i = 1; i <= 10; i++) {
            WatchLog log = kit.newLog();
            try (Watch watch = view.watch(election, log, TIMEOUT)) {
                current = write(other, election, current.version(), held("holder", i));
                log.awaitTold(current, 0, "a change that was made right after " + watch + " had been opened");
            }
        }
    }

    @Test
    @Proves(S9)
    @DisplayName("of fifty quick changes the last is reported, one call at a time, in order")
    void lastOfMany() throws Exception {
        kit.needs(Capability.WATCH);
        unlessLost(this::tryLastOfMany);
    }

    private void tryLastOfMany() throws Exception {
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        Snapshot current = create(other, election);
        WatchLog log = kit.newLog();
        view.watch(election, log, TIMEOUT);
        for (int i = 1; i < 50; i++) {
            current = write(other, election, current.version(), held("holder", i));
        }
        int told = log.size();
        current = write(other, election, current.version(), held("holder", 50));
        log.awaitTold(current, told, "the last of fifty quick changes");
    }

    @Test
    @Proves(S9)
    @DisplayName("what a watch tells is what was stored, and its version fits")
    void toldVersionsFit() throws Exception {
        kit.needs(Capability.WATCH);
        unlessLost(this::tryToldVersionsFit);
    }

    private void tryToldVersionsFit() throws Exception {
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        Snapshot current = create(other, election);
        WatchLog log = kit.newLog();
        view.watch(election, log, TIMEOUT);
        Set<Snapshot> states = new HashSet<>(List.of(current));
        for (int i = 1; i <= 5; i++) {
            current = write(other, election, current.version(), held("holder", i));
            states.add(current);
        }
        log.awaitTold(current, 0, "the last of some changes");
        for (Snapshot told : log.told()) {
            assertTrue(
                    told == null || states.contains(told),
                    () -> "a watch told a state that was never stored: " + told + "; stored were " + states);
        }
        Snapshot last = log.told().get(log.told().size() - 1);
        if (last != null) {
            assertTrue(
                    Answer.patiently(view, election, last.version(), held("holder", 9), TIMEOUT)
                            .isApplied(),
                    "the version that a watch told of the current state does not fit it");
        }
    }

    @Test
    @Proves(S9)
    @DisplayName("each of several watches of one election is told, and none of another election")
    void several() throws Exception {
        kit.needs(Capability.WATCH);
        unlessLost(this::trySeveral);
    }

    private void trySeveral() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        String longer = kit.newElection(election + "-x");
        List<WatchLog> logs = List.of(kit.newLog(), kit.newLog(), kit.newLog());
        WatchLog foreign = kit.newLog();
        for (WatchLog log : logs) {
            view.watch(election, log, TIMEOUT);
        }
        view.watch(longer, foreign, TIMEOUT);
        Snapshot created = create(view, election);
        for (WatchLog log : logs) {
            log.awaitTold(created, 0, "the creation of the record, to each of three watches");
        }
        // The foreign watch has surely been told all that it will be when it is told this.
        Snapshot own = create(view, longer);
        foreign.awaitTold(own, 0, "the creation of its record");
        for (Snapshot told : foreign.told()) {
            assertTrue(
                    told == null || told.isAbsent() || told.equals(own),
                    () -> "the watch of election " + longer + " told a record of election " + election + ": " + told);
        }
    }

    @Test
    @Proves({S9, S10})
    @DisplayName("a watch that was closed tells nothing more, while others go on")
    void closed() throws Exception {
        kit.needs(Capability.WATCH);
        unlessLost(this::tryClosed);
    }

    private void tryClosed() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        List<WatchLog> closed = new ArrayList<>();
        WatchLog other = kit.newLog();
        Snapshot current = create(view, election);
        view.watch(election, other, TIMEOUT);
        for (int i = 1; i <= 5; i++) {
            WatchLog log = kit.newLog();
            Watch watch = view.watch(election, log, TIMEOUT);
            int told = other.size();
            current = write(view, election, current.version(), held("holder", i));
            log.awaitTold(current, 0, "a change");
            other.awaitTold(current, told, "a change");
            watch.close();
            watch.close();
            closed.add(log);
        }
        Thread.sleep(kit.settling().dividedBy(4).toMillis()); // a call that had begun before close may end
        List<Integer> sizes = closed.stream().map(WatchLog::size).toList();
        for (int i = 6; i <= 8; i++) {
            int told = other.size();
            current = write(view, election, current.version(), held("holder", i));
            other.awaitTold(current, told, "a change after other watches of the same election had been closed");
        }
        for (int i = 0; i < closed.size(); i++) {
            assertEquals(
                    sizes.get(i),
                    closed.get(i).size(),
                    "a watch that was closed goes on to tell changes: it never ends, and each costs more");
            assertFalse(closed.get(i).isLost(), "a watch that was closed by its owner said that it was lost");
            closed.get(i).assertNoMistake();
        }
    }

    @Test
    @Proves({S9, S10})
    @DisplayName("closing a view ends its watches, which tell nothing more, and no other view's")
    void viewClosed() throws Exception {
        kit.needs(Capability.WATCH);
        unlessLost(this::tryViewClosed);
    }

    private void tryViewClosed() throws Exception {
        ElectionBackend writer = kit.open();
        String election = kit.newElection();
        Snapshot current = create(writer, election);
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        WatchLog log = kit.newLog();
        WatchLog others = kit.newLog();
        Watch watch = view.watch(election, log, TIMEOUT);
        other.watch(election, others, TIMEOUT);
        current = write(writer, election, current.version(), held("holder", 1));
        log.awaitTold(current, 0, "a change");
        others.awaitTold(current, 0, "a change");
        view.close();
        watch.close();
        Thread.sleep(kit.settling().dividedBy(4).toMillis()); // a call that had begun before close may end
        int size = log.size();
        for (int i = 2; i <= 5; i++) {
            int told = others.size();
            current = write(writer, election, current.version(), held("holder", i));
            others.awaitTold(current, told, "a change after another view had been closed");
        }
        assertEquals(size, log.size(), "the watch of a view that was closed goes on to tell changes");
        assertFalse(log.isLost(), "the watch of a view that was closed by its owner said that it was lost");
    }

    @Test
    @Proves(S9)
    @DisplayName("what is not declared is absent: without WATCH, watch() is an UnsupportedOperationException")
    void noWatch() throws Exception {
        kit.needsNo(Capability.WATCH);
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        assertThrows(
                UnsupportedOperationException.class,
                () -> view.watch(election, kit.newLog(), TIMEOUT),
                "the backend does not declare WATCH, so watch() refuses; if it works, declare it, or elections poll");
    }
}
