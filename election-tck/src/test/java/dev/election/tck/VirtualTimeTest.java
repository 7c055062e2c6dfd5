package dev.election.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import dev.election.local.MemoryBackend;
import dev.election.spi.ElectionBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class VirtualTimeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();

    @Test
    void runsWhatIsDueInOrderOnTheThreadThatAdvances() {
        List<String> order = new ArrayList<>();
        time.schedule(SECOND, () -> order.add("b at " + passed()));
        time.schedule(Duration.ZERO, () -> {
            order.add("a on " + Thread.currentThread().getName());
            time.schedule(SECOND, () -> order.add("c at " + passed()));
        });
        time.schedule(SECOND.multipliedBy(3), () -> order.add("too late"));
        time.schedule(SECOND, () -> order.add("cancelled")).cancel();

        time.advance(Duration.ofMillis(2500));

        assertThat(order).containsExactly("a on " + Thread.currentThread().getName(), "b at 1000", "c at 1000");
        assertThat(passed()).isEqualTo(2500);
    }

    @Test
    void standsStillWhileWorkGoesOn() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        AtomicLong endedAt = new AtomicLong(-1);
        Runnable ended = time.workBegins();
        Thread worker = new Thread(() -> {
            awaitForReal(hold);
            endedAt.set(passed());
            ended.run();
        });
        worker.start();
        time.schedule(Duration.ZERO, hold::countDown); // can only run if work that has begun does not stop the present
        Thread driver = new Thread(() -> time.advance(SECOND));
        driver.start();
        hold.countDown();
        driver.join();

        assertThat(endedAt).hasValue(0);
        assertThat(passed()).isEqualTo(1000);
    }

    @Test
    void whatSleepsLetsTimePassAndIsWorkAgainWhenItWakes() {
        List<Long> instants = Collections.synchronizedList(new ArrayList<>());
        work(() -> {
            time.sleep(SECOND);
            instants.add(passed());
            Thread.sleep(5); // in real time, which does not count
            time.sleep(SECOND);
            instants.add(passed());
        });

        time.advance(SECOND.multipliedBy(10));

        assertThat(instants).containsExactly(1000L, 2000L);
    }

    @Test
    void anInterruptedSleeperIsWorkFromTheInterruptOn() {
        AtomicReference<String> woken = new AtomicReference<>("");
        AtomicReference<Thread> sleeper = new AtomicReference<>();
        work(() -> {
            sleeper.set(Thread.currentThread());
            try {
                time.sleep(Duration.ofHours(1));
            } catch (InterruptedException e) {
                woken.set("at " + passed());
            }
        });
        time.schedule(SECOND, () -> sleeper.get().interrupt());

        time.advance(Duration.ofMinutes(1));

        assertThat(woken).hasValue("at 1000");
    }

    @Test
    void aThreadThatWasInterruptedBeforeDoesNotSleep() {
        AtomicReference<String> woken = new AtomicReference<>("");
        work(() -> {
            Thread.currentThread().interrupt();
            try {
                time.sleep(Duration.ofHours(1));
            } catch (InterruptedException e) {
                woken.set("at " + passed());
            }
        });
        time.settle();
        assertThat(woken).hasValue("at 0");
    }

    @Test
    void awaitsAConditionForNoLongerThanAsked() {
        AtomicBoolean condition = new AtomicBoolean();
        List<String> answers = Collections.synchronizedList(new ArrayList<>());
        work(() -> answers.add(time.await(condition::get, SECOND) + " at " + passed()));
        time.advance(Duration.ofSeconds(2));
        work(() -> answers.add(time.await(condition::get, SECOND) + " at " + passed()));
        time.schedule(Duration.ofMillis(300), () -> condition.set(true));
        time.advance(Duration.ofSeconds(2));

        assertThat(answers).containsExactly("false at 1000", "true at 2300");
    }

    @Test
    void stopsAtTheInstantAtWhichAConditionHolds() {
        AtomicBoolean condition = new AtomicBoolean();
        time.schedule(SECOND, () -> work(() -> condition.set(true)));

        assertThat(time.advanceUntil(condition::get, Duration.ofMinutes(1))).isTrue();
        assertThat(passed()).isEqualTo(1000);
        assertThat(time.advanceUntil(() -> false, SECOND)).isFalse();
        assertThat(passed()).isEqualTo(2000);
    }

    @Test
    void namesWhatHangs() {
        VirtualTime impatient = new VirtualTime(Duration.ofSeconds(1));
        HangingBackend backend = new HangingBackend();
        Elections elections = Elections.of(backend, impatient);
        elections.observe("hangs");
        assertThatThrownBy(impatient::settle)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("virtual time stands still")
                .hasMessageContaining("HangingBackend.read");
        backend.release();
        impatient.advanceWhile(elections::close, Duration.ofMinutes(5));
    }

    @Test
    void findsOutThatItDoesNotComeOn() {
        Runnable again = new Runnable() {
            @Override
            public void run() {
                time.schedule(Duration.ZERO, this);
            }
        };
        again.run();
        assertThatThrownBy(() -> time.advance(SECOND)).hasMessageContaining("time does not come on");
    }

    @Test
    void stopsAdvancingWhenInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> time.advance(SECOND)).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(passed()).isZero();
    }

    @Test
    void onlyWorkCanSleep() {
        assertThatThrownBy(() -> time.sleep(SECOND))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("only work");
        time.schedule(
                Duration.ZERO,
                () -> assertThatThrownBy(() -> time.sleep(SECOND)).hasMessageContaining("who advances time"));
        time.settle();
    }

    @Test
    void aThreadThatEnlistedIsWaitedForUntilItEnds() throws Exception {
        CountDownLatch enlisted = new CountDownLatch(1);
        AtomicLong endedAt = new AtomicLong(-1);
        Thread thread = new Thread(() -> {
            time.enlist();
            enlisted.countDown();
            try {
                time.sleep(SECOND);
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            endedAt.set(passed());
        });
        thread.start();
        enlisted.await();

        time.advance(Duration.ofMinutes(1));

        assertThat(endedAt).hasValue(1000);
    }

    @Test
    void clocksRunAtTheirOwnRate() {
        VirtualClock fast = time.clock(1.05);
        VirtualClock slow = time.clock(0.95, Duration.ofHours(-1));
        long fastFrom = fast.nanoTime();
        long slowFrom = slow.nanoTime();
        List<String> order = new ArrayList<>();
        slow.schedule(SECOND, () -> order.add("slow at " + passed()));
        fast.schedule(SECOND, () -> order.add("fast at " + passed()));

        time.advance(Duration.ofSeconds(100));

        assertThat(order).containsExactly("fast at 952", "slow at 1052");
        assertThat(fast.nanoTime() - fastFrom).isEqualTo(105_000_000_000L);
        assertThat(slow.nanoTime() - slowFrom).isEqualTo(95_000_000_000L);
        assertThat(Duration.between(time.wallTime(), fast.wallTime())).isEqualTo(Duration.ofSeconds(5));
        assertThat(Duration.between(time.wallTime(), slow.wallTime())).isEqualTo(Duration.ofSeconds(-3605));
    }

    @Test
    void aTimerIsNeverEarlyByItsOwnClock() {
        VirtualClock odd = time.clock(0.987654321);
        for (int i = 1; i < 1000; i++) {
            long due = odd.nanoTime() + i * 7919L;
            odd.schedule(
                    Duration.ofNanos(i * 7919L),
                    () -> assertThat(odd.nanoTime()).isGreaterThanOrEqualTo(due));
            time.advance(Duration.ofNanos(i * 9001L));
        }
    }

    @Test
    void aPausedProcessFiresItsTimersLate() {
        VirtualClock node = time.clock(1);
        List<String> order = new ArrayList<>();
        node.schedule(SECOND, () -> order.add("fired at " + passed()));
        node.pause();
        time.advance(Duration.ofSeconds(3));
        assertThat(order).isEmpty();
        assertThat(node.nanoTime()).isEqualTo(time.nanoTime());
        node.resume();
        time.advance(SECOND);
        assertThat(order).containsExactly("fired at 3000");
    }

    @Test
    void theWallClockJumpsAlone() {
        long nanos = time.nanoTime();
        time.jumpWallClock(Duration.ofDays(-1));
        assertThat(time.wallTime()).isEqualTo(VirtualTime.ORIGIN.minus(Duration.ofDays(1)));
        assertThat(time.nanoTime()).isEqualTo(nanos);
    }

    @Test
    void eventsOfAttachedBackendsTakeNoTime() {
        MemoryBackend store = MemoryBackend.create();
        AtomicReference<LeaderView> seen = new AtomicReference<>();
        AtomicLong seenAt = new AtomicLong();
        Elections elections = Elections.of(time.attach(store), time);
        Elections others = Elections.of(time.attach(store.newView()), time);
        others.observe("e", view -> {
            seen.set(view);
            seenAt.set(passed());
        });
        time.advance(SECOND);
        LeaderElector elector = elections.elector("e").identity("a").start();
        time.advanceUntil(elector::isLeader, SECOND);
        long leadsAt = passed();
        time.advance(Duration.ofMinutes(1));

        assertThat(seen.get())
                .isInstanceOfSatisfying(
                        LeaderView.Known.class,
                        known -> assertThat(known.identity()).isEqualTo("a"));
        assertThat(seenAt).hasValue(leadsAt);
        time.advanceWhile(elections::close, Duration.ofMinutes(1));
        time.advanceWhile(others::close, Duration.ofMinutes(1));
    }

    @Test
    void closeThatBlocksEndsWhileTimePasses() {
        AtomicBoolean stopped = new AtomicBoolean();
        Elections elections = Elections.of(time.attach(MemoryBackend.create()), time);
        LeaderElector elector = elections
                .elector("e")
                .listener(new LeadershipListener() {
                    @Override
                    public void onStoppedLeading(dev.election.EndReason reason) {
                        try {
                            time.sleep(Duration.ofSeconds(5));
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        stopped.set(true);
                    }
                })
                .start();
        assertThat(time.advanceUntil(elector::isLeader, SECOND)).isTrue();
        time.advanceWhile(elector::close, Duration.ofSeconds(10));
        assertThat(stopped).isTrue();
        time.advanceWhile(elections::close, Duration.ofSeconds(10));
    }

    @Test
    void oneElectionGoesTheSameWayEachTime() {
        for (int run = 0; run < 10; run++) {
            VirtualTime time = new VirtualTime();
            ElectionBackend backend = time.attach(MemoryBackend.create());
            Elections elections = Elections.of(backend, time);
            LeaderElector elector = elections.elector("e").start();
            assertThat(time.advanceUntil(elector::isLeader, SECOND))
                    .as("run " + run)
                    .isTrue();
            Leadership leadership = elector.leadership().orElseThrow();
            assertThat(leadership.remaining()).isEqualTo(elector.timing().renewDeadline());
            time.advance(Duration.ofMinutes(5));
            assertThat(leadership.isValid()).as("run " + run).isTrue();
            time.advanceWhile(elections::close, Duration.ofMinutes(1));
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void work(Work work) {
        Runnable ended = time.workBegins();
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                ended.run();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private long passed() {
        return Duration.ofNanos(time.nanoTime() - VirtualTime.ORIGIN_NANOS).toMillis();
    }

    private static void awaitForReal(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
