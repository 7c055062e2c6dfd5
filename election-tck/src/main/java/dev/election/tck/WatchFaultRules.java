package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S9;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.Snapshot;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S9 where the way to the store fails. */
abstract class WatchFaultRules {

    private final Kit kit;

    WatchFaultRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S9)
    @DisplayName("a change whose event was lost on the way is reported when the store can be reached again")
    void eventLost() throws Exception {
        kit.faults();
        kit.needs(Capability.WATCH);
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        Snapshot before = create(view, election);
        WatchLog log = kit.newLog();
        view.watch(election, log, TIMEOUT);
        other.read(election, TIMEOUT); // so that it has a connection, on which its write gets through
        kit.faults().swallowAnswers();
        Answer answer = Running.start(
                        kit,
                        "compareAndSet() while answers are lost",
                        () -> Answer.to(other, election, before.version(), held("holder", 1), kit.settling()))
                .within(kit.settling(), "it must return in time");
        kit.faults().cut();
        kit.faults().heal();
        Snapshot after = Recovery.read(other, election);
        if (after.equals(before)) {
            Assumptions.abort("the write, whose outcome was " + answer + ", did not reach the store before the fault");
        }
        log.awaitToldOrLost(after, "a change that was made while it could not hear from its store");
    }

    @Test
    @Proves(S9)
    @DisplayName("changes after a fault are reported, or the loss of the watch")
    void afterFault() throws Exception {
        kit.faults();
        kit.needs(Capability.WATCH);
        ElectionBackend view = kit.open();
        ElectionBackend other = kit.open();
        String election = kit.newElection();
        create(view, election);
        WatchLog log = kit.newLog();
        view.watch(election, log, TIMEOUT);
        kit.faults().freeze();
        Thread.sleep(kit.settling().toMillis());
        kit.faults().heal();
        change(other, election, log, 1, "a change after the store had not answered for a while");
        kit.faults().cut();
        Thread.sleep(kit.settling().toMillis());
        kit.faults().heal();
        change(other, election, log, 2, "a change after the store could not be reached for a while");
    }

    private static void change(ElectionBackend by, String election, WatchLog log, int number, String what)
            throws Exception {
        Snapshot before = Recovery.read(by, election);
        log.awaitToldOrLost(write(by, election, before.version(), held("holder", number)), what);
    }
}
