package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.free;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.recordOf;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S10;
import static dev.election.tck.Rule.S2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Rule S10. */
abstract class CloseRules {

    private final Kit kit;

    CloseRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S10)
    @DisplayName("closing twice is closing once, and each later call is an IllegalStateException")
    void closed() throws Exception {
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Version version = create(view, election).version();
        view.close();
        view.close();
        assertClosed("read", () -> view.read(election, TIMEOUT));
        assertClosed("compareAndSet", () -> view.compareAndSet(election, version, held("late", 1), TIMEOUT));
        assertClosed("compareAndSet to create", () -> view.compareAndSet(election, Version.ABSENT, free(), TIMEOUT));
        ElectionBackend other = kit.open();
        if (other.capabilities().contains(Capability.WATCH)) {
            assertClosed("watch", () -> view.watch(election, kit.newLog(), TIMEOUT));
        }
        if (other.capabilities().contains(Capability.DELETE)) {
            assertClosed("delete", () -> view.delete(election, TIMEOUT));
        }
        assertEquals(version, other.read(election, TIMEOUT).version(), "a view that was closed changed the record");
    }

    private static void assertClosed(String call, Executable closed) {
        assertThrows(
                IllegalStateException.class,
                closed,
                () -> call + "() on a view that was closed is an IllegalStateException, which says so");
    }

    @Test
    @Proves(S10)
    @DisplayName("a view that was never used is closed, too")
    void neverUsed() throws Exception {
        ElectionBackend view = kit.open();
        view.close();
        assertClosed("read", () -> view.read("tck-unused", TIMEOUT));
    }

    @Test
    @Proves(S10)
    @DisplayName("closing one view leaves the others alone")
    void othersLive() throws Exception {
        ElectionBackend other = kit.open();
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot created = create(view, election);
        view.close();
        assertEquals(created, other.read(election, TIMEOUT), "closing one view changed what another one reads");
        write(other, election, created.version(), held("holder", 1));
        assertEquals("holder", recordOf(kit.open().read(election, TIMEOUT)).holder());
    }

    @Test
    @Proves({S2, S10})
    @DisplayName("closing a view while others call it lets each call end, and no outcome is wrong")
    void closedUnderCalls() throws Exception {
        for (int round = 0; round < 5; round++) {
            ElectionBackend view = kit.open();
            String election = kit.newElection();
            History history = new History(election);
            List<Running<Boolean>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "caller-" + i;
                callers.add(Running.start(kit, "a caller of a view that is closed", () -> {
                    Snapshot seen = Snapshot.ABSENT;
                    for (int n = 0; n < 1000; n++) {
                        LockRecord next = seen.isAbsent() ? free() : held(name, n);
                        Answer answer = history.swap(name, view, seen, next, TIMEOUT);
                        if (answer.thrown() instanceof IllegalStateException) {
                            return true;
                        }
                        seen = Optional.ofNullable(answer.told()).orElse(seen);
                    }
                    return false;
                }));
            }
            callers.get(0).letRun(Duration.ofMillis(5));
            Running.start(kit, "close() of a view that is called", () -> {
                        view.close();
                        return true;
                    })
                    .within(TIMEOUT, "whoever closes would hang");
            for (Running<Boolean> caller : callers) {
                caller.within(TIMEOUT, "a call goes on for ever when its view is closed");
            }
            history.read("the last reader", kit.open(), TIMEOUT);
            Optional<String> violation = history.check();
            if (violation.isPresent()) {
                Assertions.fail("a view was closed while others called it, and now " + violation.get());
            }
        }
    }

    @Test
    @Proves({S2, S10})
    @DisplayName("closing a view whose store does not answer ends the calls that wait, and does not wait itself")
    void closedWhileFrozen() throws Exception {
        kit.faults();
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot before = create(view, election);
        LockRecord next = held("holder", 1);
        Duration timeout = kit.settling().multipliedBy(4);
        kit.faults().freeze();
        Running<Answer> writing = Running.start(
                kit,
                "compareAndSet() while its view is closed",
                () -> Answer.to(view, election, before.version(), next, timeout));
        writing.letRun(kit.settling().dividedBy(2));
        Running.start(kit, "close() while the store does not answer", () -> {
                    view.close();
                    return true;
                })
                .within(timeout, "an application could not shut down while its store hangs");
        Answer answer = writing.within(timeout, "it must return in time");
        kit.faults().heal();
        ElectionBackend other = kit.open();
        Recovery.read(other, election);
        Thread.sleep(kit.settling().toMillis());
        boolean wrote = recordOf(other.read(election, TIMEOUT)).attempt().equals(next.attempt());
        assertFalse(
                answer.isDenial() && wrote || answer.isApplied() && !wrote,
                () -> "a write was under way when its view was closed. The caller was told " + answer + ", but "
                        + (wrote ? "the write is stored: what may have been applied is Unknown" : "it is not stored"));
    }

    @Test
    @Proves(S10)
    @DisplayName("views that are opened, used and closed again and again leave no threads behind")
    void noThreadsLeft() throws Exception {
        String election = kit.newElection();
        create(kit.open(), election);
        openAndClose(election, 3); // what is made once and shared may stay
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        int times = 12;
        openAndClose(election, times);
        long end = System.nanoTime() + kit.patience().toNanos();
        List<Thread> left = added(before);
        while (left.size() >= times / 2 && System.nanoTime() - end < 0) {
            System.gc(); // which ends the thread of the JDK's HTTP client: before 21 that cannot be closed
            left.get(0).join(50);
            left = added(before);
        }
        List<Thread> leak = left;
        assertTrue(
                left.size() < times / 2,
                () -> "after opening and closing " + times + " views there are " + leak.size()
                        + " threads more than before, so close() leaves threads running: "
                        + leak.stream().map(Thread::getName).sorted().collect(Collectors.joining(", ")));
    }

    private void openAndClose(String election, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            ElectionBackend view = kit.open();
            view.read(election, TIMEOUT);
            write(view, election, view.read(election, TIMEOUT).version(), held("holder", i));
            if (kit.declares(Capability.WATCH)) {
                view.watch(election, kit.newLog(), TIMEOUT);
            }
            view.close();
        }
    }

    private static List<Thread> added(Set<Thread> before) {
        Set<Thread> added = new HashSet<>(Thread.getAllStackTraces().keySet());
        added.removeAll(before);
        added.removeIf(thread -> !thread.isAlive() || isKits(thread));
        return new ArrayList<>(added);
    }

    /** Threads of the kit and of JUnit come and go beside it. */
    private static boolean isKits(Thread thread) {
        return thread.getName().startsWith("tck-") || thread.getName().startsWith("junit-");
    }
}
