package dev.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Only the pool's own timer is virtual: its threads are real. */
@Timeout(30)
class ElasticPoolTest {

    private static final Duration STUCK = Duration.ofMillis(10);

    private final ManualTime time = new ManualTime();
    private final ElasticPool pool = new ElasticPool("test-pool", 2, time);
    private final CountDownLatch release = new CountDownLatch(1);
    private final BlockingQueue<Thread> began = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws InterruptedException {
        release.countDown();
        pool.close();
        assertThat(pool.awaitEnd(Duration.ofSeconds(10))).isTrue();
    }

    private void hang() {
        pool.execute(() -> {
            began.add(Thread.currentThread());
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void hang(int jobs) {
        for (int i = 0; i < jobs; i++) {
            hang();
        }
    }

    private List<Thread> begun(int count) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(began.take());
        }
        return threads;
    }

    /** A job that was run, and whose thread is idle again or will be. */
    private Thread run() throws InterruptedException {
        pool.execute(() -> began.add(Thread.currentThread()));
        return began.take();
    }

    private static void awaitIdle(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).as(thread + " lives").isTrue();
            Thread.onSpinWait();
        }
    }

    @RepeatedTest(20) // the thread may be quicker, and count as idle no longer
    @DisplayName("Two jobs that come at once do not both count on the one thread that is idle")
    void anIdleThreadIsCountedOnOnce() throws InterruptedException {
        awaitIdle(run());
        hang(2);
        assertThat(new HashSet<>(begun(2))).hasSize(2);
    }

    @Test
    @DisplayName("Short jobs share the core threads, which are daemons with a name")
    void coreThreadsAreReused() throws Exception {
        Set<Thread> used = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Thread thread = run();
            used.add(thread);
            awaitIdle(thread);
        }
        assertThat(used)
                .hasSize(1)
                .allMatch(Thread::isDaemon)
                .allMatch(t -> t.getName().startsWith("test-pool-"));
    }

    @Test
    @DisplayName("A second job at the same time gets a second core thread, and a third waits")
    void coreThreadsStartOnDemand() throws Exception {
        hang(3);
        assertThat(new HashSet<>(begun(2))).hasSize(2);
        assertThat(began).isEmpty();
        release.countDown();
        begun(1);
    }

    @Test
    @DisplayName("While jobs hang the number of threads doubles, until each job has one")
    void hangingJobsAddThreads() throws Exception {
        hang(17);
        begun(2);
        int[] more = {2, 4, 8, 1};
        for (int expected : more) {
            time.advance(STUCK.minusNanos(1));
            assertThat(began).isEmpty();
            time.advance(Duration.ofNanos(1));
            begun(expected);
            assertThat(began).isEmpty();
        }
    }

    @Test
    @DisplayName("Threads that were started for jobs and do not come to run are not started again")
    void threadsOnTheirWayAreCounted() {
        TimeSource quick = new TimeSource() {
            private long now;
            private int turns;

            @Override
            public long nanoTime() {
                return now;
            }

            @Override
            public Instant wallTime() {
                return Instant.EPOCH;
            }

            /** The pool's lock is held, so that no thread comes to run. */
            @Override
            public Scheduled schedule(Duration delay, Runnable task) {
                if (turns++ < 10) {
                    now += delay.toNanos();
                    task.run();
                }
                return () -> {};
            }
        };
        try (ElasticPool busy = new ElasticPool("busy-pool", 0, quick)) {
            busy.execute(() -> {});
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("busy-pool-"))
                    .hasSize(1);
        }
    }

    @Test
    @DisplayName("No thread is added for a job that waits briefly while others come to their ends")
    void progressAddsNoThreads() throws Exception {
        hang(2);
        List<Thread> core = begun(2);
        AtomicBoolean ran = new AtomicBoolean();
        pool.execute(() -> ran.set(true));
        time.advance(Duration.ofMillis(5));
        release.countDown();
        core.forEach(ElasticPoolTest::awaitIdle);
        time.advance(Duration.ofMillis(200));
        assertThat(ran).isTrue();
        assertThat(core).contains(run());
    }

    @Test
    @DisplayName("A job that may wait runs after those that may not, whenever they came")
    void jobsBehindWait() throws Exception {
        BlockingQueue<String> order = new LinkedBlockingQueue<>();
        try (ElasticPool one = new ElasticPool("one-thread", 1, time)) {
            CountDownLatch busy = new CountDownLatch(1);
            one.execute(() -> await(busy));
            one.executeBehind(() -> order.add("behind"));
            one.execute(() -> order.add("first"));
            one.execute(() -> order.add("second"));

            busy.countDown();

            assertThat(List.of(order.take(), order.take(), order.take())).containsExactly("first", "second", "behind");
        }
    }

    @Test
    @DisplayName("Jobs that may wait get threads too when all others hang")
    void jobsBehindAreNotForgotten() throws Exception {
        hang(2);
        begun(2);
        pool.executeBehind(() -> began.add(Thread.currentThread()));
        time.advance(STUCK);
        assertThat(begun(1)).hasSize(1);
    }

    @Test
    @DisplayName("A job that has waited for 100 ms gets a thread, though others come to their ends")
    void patienceEnds() throws Exception {
        Semaphore permits = new Semaphore(0);
        for (int i = 0; i < 40; i++) {
            pool.execute(() -> {
                began.add(Thread.currentThread());
                permits.acquireUninterruptibly();
            });
        }
        begun(2);
        for (int i = 0; i < 11; i++) {
            time.advance(Duration.ofMillis(9));
            assertThat(began).as("jobs begun by new threads after %d steps", i).isEmpty();
            permits.release();
            begun(1);
        }
        time.advance(STUCK);
        begun(2);
        permits.release(40);
    }

    @Test
    @DisplayName("Threads without work end by themselves, and are started again for new work")
    void idleThreadsEnd() throws Exception {
        hang(6);
        List<Thread> threads = begun(2);
        time.advance(STUCK);
        threads.addAll(begun(2));
        time.advance(STUCK);
        threads.addAll(begun(2));
        release.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(threads).doesNotContain(run());
    }

    @Test
    @DisplayName("A job that throws, even an Error, costs no thread")
    void aJobThatThrowsCostsNoThread() throws Exception {
        Thread first = run();
        awaitIdle(first);
        pool.execute(() -> {
            began.add(Thread.currentThread());
            throw new AssertionError("thrown on purpose");
        });
        assertThat(began.take()).isSameAs(first);
        awaitIdle(first);
        assertThat(run()).isSameAs(first);
    }

    @Test
    @DisplayName("An interrupt that hits a thread between jobs strands no job, and the next job does not see it")
    void aStrayInterruptStrandsNothing() throws Exception {
        Thread thread = run();
        for (int i = 0; i < 200; i++) {
            awaitIdle(thread);
            thread.interrupt();
            BlockingQueue<Boolean> interrupted = new LinkedBlockingQueue<>();
            pool.execute(() -> interrupted.add(Thread.currentThread().isInterrupted()));
            assertThat(interrupted.poll(10, TimeUnit.SECONDS)).as("job " + i).isEqualTo(false);
        }
    }

    @Test
    @DisplayName("An interrupt that a job leaves behind is not seen by the next")
    void anInterruptLeftBehindIsCleared() throws Exception {
        pool.execute(() -> Thread.currentThread().interrupt());
        BlockingQueue<Boolean> interrupted = new LinkedBlockingQueue<>();
        pool.execute(() -> interrupted.add(Thread.currentThread().isInterrupted()));
        assertThat(interrupted.take()).isFalse();
    }

    @Test
    @DisplayName("Closing interrupts what runs, drops what waits, refuses what comes, and can be repeated")
    void closing() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        for (int i = 0; i < 2; i++) {
            pool.execute(() -> {
                began.add(Thread.currentThread());
                try {
                    release.await();
                } catch (InterruptedException e) {
                    ends.add("interrupted");
                }
            });
        }
        begun(2);
        pool.execute(() -> ends.add("ran"));
        pool.close();
        pool.close();
        assertThat(pool.awaitEnd(Duration.ofSeconds(10))).isTrue();
        assertThat(ends).containsExactly("interrupted", "interrupted");
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        time.advance(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("Waiting for the end gives up on a job that ignores its interrupt")
    void awaitEndGivesUp() throws Exception {
        pool.execute(() -> {
            began.add(Thread.currentThread());
            await(release);
        });
        begun(1);
        pool.close();
        assertThat(pool.awaitEnd(Duration.ofMillis(1))).isFalse();
        release.countDown();
        assertThat(pool.awaitEnd(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    @DisplayName("A job that closes the pool and waits for its end does not wait for itself")
    void closingFromWithin() throws Exception {
        BlockingQueue<Boolean> ended = new LinkedBlockingQueue<>();
        pool.execute(() -> {
            pool.close();
            try {
                Thread.interrupted();
                ended.add(pool.awaitEnd(Duration.ofSeconds(10)));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(ended.take()).isTrue();
    }

    private static void await(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // on purpose
            }
        }
    }

    private void awaitStandstill() {
        while (time.work() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    @DisplayName(
            "What runs is work to the time source, also between one job and the next that waited, and then no more")
    void whatRunsIsWork() throws Exception {
        hang(10);
        begun(2);
        assertThat(time.work())
                .as("what waits behind jobs that hang is no work")
                .isEqualTo(2);
        release.countDown();
        begun(8);
        awaitStandstill();
        assertThat(time.standstills()).isEqualTo(1);
        awaitIdle(run());
        awaitStandstill();
        assertThat(time.standstills()).as("a job for a thread that was idle").isEqualTo(2);
    }

    @Test
    @DisplayName("Threads that are added for jobs that wait are work before they have begun")
    void addedThreadsAreWork() throws Exception {
        hang(4);
        begun(2);
        time.advance(STUCK);
        assertThat(time.work())
                .as("a thread counts twice while it comes to its first job")
                .isBetween(4, 6);
        begun(2);
        assertThat(time.work()).isEqualTo(4);
    }

    @Test
    @DisplayName("Jobs that close drops are work no more")
    void droppedJobsAreNoWork() throws Exception {
        hang(3);
        begun(2);
        pool.close();
        awaitStandstill();
        assertThat(began).isEmpty();
    }
}
