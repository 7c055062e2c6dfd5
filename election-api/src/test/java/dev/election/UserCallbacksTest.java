package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application is told, in which order, and on which thread: rules E4, E7 and E9. */
@Timeout(30)
class UserCallbacksTest {

    private final ManualTime time = new ManualTime();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> reported = new LinkedBlockingQueue<>();

    private final UserCode.Reports reports = new UserCode.Reports() {
        @Override
        public void giveUp(Leadership leadership, EndReason reason) {
            reported.add("give up " + leadership.term() + " " + reason);
        }

        @Override
        public void workStopped(Leadership leadership) {
            reported.add("work stopped " + leadership.term());
        }
    };

    private class Listener implements LeadershipListener {
        @Override
        public void onStartedLeading(Leadership leadership) {
            told.add("start " + leadership.term());
        }

        @Override
        public void onStoppedLeading(EndReason reason) {
            told.add("stop " + reason);
        }

        @Override
        public void onNewLeader(LeaderView leader) {
            told.add("leader " + leader);
        }
    }

    private Leadership term(long number) {
        return new Leadership(number, number, Moment.of(time), Duration.ofSeconds(10), time, () -> {});
    }

    private static List<String> all(BlockingQueue<String> queue) {
        List<String> all = new ArrayList<>();
        queue.drainTo(all);
        return all;
    }

    /** An executor whose jobs run when the test says so. */
    private static final class Stepping implements Executor {
        private final Queue<Runnable> jobs = new ArrayDeque<>();

        @Override
        public void execute(Runnable job) {
            jobs.add(job);
        }

        void run() {
            for (Runnable job = jobs.poll(); job != null; job = jobs.poll()) {
                job.run();
            }
        }
    }

    @Nested
    class Subscribers {

        private final Stepping threads = new Stepping();
        private final UserCallbacks callbacks = new UserCallbacks("example", new Listener(), null, threads);

        @Test
        @DisplayName("E9: Changes are told on a thread of the pool, merged, and again if one comes meanwhile")
        void merged() {
            AtomicBoolean again = new AtomicBoolean(true);
            callbacks.subscribe(() -> {
                told.add("changed");
                if (again.getAndSet(false)) {
                    callbacks.changed();
                    callbacks.changed();
                }
            });
            callbacks.changed();
            callbacks.changed();
            assertThat(told).isEmpty();
            threads.run();
            assertThat(all(told)).containsExactly("changed", "changed");
            callbacks.changed();
            threads.run();
            assertThat(all(told)).containsExactly("changed");
        }

        @Test
        @DisplayName("One that throws is told of the next change all the same, and ends no term")
        void throwing() {
            callbacks.started(term(1), reports);
            callbacks.subscribe(() -> {
                told.add("changed");
                throw new AssertionError("thrown on purpose");
            });
            for (int i = 0; i < 2; i++) {
                callbacks.changed();
                threads.run();
            }
            assertThat(all(told)).containsExactly("start 1", "changed", "changed");
            assertThat(all(reported)).isEmpty();
        }

        @Test
        @DisplayName("Closed, it is told nothing more, not even what it was to be told before")
        void closed() {
            LeaderElector.Subscription subscription = callbacks.subscribe(() -> told.add("changed"));
            callbacks.changed();
            subscription.close();
            subscription.close();
            callbacks.changed();
            threads.run();
            assertThat(told).isEmpty();
        }

        @Test
        @DisplayName("It runs as user code of its candidate, so that it may close it without waiting for itself")
        void isUserCode() {
            callbacks.subscribe(() -> told.add("own " + callbacks.isCurrentThread()));
            callbacks.changed();
            threads.run();
            assertThat(all(told)).containsExactly("own true");
        }
    }

    @Nested
    class Listeners {

        private final Stepping threads = new Stepping();
        private final UserCallbacks callbacks = new UserCallbacks("example", new Listener(), null, threads);

        @Test
        @DisplayName("E4: Starts and stops come in pairs, in order, and not on the caller's thread")
        void strictPairs() {
            for (long i = 1; i <= 3; i++) {
                Leadership term = term(i);
                callbacks.started(term, reports);
                assertThat(told).isEmpty();
                threads.run();
                callbacks.ended(term, EndReason.EXPIRED, reports);
                assertThat(reported).isEmpty();
                threads.run();
                assertThat(all(told)).containsExactly("start " + i, "stop EXPIRED");
                assertThat(all(reported)).containsExactly("work stopped " + i);
            }
        }

        @Test
        @DisplayName(
                "E4: A start that was not delivered when its term ended is dropped with its stop, and its work has stopped")
        void anUndeliveredStartIsDropped() {
            Leadership term = term(1);
            callbacks.started(term, reports);
            callbacks.ended(term, EndReason.CONFLICT, reports);
            threads.run();
            assertThat(told).isEmpty();
            assertThat(all(reported)).containsExactly("work stopped 1");
        }

        @Test
        @DisplayName("E4: The end of a term that is not the current one, or comes twice, is told to nobody")
        void anEndComesOnce() {
            Leadership term = term(1);
            callbacks.started(term, reports);
            threads.run();
            callbacks.ended(term(1), EndReason.EXPIRED, reports);
            callbacks.ended(term, EndReason.CONFLICT, reports);
            callbacks.ended(term, EndReason.EXPIRED, reports);
            threads.run();
            assertThat(all(told)).containsExactly("start 1", "stop CONFLICT");
            assertThat(all(reported)).containsExactly("work stopped 1");
        }

        @Test
        @DisplayName("Successive changes of the leader are merged into the last")
        void changesAreMerged() {
            callbacks.leaderChanged(new LeaderView.None());
            callbacks.leaderChanged(new LeaderView.Unknown());
            callbacks.leaderChanged(new LeaderView.None());
            threads.run();
            assertThat(all(told)).containsExactly("leader None[]");
            callbacks.leaderChanged(new LeaderView.Unknown());
            threads.run();
            assertThat(all(told)).containsExactly("leader Unknown[]");
        }
    }

    @Nested
    class Throwing {

        private final Stepping threads = new Stepping();
        private final AtomicBoolean harmless = new AtomicBoolean();
        private final UserCallbacks callbacks = new UserCallbacks("example", new ThrowingListener(), null, threads);

        private final class ThrowingListener extends Listener {
            @Override
            public void onStartedLeading(Leadership leadership) {
                super.onStartedLeading(leadership);
                boom();
            }

            @Override
            public void onStoppedLeading(EndReason reason) {
                super.onStoppedLeading(reason);
                boom();
            }

            @Override
            public void onNewLeader(LeaderView leader) {
                super.onNewLeader(leader);
                boom();
            }

            private void boom() {
                if (!harmless.get()) {
                    throw new AssertionError("thrown on purpose");
                }
            }
        }

        @Test
        @DisplayName("E9: A listener that throws at the start ends the term, and is told of its stop")
        void aThrowingStartEndsTheTerm() {
            Leadership term = term(1);
            callbacks.started(term, reports);
            threads.run();
            assertThat(all(reported)).containsExactly("give up 1 TASK_FAILED");
            callbacks.ended(term, EndReason.TASK_FAILED, reports);
            threads.run();
            assertThat(all(told)).containsExactly("start 1", "stop TASK_FAILED");
            assertThat(all(reported)).as("though the stop threw as well").containsExactly("work stopped 1");
        }

        @Test
        @DisplayName("E9: A listener that throws at a new leader ends the current term, if there is one")
        void aThrowingNewLeaderEndsTheTerm() {
            callbacks.leaderChanged(new LeaderView.None());
            threads.run();
            assertThat(reported).isEmpty();
            harmless.set(true);
            callbacks.started(term(1), reports);
            threads.run();
            harmless.set(false);
            callbacks.leaderChanged(new LeaderView.Unknown());
            threads.run();
            assertThat(all(reported)).containsExactly("give up 1 TASK_FAILED");
        }
    }

    @Nested
    class Tasks {

        private final ExecutorService threads = Executors.newCachedThreadPool(Threads.daemons("test-callbacks"));
        private final CountDownLatch began = new CountDownLatch(1);

        private UserCallbacks callbacks(LeadershipTask task) {
            return new UserCallbacks("example", new Listener(), task, threads);
        }

        @Test
        @DisplayName("E4: A task is interrupted exactly when its term ends")
        void aTaskIsInterrupted() throws Exception {
            AtomicBoolean tooEarly = new AtomicBoolean();
            CountDownLatch never = new CountDownLatch(1);
            UserCallbacks callbacks = callbacks(leadership -> {
                tooEarly.set(Thread.currentThread().isInterrupted());
                began.countDown();
                never.await();
            });
            Leadership term = term(1);
            callbacks.started(term, reports);
            began.await();
            callbacks.ended(term, EndReason.EXPIRED, reports);
            assertThat(reported.take()).isEqualTo("give up 1 TASK_FINISHED");
            assertThat(reported.take()).isEqualTo("work stopped 1");
            assertThat(tooEarly).isFalse();
        }

        @Test
        @DisplayName(
                "E4: Losing does not wait behind a start callback that is still running: the task is interrupted at once")
        void losingDoesNotWaitBehindTheStart() throws Exception {
            CountDownLatch starting = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            LeadershipListener slow = new Listener() {
                @Override
                public void onStartedLeading(Leadership leadership) {
                    try {
                        starting.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            };
            UserCallbacks callbacks = new UserCallbacks(
                    "example",
                    slow,
                    leadership -> {
                        began.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } finally {
                            interrupted.countDown();
                        }
                    },
                    threads);
            Leadership term = term(1);
            callbacks.started(term, reports);
            began.await();
            callbacks.ended(term, EndReason.CONFLICT, reports);
            interrupted.await();
            assertThat(reported.take()).isEqualTo("give up 1 TASK_FINISHED");
            assertThat(reported).doesNotContain("work stopped 1");
            starting.countDown();
            assertThat(reported.take()).isEqualTo("work stopped 1");
        }

        @Test
        @DisplayName("E7: Work has ended when the task returned and the stop was delivered, whichever comes last")
        void workEndsWithItsLastPart() throws Exception {
            CountDownLatch stubborn = new CountDownLatch(1);
            UserCallbacks callbacks = callbacks(leadership -> {
                began.countDown();
                boolean done = false;
                while (!done) {
                    try {
                        stubborn.await();
                        done = true;
                    } catch (InterruptedException e) {
                        told.add("interrupted");
                    }
                }
            });
            Leadership term = term(1);
            callbacks.started(term, reports);
            began.await();
            callbacks.ended(term, EndReason.RESIGNED, reports);
            List<String> seen = new ArrayList<>(List.of(told.take(), told.take(), told.take()));
            assertThat(seen).containsExactlyInAnyOrder("start 1", "interrupted", "stop RESIGNED");
            assertThat(reported).isEmpty();
            stubborn.countDown();
            assertThat(reported.take()).isEqualTo("give up 1 TASK_FINISHED");
            assertThat(reported.take()).isEqualTo("work stopped 1");
        }

        @Test
        @DisplayName("E8: A task that returns gives up its term as finished, one that throws as failed")
        void aTaskGivesUp() throws Exception {
            callbacks(leadership -> {}).started(term(1), reports);
            assertThat(reported.take()).isEqualTo("give up 1 TASK_FINISHED");
            callbacks(leadership -> {
                        throw new Error("thrown on purpose");
                    })
                    .started(term(2), reports);
            assertThat(reported.take()).isEqualTo("give up 2 TASK_FAILED");
        }

        @Test
        @DisplayName("E8: A task that throws InterruptedException though its term lasts has failed")
        void anInterruptOfItsOwnIsAFailure() throws Exception {
            callbacks(leadership -> {
                        throw new InterruptedException("thrown on purpose");
                    })
                    .started(term(1), reports);
            assertThat(reported.take()).isEqualTo("give up 1 TASK_FAILED");
        }

        @Test
        @DisplayName("E4: A term that ended before its start was delivered starts no task")
        void anEndedTermStartsNoTask() throws Exception {
            Stepping later = new Stepping();
            AtomicBoolean ran = new AtomicBoolean();
            UserCallbacks callbacks = new UserCallbacks("example", new Listener(), leadership -> ran.set(true), later);
            Leadership term = term(1);
            callbacks.started(term, reports);
            callbacks.ended(term, EndReason.EXPIRED, reports);
            later.run();
            assertThat(reported.take()).isEqualTo("work stopped 1");
            assertThat(ran).isFalse();
            assertThat(told).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2})
        @DisplayName("E7: In all interleavings work stops exactly once for each term, and starts and stops are paired")
        void workStopsExactlyOnce(int kind) throws Exception {
            UserCallbacks callbacks = callbacks(leadership -> {
                if (kind == 1) {
                    Thread.yield();
                } else if (kind == 2) {
                    new CountDownLatch(1).await(); // until interrupted
                }
            });
            for (int i = 1; i <= 500; i++) {
                Leadership term = term(i);
                callbacks.started(term, reports);
                for (int spin = 0; spin < (i % 50) * 20; spin++) {
                    Thread.onSpinWait();
                }
                callbacks.ended(term, EndReason.EXPIRED, reports);
                String last = "";
                while (!last.startsWith("work stopped")) {
                    last = reported.poll(10, TimeUnit.SECONDS);
                    assertThat(last).as("report of term %d", i).isNotNull().contains(" " + i);
                }
                assertThat(reported).isEmpty();
                List<String> pair = all(told);
                if (!pair.isEmpty()) {
                    assertThat(pair).containsExactly("start " + i, "stop EXPIRED");
                }
            }
        }
    }

    @Nested
    class CurrentThread {

        private final Stepping threads = new Stepping();

        @Test
        @DisplayName("E9: User code is known as such while it runs, and only to its own candidate")
        void userCodeKnowsItself() {
            AtomicBoolean own = new AtomicBoolean();
            AtomicBoolean others = new AtomicBoolean();
            UserCallbacks other = new UserCallbacks("other", new Listener(), null, threads);
            UserCallbacks[] self = new UserCallbacks[1];
            self[0] = new UserCallbacks(
                    "example",
                    new Listener() {
                        @Override
                        public void onStartedLeading(Leadership leadership) {
                            own.set(self[0].isCurrentThread());
                            others.set(other.isCurrentThread());
                        }
                    },
                    null,
                    threads);
            self[0].started(term(1), reports);
            threads.run();
            assertThat(own).isTrue();
            assertThat(others).isFalse();
            assertThat(self[0].isCurrentThread()).isFalse();
        }
    }
}
