package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LeadershipTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final ManualTime time = new ManualTime();
    private final AtomicInteger foundExpired = new AtomicInteger();
    private final Leadership term = begin();

    private Leadership begin() {
        return new Leadership(3, 42, Moment.of(time), DEADLINE, time, foundExpired::incrementAndGet);
    }

    @Test
    @DisplayName("E2: A term is valid until sent + D by the caller's clock, to the nanosecond")
    void aTermIsValidUntilItsDeadline() {
        assertThat(term.fencingToken()).isEqualTo(42);
        assertThat(term.term()).isEqualTo(3);
        assertThat(term.remaining()).isEqualTo(DEADLINE);
        time.advance(DEADLINE.minusNanos(1));
        assertThat(term.isValid()).isTrue();
        assertThat(term.remaining()).isEqualTo(Duration.ofNanos(1));
        time.advance(Duration.ofNanos(1));
        assertThat(term.isValid()).isFalse();
        assertThat(term.remaining()).isZero();
    }

    @Test
    @DisplayName("E1: A term that once read invalid stays so, though the wall clock is set back and a renewal comes")
    void anEndIsForEver() {
        time.jumpWall(DEADLINE);
        assertThat(term.isValid()).isFalse();
        time.jumpWall(DEADLINE.negated());
        assertThat(term.isValid()).isFalse();
        term.extend(Moment.of(time));
        assertThat(term.isValid()).isFalse();
        assertThat(term.remaining()).isZero();
    }

    @Test
    @DisplayName("E2: Who finds the term expired reports it, once")
    void anExpiryIsReportedOnce() {
        assertThat(term.isValid()).isTrue();
        assertThat(foundExpired).hasValue(0);
        time.advance(DEADLINE);
        assertThat(term.isValid()).isFalse();
        assertThat(term.isValid()).isFalse();
        assertThat(term.remaining()).isZero();
        assertThat(foundExpired).hasValue(1);
    }

    @Test
    @DisplayName("E2: The larger of monotonic and wall time counts; a wall clock that is set back gives nothing")
    void theLargerOfBothClocksCounts() {
        time.jumpWall(Duration.ofSeconds(4));
        assertThat(term.remaining()).isEqualTo(Duration.ofSeconds(6));
        time.jumpWall(Duration.ofSeconds(-1_000));
        time.advance(Duration.ofSeconds(7));
        assertThat(term.remaining()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    @DisplayName("E2: Wall clocks that differ by more than a long of nanoseconds only end the term")
    void absurdWallClocksEndTheTerm() {
        time.jumpWall(Duration.ofDays(365_000_000));
        assertThat(term.isValid()).isFalse();
    }

    @Test
    @DisplayName("E1: A renewal counts from its sending, however late it is told")
    void aRenewalCountsFromItsSending() {
        time.advance(Duration.ofSeconds(4));
        Moment sent = Moment.of(time);
        time.advance(Duration.ofSeconds(5));
        term.extend(sent);
        assertThat(term.remaining()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("E4: An ended term is invalid at once, reports nothing, and cannot be extended")
    void anEndedTermIsInvalid() {
        term.end();
        assertThat(term.isValid()).isFalse();
        term.extend(Moment.of(time));
        assertThat(term.isValid()).isFalse();
        assertThat(foundExpired).hasValue(0);
        assertThat(term).hasToString("Leadership[fencingToken=42, remaining=PT0S]");
    }

    @Test
    @DisplayName("E1: Whether a renewal or the end comes first, an end is final")
    void renewalsRaceTheEnd() throws Exception {
        for (int round = 0; round < 300; round++) {
            Leadership contested = begin();
            Moment sent = Moment.of(time);
            CyclicBarrier together = new CyclicBarrier(2);
            Thread renewing = new Thread(() -> {
                await(together);
                for (int i = 0; i < 50; i++) {
                    contested.extend(sent);
                }
            });
            renewing.start();
            await(together);
            contested.end();
            assertThat(contested.isValid()).isFalse();
            renewing.join();
            assertThat(contested.isValid()).isFalse();
        }
    }

    @Test
    @DisplayName("E1: No reader sees the term valid again after another has seen it invalid")
    void readersAgreeOnTheEnd() throws Exception {
        for (int round = 0; round < 200; round++) {
            Leadership contested = begin();
            int before = foundExpired.get();
            AtomicInteger revived = new AtomicInteger();
            CyclicBarrier together = new CyclicBarrier(4);
            CountDownLatch done = new CountDownLatch(3);
            for (int reader = 0; reader < 3; reader++) {
                new Thread(() -> {
                            await(together);
                            boolean ended = false;
                            for (int i = 0; i < 100; i++) {
                                boolean valid = contested.isValid();
                                if (ended && valid) {
                                    revived.incrementAndGet();
                                }
                                ended |= !valid;
                            }
                            done.countDown();
                        })
                        .start();
            }
            await(together);
            time.advance(DEADLINE); // the end, and at the same time a renewal sent after it
            contested.extend(Moment.of(time));
            done.await();
            assertThat(revived).hasValue(0);
            assertThat(foundExpired.get() - before).isLessThanOrEqualTo(1);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
