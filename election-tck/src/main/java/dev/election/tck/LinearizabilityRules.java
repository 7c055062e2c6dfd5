package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.free;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Rule.S2;
import static dev.election.tck.Rule.S3;
import static dev.election.tck.Rule.S6;
import static dev.election.tck.Rule.S7;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Rule S3 by recorded histories. */
abstract class LinearizabilityRules {

    private static final int CALLERS = 4;

    /** Fewer, on a store so slow that they take longer. */
    private static final int HISTORIES = 40;

    private static final Duration ENOUGH = Duration.ofSeconds(2);

    /** So short that about every other call on a real store does not end in time. */
    private static final Duration SHORT = Duration.ofMillis(2);

    /** What may come between a call and its answer. */
    private enum Trouble {
        NONE,
        SHORT_TIMEOUTS,
        INTERRUPTS,
        FAULTS
    }

    private final Kit kit;

    LinearizabilityRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves({S2, S3})
    @DisplayName("histories of reads, swaps and deletions by four callers are linearizable")
    void histories(TestReporter report) throws Exception {
        check(Trouble.NONE, HISTORIES, 20, report);
    }

    @Test
    @Proves({S2, S3, S6})
    @DisplayName("histories are linearizable when the timeout of every other call is too short")
    void shortTimeouts(TestReporter report) throws Exception {
        check(Trouble.SHORT_TIMEOUTS, HISTORIES / 4, 10, report);
    }

    @Test
    @Proves({S2, S3})
    @DisplayName(
            "histories are linearizable when callers are interrupted all the time, and the store works on afterwards")
    void interrupts(TestReporter report) throws Exception {
        check(Trouble.INTERRUPTS, HISTORIES / 4, 10, report);
    }

    @Test
    @Proves({S2, S3, S6, S7})
    @DisplayName("histories are linearizable when answers are swallowed and connections cut on the way")
    void faults(TestReporter report) throws Exception {
        kit.faults();
        check(Trouble.FAULTS, 4, 20, report);
    }

    private void check(Trouble trouble, int histories, int length, TestReporter report) throws Exception {
        List<ElectionBackend> views = kit.open(3);
        long end = System.nanoTime() + ENOUGH.toNanos();
        int checked = 0;
        long operations = 0;
        long unknown = 0;
        for (; checked < histories && (checked == 0 || System.nanoTime() < end); checked++) {
            History history = record(views, trouble, length);
            Optional<String> violation = history.check();
            if (violation.isPresent()) {
                Assertions.fail("a history of concurrent calls is not linearizable: " + violation.get());
            }
            operations += history.size();
            unknown += history.unknown();
        }
        String figures = "histories=" + checked + " operations=" + operations + " unknown=" + unknown + " trouble="
                + trouble.name().toLowerCase(Locale.ROOT).replace('_', '-');
        report.publishEntry("linearizability", figures);
    }

    private History record(List<ElectionBackend> views, Trouble trouble, int length) throws Exception {
        // Deletions whose outcome is open, in numbers, would explain nearly everything.
        boolean deletes = trouble != Trouble.FAULTS && kit.declares(Capability.DELETE);
        String election = kit.newElection();
        History history = new History(election);
        Duration timeout = trouble == Trouble.FAULTS ? kit.settling() : TIMEOUT;
        List<Thread> callers = new ArrayList<>();
        AtomicBoolean failed = new AtomicBoolean();
        for (int i = 0; i < CALLERS; i++) {
            Caller caller = new Caller(
                    "caller-" + i,
                    views.get(i % views.size()),
                    history,
                    deletes,
                    timeout,
                    trouble == Trouble.SHORT_TIMEOUTS,
                    trouble == Trouble.FAULTS ? kit.settling().toMillis() / 20 : 0);
            Thread thread = new Thread(() -> caller.call(length), "tck-caller-" + i);
            thread.setUncaughtExceptionHandler((where, thrown) -> failed.set(true));
            thread.setDaemon(true);
            callers.add(thread);
        }
        callers.forEach(Thread::start);
        switch (trouble) {
            case INTERRUPTS -> interrupt(callers);
            case FAULTS -> disturb();
            case NONE, SHORT_TIMEOUTS -> {}
        }
        for (Thread caller : callers) {
            caller.join(TIMEOUT.multipliedBy(2).toMillis());
            Assertions.assertFalse(
                    caller.isAlive(), () -> "a call hangs, far beyond its timeout: " + List.of(caller.getStackTrace()));
        }
        Assertions.assertFalse(failed.get(), "a caller failed; its error is on the standard error");
        history.read("the last reader", recovered(election), TIMEOUT);
        return history;
    }

    /** A view that answers, as all should when the trouble is over. */
    private ElectionBackend recovered(String election) throws Exception {
        ElectionBackend view = kit.open();
        view.read(election, TIMEOUT);
        return view;
    }

    private static void interrupt(List<Thread> callers) throws InterruptedException {
        while (callers.stream().anyMatch(Thread::isAlive)) {
            callers.forEach(Thread::interrupt);
            Thread.sleep(1);
        }
    }

    private void disturb() throws Exception {
        Duration pause = kit.settling().dividedBy(3);
        Thread.sleep(ThreadLocalRandom.current().nextLong(1, 5)); // a fault should come at any time
        kit.faults().swallowAnswers();
        Thread.sleep(pause.toMillis());
        kit.faults().cut();
        Thread.sleep(pause.toMillis());
        kit.faults().heal();
    }

    /** Calls at random, as a confused candidate would. */
    private record Caller(
            String name,
            ElectionBackend view,
            History history,
            boolean deletes,
            Duration timeout,
            boolean inAHurry,
            long pauseAfterFailure) {

        void call(int times) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            Snapshot seen = Snapshot.ABSENT;
            Snapshot old = Snapshot.ABSENT;
            for (int i = 0; i < times; i++) {
                Duration patience = inAHurry && random.nextBoolean() ? SHORT : timeout;
                Snapshot now = null;
                int choice = random.nextInt(20);
                if (choice < 8) {
                    now = history.read(name, view, patience);
                } else if (choice == 19 && deletes) {
                    history.delete(name, view, patience);
                } else {
                    Snapshot expected = choice == 18 ? old : seen;
                    now = history.swap(name, view, expected, expected.isAbsent() ? free() : held(name, i), patience)
                            .told();
                }
                if (now != null) {
                    old = seen;
                    seen = now;
                } else if (pauseAfterFailure > 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseAfterFailure)); // some calls for later
                }
            }
        }
    }
}
