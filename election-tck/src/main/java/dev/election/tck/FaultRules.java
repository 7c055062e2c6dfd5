package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.recordOf;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S2;
import static dev.election.tck.Rule.S3;
import static dev.election.tck.Rule.S6;
import static dev.election.tck.Rule.S7;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Rules S2, S6 and S7 where the way to the store fails: each test breaks it during one write, mends it, and compares what
 * the caller was told with what the store holds then.
 */
abstract class FaultRules {

    private final Kit kit;
    private ElectionBackend view;
    private String election;
    private Snapshot before;
    private LockRecord next;

    @SuppressWarnings("NullAway.Init") // by prepare()
    FaultRules(Kit kit) {
        this.kit = kit;
    }

    @BeforeEach
    final void prepare() throws Exception {
        kit.faults();
        view = kit.open();
        election = kit.newElection();
        before = write(view, election, create(view, election).version(), held("holder", 1));
        next = held("holder", 2);
    }

    @Test
    @Proves({S2, S6})
    @DisplayName("a write to a store that does not answer returns in time, claims nothing, and tells the truth")
    void writeToFrozen() throws Exception {
        kit.faults().freeze();
        Answer answer = writing("while the store does not answer").within(kit.settling(), "it must return in time");
        assertFalse(
                answer.isApplied() || answer.isConflict(),
                () -> "the store answered nothing, but the caller was told " + answer);
        kit.faults().heal();
        assertTruth(answer, "the store did not answer for a while");
    }

    @Test
    @Proves({S3, S6})
    @DisplayName("a read of a store that does not answer fails in time, and shows nothing")
    void readOfFrozen() throws Exception {
        kit.faults().freeze();
        Running<Snapshot> reading =
                Running.start(kit, "read() while the store does not answer", () -> view.read(election, kit.settling()));
        Exception thrown;
        try {
            Snapshot shown = reading.within(kit.settling(), "followers and leaders wait for it");
            thrown = Assertions.fail("the store does not answer, but a read showed " + shown
                    + ": it came from a cache, and hides what others wrote in the meantime");
        } catch (Exception e) {
            thrown = e;
        }
        Exception failure = thrown;
        assertTrue(
                failure instanceof BackendException,
                () -> "a read that found no answer is a BackendException, which says whether trying again can help; it"
                        + " was " + failure);
        kit.faults().heal();
        assertEquals(before, recovered(), "after the store answers again, a read shows something else than before");
    }

    @Test
    @Proves(S2)
    @DisplayName("a write whose answer is lost is Unknown, and a later read shows what became of it")
    void answerLost() throws Exception {
        kit.faults().swallowAnswers();
        Answer answer = writing("while answers are lost").within(kit.settling(), "it must return in time");
        assertFalse(
                answer.isApplied() || answer.isConflict(),
                () -> "no answer came from the store, but the caller was told " + answer);
        kit.faults().heal();
        assertTruth(answer, "the store carried the write out, and its answer was lost");
    }

    @Test
    @Proves({S6, S7})
    @DisplayName("a write to a store that cannot be reached is not sent later, when it can be reached again")
    void notSentLate() throws Exception {
        kit.faults().cut();
        Running<Answer> writing = writing("while the store cannot be reached");
        Answer answer = writing.within(kit.settling(), "it must return in time");
        Thread.sleep(kit.settling().toMillis()); // its time is over now, even if it returned at once
        assertFalse(
                answer.isApplied() || answer.isConflict(),
                () -> "the store could not be reached, but the caller was told " + answer);
        kit.faults().heal();
        Snapshot after = settled();
        assertEquals(
                before,
                after,
                () -> "a write whose time was over was sent when the store could be reached again: it acts for a"
                        + " candidate that has long given up. Nothing may be queued or retried beyond its timeout. The"
                        + " caller had been told " + answer);
        write(view, election, after.version(), held("next", 3));
    }

    @Test
    @Proves({S2, S7})
    @DisplayName("a write that was carried out when its connection broke is not sent again")
    void notRepeated() throws Exception {
        Duration timeout = kit.settling().multipliedBy(4);
        kit.faults().swallowAnswers();
        Running<Answer> writing = writing("while its connection breaks", timeout);
        writing.letRun(kit.settling().dividedBy(2));
        kit.faults().cut();
        kit.faults().heal();
        Snapshot first = recovered();
        Answer answer = writing.within(timeout, "it must return in time");
        Snapshot after = assertTruth(answer, "the connection broke after the store had carried the write out");
        if (wrote(first)) {
            assertEquals(
                    first.version(),
                    after.version(),
                    "one write made two versions: it was sent again after it had been applied");
        }
    }

    @Test
    @Proves({S2, S7})
    @DisplayName("a write that was held up is not written over what came in the meantime")
    void notRefreshed() throws Exception {
        Duration timeout = kit.settling().multipliedBy(4);
        kit.faults().freeze();
        Running<Answer> writing = writing("while the store does not answer", timeout);
        writing.letRun(kit.settling().dividedBy(2));
        kit.faults().cut();
        kit.faults().heal();
        Snapshot taken = takeOver();
        Answer answer = writing.within(timeout, "it must return in time");
        assertEquals(
                taken,
                settled(),
                () -> "a write that was held up was written over one that came in the meantime, which it had not seen:"
                        + " it was repeated with the version of that. The caller was told " + answer);
    }

    /** Writes as a rival would, at once, whether what was held up comes before or not. */
    private Snapshot takeOver() throws Exception {
        for (int tries = 1; ; tries++) {
            Answer answer = Answer.to(view, election, recovered().version(), held("rival", 9), TIMEOUT);
            if (answer.isApplied()) {
                return Objects.requireNonNull(answer.told());
            }
            assertTrue(
                    tries < PatientBackend.TRIES && (answer.isConflict() || answer.isDoubtful()),
                    () -> "the fault has ended, but a write was told " + answer);
        }
    }

    @Test
    @Proves({S2, S6})
    @DisplayName("an interrupt of a write that waits is passed on, in time, and the outcome is true")
    void interruptedWrite() throws Exception {
        kit.faults().freeze();
        Running<Answer> writing = writing("interrupted", TIMEOUT);
        writing.letRun(kit.settling().dividedBy(2));
        writing.interrupt();
        Answer answer = writing.within(
                kit.settling(), "an interrupt ends the wait, or an application cannot shut down while its store hangs");
        assertTrue(
                answer.interrupted(),
                () -> "the interrupt was swallowed: a call answers it by InterruptedException, or leaves the thread's"
                        + " flag set; the caller was told " + answer + " and cannot know that it was to stop");
        kit.faults().heal();
        assertTruth(answer, "the write was interrupted");
    }

    @Test
    @Proves({S2, S6})
    @DisplayName("an interrupt of a read that waits is passed on, in time")
    void interruptedRead() throws Exception {
        kit.faults().freeze();
        Running<Boolean> reading = Running.start(kit, "read() when interrupted", () -> {
            try {
                view.read(election, TIMEOUT);
                return Thread.interrupted();
            } catch (InterruptedException e) {
                return true;
            } catch (BackendException e) {
                return Thread.interrupted();
            }
        });
        reading.letRun(kit.settling().dividedBy(2));
        reading.interrupt();
        assertTrue(
                reading.within(kit.settling(), "an interrupt ends the wait"),
                "the interrupt was swallowed: a call answers it by InterruptedException, or leaves the thread's flag"
                        + " set");
    }

    private Running<Answer> writing(String when) {
        return writing(when, kit.settling());
    }

    private Running<Answer> writing(String when, Duration timeout) {
        Version expected = before.version();
        return Running.start(kit, "compareAndSet() " + when, () -> Answer.to(view, election, expected, next, timeout));
    }

    private boolean wrote(Snapshot state) {
        return !state.isAbsent() && recordOf(state).attempt().equals(next.attempt());
    }

    /** Compares what the caller was told with what is stored when all is quiet again. */
    private Snapshot assertTruth(Answer answer, String happened) throws Exception {
        Snapshot after = settled();
        assertTrue(
                after.equals(before) || wrote(after),
                () -> "after " + happened + " the store holds neither what it held before nor what was written, but "
                        + after);
        assertFalse(
                answer.isDenial() && wrote(after),
                () -> happened + ". The caller was told " + answer + ", which says that nothing was written, but the"
                        + " write is stored: what may have been applied is Unknown. A leader told so gives up the lock"
                        + " that it holds, and a retry that met its own first try looks the same");
        assertFalse(
                answer.isApplied() && !wrote(after),
                () -> happened + ". The caller was told " + answer + ", but the write is not stored");
        return after;
    }

    /** What is stored when whatever comes late has come. */
    private Snapshot settled() throws Exception {
        recovered();
        Thread.sleep(kit.settling().toMillis());
        return view.read(election, TIMEOUT);
    }

    /** What is stored, as soon as the view, which had to bear the fault, reads it. */
    private Snapshot recovered() throws Exception {
        return Recovery.read(view, election);
    }
}
