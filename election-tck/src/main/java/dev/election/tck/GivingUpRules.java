package dev.election.tck;

import static dev.election.tck.Rule.E7;
import static dev.election.tck.Rule.E8;
import static dev.election.tck.Scene.AT_ONCE;
import static dev.election.tck.Scene.LEASE;
import static dev.election.tck.Scene.RETRY;
import static dev.election.tck.Scene.TICK;

import dev.election.spi.BackendException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules E7 and E8: how a term is given up, and what comes after. */
abstract class GivingUpRules extends ElectionRules {

    private static final Duration WINDING_DOWN = LEASE.dividedBy(2);

    GivingUpRules(Kit kit) {
        super(kit);
    }

    @Test
    @Proves(E7)
    @DisplayName("who resigns leads no longer at once, is told so, and gives the lock back")
    void resigningGivesTheLockBack() throws Exception {
        Candidate a = scene().leader("a");
        CompletableFuture<Boolean> givenBack = a.resign();
        scene().expectEqual(List.of("started", "stopped: RESIGNED"), a.told(), "what a was told");
        scene().expect(scene().record().isFree(), "the lock is free");
        scene().expect(givenBack.getNow(false), "resign() tells that the lock was given back");
    }

    @Test
    @Proves(E7)
    @DisplayName("close() gives the lock back")
    void closingGivesTheLockBack() throws Exception {
        Candidate a = scene().leader("a");
        scene().time().advanceWhile(a.elector()::close, LEASE);
        scene().expectEqual(List.of("started", "stopped: CLOSED"), a.told(), "what a was told");
        scene().expect(scene().record().isFree(), "the lock is free");
    }

    @Test
    @Proves(E7)
    @DisplayName("the lock is kept, by renewing it, until the work has wound down")
    void theLockIsKeptWhileWorkWindsDown() throws Exception {
        Candidate a = scene().candidate("a");
        a.onStop(() -> scene().time().sleep(WINDING_DOWN)).start();
        scene().until(a::leads, "a leads", RETRY);
        Candidate b = scene().follower("b");
        a.renew();
        CompletableFuture<Boolean> givenBack = a.resign();
        scene().advance(WINDING_DOWN.minus(TICK));
        scene().expect(!a.leads() && !b.leads(), "nobody leads while a's work winds down");
        scene().expect(!scene().record().isFree(), "a keeps the lock while its work winds down");
        scene().expect(!givenBack.isDone(), "resign() is not over while the work winds down");
        scene().until(b::leads, "b leads when a's work has stopped", TICK.plus(scene().news()));
        scene().expect(givenBack.getNow(false), "resign() tells that the lock was given back");
    }

    @Test
    @Proves(E7)
    @DisplayName("the lock is left to expire when the work does not wind down, and its process does not contend")
    void aLockIsNotGivenBackUnderRunningWork() throws Exception {
        Candidate a = scene().candidate("a");
        a.onStop(a::hang).start();
        scene().until(a::leads, "a leads", RETRY);
        Candidate b = scene().follower("b");
        a.renew();
        CompletableFuture<Boolean> givenBack = a.resign();
        scene().until(givenBack::isDone, "resign() ends at its bound", LEASE.plus(TICK));
        scene().expect(!givenBack.getNow(true), "resign() tells that the lock was not given back");
        scene().expect(!scene().record().isFree(), "the lock is not given back while the work still runs");
        scene().until(b::leads, "b takes over when the lease has run out", LEASE.plus(scene().news()));
        b.crash();
        scene().advance(LEASE.multipliedBy(3));
        scene().expect(!a.leads(), "a does not lead while the work of its last term still runs");
        scene().expect(!a.elector().health().isHealthy(), "a says that its work still runs");
        a.release();
        scene().until(a::leads, "a leads again when its work has stopped", LEASE.multipliedBy(2));
    }

    @Test
    @Proves(E8)
    @DisplayName("who resigned and is alone stands back for one lease, and then leads again")
    void whoResignedStandsBack() throws Exception {
        Candidate a = scene().leader("a");
        a.resign();
        long from = scene().now();
        scene().until(a::leads, "a leads again", LEASE.plus(AT_ONCE));
        scene().expectAtLeast(LEASE, scene().since(from), "standing back");
    }

    @Test
    @Proves(E8)
    @DisplayName("who resigned lets another lead first, and then contends again")
    void whoResignedContendsAfterAnother() throws Exception {
        Candidate a = scene().leader("a");
        Candidate b = scene().follower("b");
        a.resign();
        scene().until(b::leads, "b leads after a", scene().news().plus(RETRY));
        scene().advance(scene().news());
        b.resign();
        scene().until(a::leads, "a leads after b", scene().news().plus(RETRY));
    }

    @Test
    @Proves(E8)
    @DisplayName("who lost its term contends again, whatever its backend threw")
    void aLossIsNotTheEnd() throws Exception {
        Candidate a = scene().leader("a");
        a.backend().everyWrite(Fault.bug(() -> new IllegalStateException("thrown by a test")));
        a.backend().everyRead(Fault.bug(() -> new IllegalArgumentException("thrown by a test")));
        scene().advance(LEASE.multipliedBy(2));
        scene().expect(!a.leads(), "a does not lead by a backend that throws");
        scene().expect(!a.elector().health().isHealthy(), "a says that its store does not work");
        a.backend().everyWrite(Fault.fail(() -> BackendException.denied("refused by a test", null)));
        a.backend().everyRead(Fault.none());
        scene().advance(LEASE);
        scene().expect(!a.leads(), "a does not lead by a backend that refuses to write");
        a.backend().heal();
        scene().until(a::leads, "a leads again", LEASE.multipliedBy(2));
        scene().advance(RETRY);
        scene().expect(a.elector().health().isHealthy(), "a says that all is well");
    }
}
