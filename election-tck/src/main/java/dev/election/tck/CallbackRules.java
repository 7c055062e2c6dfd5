package dev.election.tck;

import static dev.election.tck.Rule.E4;
import static dev.election.tck.Rule.E9;
import static dev.election.tck.Scene.DEADLINE;
import static dev.election.tck.Scene.LEASE;
import static dev.election.tck.Scene.RETRY;

import dev.election.Leadership;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules E4 and E9: what the application is told, and that nothing it does harms the election. */
abstract class CallbackRules extends ElectionRules {

    CallbackRules(Kit kit) {
        super(kit);
    }

    @Test
    @Proves(E4)
    @DisplayName("over several terms and ends, starts and stops come in pairs and in order")
    void pairsInOrder() throws Exception {
        Candidate a = scene().leader("a");
        a.resign();
        scene().until(a::leads, "a leads again after it resigned", LEASE.multipliedBy(2));
        a.crash();
        scene().until(() -> !a.leads(), "a's second term ends", LEASE);
        a.backend().heal();
        scene().until(a::leads, "a leads again after it was cut off", LEASE.multipliedBy(2));
        scene().overwrite(scene().foreign("somebody", a.token()));
        scene().until(() -> a.told().size() == 6, "a is told that somebody has taken the lock", LEASE);
        scene().expectEqual(
                        List.of(
                                "started", "stopped: RESIGNED",
                                "started", "stopped: EXPIRED",
                                "started", "stopped: CONFLICT"),
                        a.told(),
                        "what a was told");
    }

    @Test
    @Proves({E4, E9})
    @DisplayName("a start callback that hangs delays neither the end of its term nor the interrupt of the task")
    void aHangingStartDelaysNothing() throws Exception {
        AtomicLong interruptedAt = new AtomicLong();
        CountDownLatch taskBegan = new CountDownLatch(1);
        Candidate a = scene().candidate("a");
        a.onStart(a::hang).task(leadership -> {
            scene().time().enlist();
            taskBegan.countDown();
            try {
                scene().time().sleep(Duration.ofDays(1));
            } catch (InterruptedException e) {
                interruptedAt.set(scene().now());
            }
        });
        a.start();
        scene().until(a::leads, "a leads", RETRY);
        begins(taskBegan);
        Leadership term = a.term();
        a.renew();
        a.crash();
        long from = scene().now();
        scene().until(() -> !term.isValid(), "the term ends", LEASE);
        scene().advance(Duration.ZERO);
        scene().expectEqual(DEADLINE, scene().since(from), "the time until the end of the term");
        scene().expectEqual(scene().now(), interruptedAt.get(), "when the task was interrupted");
        scene().expectEqual(List.of("started"), a.told(), "what a was told while its start callback hangs");
        a.release();
        scene().advance(Duration.ZERO);
        scene().expectEqual(List.of("started", "stopped: EXPIRED"), a.told(), "what a was told in the end");
    }

    @Test
    @Proves(E4)
    @DisplayName("a start that could not be told before its term ended is dropped, with its stop")
    void aStartThatIsTooLateIsDropped() throws Exception {
        AtomicInteger news = new AtomicInteger();
        Candidate a = scene().candidate("a");
        a.onNews(() -> {
            if (news.incrementAndGet() == 1) {
                a.hang();
            }
        });
        a.start();
        scene().until(a::leads, "a leads", RETRY);
        a.crash();
        scene().until(() -> !a.leads(), "a's term ends", LEASE);
        scene().expectEqual(List.of(), a.told(), "what a was told while its listener was busy");
        a.release();
        scene().advance(Duration.ZERO);
        scene().expectEqual(List.of(), a.told(), "what a was told of a term that is over");
        a.backend().heal();
        scene().until(a::leads, "a leads again", LEASE.multipliedBy(2));
        scene().expectEqual(List.of("started"), a.told(), "what a was told of its second term");
    }

    @Test
    @Proves(E9)
    @DisplayName("a callback that hangs does not keep the lease from being renewed")
    void aHangingCallbackDoesNotStopRenewals() throws Exception {
        Candidate a = scene().candidate("a");
        a.onStart(a::hang).start();
        scene().until(a::leads, "a leads", RETRY);
        Leadership term = a.term();
        Candidate b = scene().follower("b");
        scene().advance(LEASE.multipliedBy(3));
        scene().expect(term.isValid() && !b.leads(), "a leads on while its start callback hangs");
    }

    @Test
    @Proves(E9)
    @DisplayName("a start callback that throws ends the term, and the lock is given back")
    void aStartThatThrowsEndsTheTerm() throws Exception {
        Candidate a = scene().candidate("a");
        Candidate b = scene().candidate("b");
        a.onStart(() -> {
            throw new IllegalStateException("thrown by a test");
        });
        a.start();
        scene().until(() -> !a.told().isEmpty(), "a leads", RETRY);
        scene().advance(Duration.ZERO);
        scene().expect(!a.leads(), "a does not lead after its start callback threw");
        scene().expectEqual(List.of("started", "stopped: TASK_FAILED"), a.told(), "what a was told");
        scene().expect(scene().record().isFree(), "a has given the lock back");
        b.start();
        scene().until(b::leads, "b leads", RETRY);
    }

    @Test
    @Proves(E9)
    @DisplayName("a stop callback that throws keeps the lock no longer than one that returns")
    void aStopThatThrowsIsAnEnd() throws Exception {
        Candidate a = scene().candidate("a");
        a.onStop(() -> {
            throw new IllegalStateException("thrown by a test");
        });
        a.start();
        scene().until(a::leads, "a leads", RETRY);
        scene().expect(a.resign().getNow(false), "a has given the lock back at once");
        scene().until(a::leads, "a leads again", LEASE.plus(RETRY));
    }

    @Test
    @Proves(E9)
    @DisplayName("callbacks do not run on the thread that renews")
    void callbacksHaveTheirOwnThread() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        Candidate a = scene().candidate("a");
        a.onStart(() -> thread.set(Thread.currentThread()));
        a.start();
        scene().until(() -> thread.get() != null, "a is told that it leads", RETRY);
        scene().expect(
                        thread.get() != Thread.currentThread(),
                        "the timer's thread, which is the test's, runs no callback");
    }

    @Test
    @Proves(E9)
    @DisplayName("close() from a callback returns, and the lock is given back")
    void closeFromACallback() throws Exception {
        Candidate a = scene().candidate("a");
        a.onStart(() -> a.elector().close());
        a.start();
        scene().until(() -> a.told().size() == 2, "a is told that it leads no longer", RETRY);
        scene().advance(Duration.ZERO);
        scene().expectEqual(List.of("started", "stopped: CLOSED"), a.told(), "what a was told");
        scene().expect(scene().record().isFree(), "a has given the lock back");
    }

    @Test
    @Proves(E9)
    @DisplayName("a task that returns gives the lock back, and so does one that throws")
    void theEndOfTheTaskEndsTheTerm() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        Candidate a = scene().candidate("a").task(leadership -> {
            scene().time().enlist();
            boolean returns = runs.incrementAndGet() == 1;
            (returns ? first : second).countDown();
            if (!returns) {
                throw new IllegalStateException("thrown by a test");
            }
        });
        a.start();
        scene().until(() -> !a.told().isEmpty(), "a leads", RETRY);
        begins(first);
        scene().advance(Duration.ZERO);
        scene().expectEqual(List.of("started", "stopped: TASK_FINISHED"), a.told(), "what a was told");
        scene().expect(scene().record().isFree(), "a has given the lock back after its task returned");
        scene().until(() -> a.told().size() == 3, "a leads again", LEASE.plus(RETRY));
        begins(second);
        scene().advance(Duration.ZERO);
        scene().expectEqual("stopped: TASK_FAILED", a.told().get(3), "what a was told after its task threw");
        scene().expect(scene().record().isFree(), "a has given the lock back after its task threw");
    }

    /** A task's thread is not waited for before it enlists. */
    private void begins(CountDownLatch task) throws InterruptedException {
        scene().expect(task.await(Kit.TIMEOUT.toSeconds(), TimeUnit.SECONDS), "the task begins with its term");
    }
}
