package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The driver around the machine, in time that the test moves, over a store that answers at once. */
@Timeout(30)
class ElectionLoopTest {

    private record Revision(long revision) implements Version {}

    private final ManualTime time = new ManualTime();
    private final List<String> told = new ArrayList<>();
    private final List<LeaderView> views = new ArrayList<>();
    private Duration delay = Duration.ofMillis(1);
    private boolean silent;
    private boolean broken;
    private boolean deaf;
    private Runnable hanging = () -> {};
    private Snapshot current = Snapshot.ABSENT;
    private Runnable onChange = () -> {};

    private final Store store = new Store() {
        @Override
        public void invoke(Call call, Replies replies) {
            if (broken) {
                hanging.run();
                throw new AssertionError("thrown on purpose");
            }
            Moment sent = Moment.of(time);
            time.schedule(delay, () -> {
                if (!silent) {
                    replies.answered(call.id(), sent, answer(call));
                }
            });
        }

        private Call.Answer answer(Call call) {
            if (call instanceof Call.Swap swap) {
                if (!swap.expected().equals(current.version())) {
                    return new Call.Answer.Swapped(new CasOutcome.Conflict(current));
                }
                current =
                        new Snapshot(swap.next(), new Revision(current.version().revision() + 1));
                return new Call.Answer.Swapped(new CasOutcome.Applied(current));
            }
            return new Call.Answer.Found(current);
        }

        @Override
        public void openWatch(long watch, Replies replies) {}

        @Override
        public void closeWatch(long watch) {
            told.add("watch closed");
        }
    };

    private final UserCode userCode = new UserCode() {
        @Override
        public void started(Leadership leadership, Reports reports) {
            told.add("start " + leadership.fencingToken());
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            assertThat(leadership.isValid()).as("the term when its end is told").isFalse();
            told.add("stop " + reason);
            if (deaf) {
                throw new AssertionError("thrown on purpose");
            }
            reports.workStopped(leadership);
        }

        @Override
        public void leaderChanged(LeaderView view) {
            views.add(view);
        }

        @Override
        public void changed() {
            onChange.run();
        }

        @Override
        public boolean isCurrentThread() {
            return false;
        }
    };

    private final ElectionLoop loop = new ElectionLoop(
            "example",
            MachineFixture.settings(ElectionTiming.DEFAULT, true, true, 1),
            new SplittableRandom(1),
            time,
            store,
            userCode);

    private Leadership leading() {
        loop.start();
        time.advance(Duration.ofSeconds(1));
        return loop.leadership();
    }

    @Test
    @DisplayName("What is due and not done is overdue, and counts until the timer runs again")
    void overdue() {
        assertThat(loop.overdue()).as("before the start").isZero();
        leading();
        assertThat(loop.overdue()).isZero();
        time.passWithoutTimers(Duration.ofSeconds(60));
        assertThat(loop.overdue()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
        time.advance(Duration.ofSeconds(1));
        assertThat(loop.overdue()).isZero();
        loop.close();
        time.advance(Duration.ofSeconds(1));
        time.passWithoutTimers(Duration.ofSeconds(60));
        assertThat(loop.overdue()).as("once closed").isZero();
    }

    @Test
    @DisplayName("A step that does not return is overdue")
    void overdueAmidStep() {
        leading();
        broken = true;
        List<Duration> amidStep = new ArrayList<>();
        hanging = () -> {
            time.passWithoutTimers(Duration.ofSeconds(60));
            amidStep.add(loop.overdue());
        };
        time.advance(Duration.ofSeconds(5));
        assertThat(amidStep).first().isEqualTo(Duration.ofSeconds(60));
        hanging = () -> {};
        time.advance(Duration.ofMinutes(2)); // what hung may have run past the first advance
        assertThat(loop.overdue()).isZero();
    }

    @Test
    @DisplayName("A candidate alone leads, renews, and releases when it closes")
    void aWholeLife() {
        Leadership term = leading();
        assertThat(term).isNotNull();
        time.advance(Duration.ofMinutes(10));
        assertThat(loop.leadership()).isSameAs(term);
        CompletableFuture<Void> closed = loop.close();
        assertThat(loop.leadership()).as("before the loop has run").isNull();
        time.advance(Duration.ofSeconds(1));
        assertThat(closed).isDone();
        assertThat(current.record().isFree()).isTrue();
        assertThat(told).containsExactly("start 1", "stop CLOSED", "watch closed");
    }

    @Test
    @DisplayName("E2: Who finds the term expired ends it, without any timer")
    void anExpiryIsFoundByAReader() {
        Leadership term = leading();
        time.jumpWall(Duration.ofSeconds(10));
        assertThat(loop.leadership()).isNull();
        assertThat(term.isValid()).isFalse();
        time.jumpWall(Duration.ofSeconds(-10));
        time.run();
        assertThat(told).containsExactly("start 1", "stop EXPIRED");
    }

    @Test
    @DisplayName("E12: A store that falls silent costs the term at its deadline, by a timer")
    void silence() {
        leading();
        silent = true;
        time.advance(Duration.ofSeconds(10));
        assertThat(told).containsExactly("start 1", "stop EXPIRED");
        assertThat(loop.health().isHealthy()).isFalse();
    }

    @Test
    @DisplayName("E4: A call that cannot even be made keeps no term from ending, and the loop goes on")
    void aBrokenStore() {
        leading();
        broken = true;
        time.advance(Duration.ofSeconds(10));
        assertThat(told).containsExactly("start 1", "stop EXPIRED");
        assertThat(loop.leadership()).isNull();
    }

    @Test
    @DisplayName(
            "E4: A failure while the application is told keeps neither the view nor the resignation from happening")
    void aDeafApplication() throws Exception {
        leading();
        deaf = true;
        CompletableFuture<Boolean> resigned = loop.resign();
        time.advance(ElectionTiming.DEFAULT.leaseDuration());
        assertThat(resigned.get(10, TimeUnit.SECONDS)).as("released").isFalse();
    }

    @Test
    @DisplayName("E9: What an application does when its resignation is done does not run on the timer's thread")
    void continuationsDoNotRunOnTheTimer() throws Exception {
        leading();
        BlockingQueue<Thread> ranOn = new LinkedBlockingQueue<>();
        loop.resign().thenRun(() -> ranOn.add(Thread.currentThread()));
        time.advance(Duration.ofSeconds(1));
        assertThat(ranOn.take()).isNotSameAs(Thread.currentThread());
    }

    @Test
    @DisplayName("E7: Resigning is answered though the candidate is closed, and though no timer runs any more")
    void resigningAfterTheClose() throws Exception {
        leading();
        CompletableFuture<Boolean> before = loop.resign();
        loop.close();
        time.advance(Duration.ofSeconds(1));
        assertThat(before.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(loop.resign().get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("E7: Resigning while another resignation is on its way is answered together with it")
    void resigningTwice() throws Exception {
        leading();
        CompletableFuture<Boolean> one = loop.resign();
        CompletableFuture<Boolean> other = loop.resign();
        time.advance(Duration.ofSeconds(1));
        assertThat(one.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(other.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("Waiting for leadership takes any duration, however long or negative")
    void awaitingForEver() throws Exception {
        assertThat(loop.awaitLeadership(Duration.ZERO)).isNull();
        assertThat(loop.awaitLeadership(Duration.ofSeconds(Long.MIN_VALUE))).isNull();
        Leadership term = leading();
        assertThat(loop.awaitLeadership(Duration.ofSeconds(Long.MAX_VALUE))).isSameAs(term);
    }

    @Test
    @DisplayName("Waiting for leadership ends when the term begins, and when the candidate is closed")
    void awaitingEnds() throws Exception {
        BlockingQueue<Object> results = new LinkedBlockingQueue<>();
        Thread first = awaiting(results);
        Leadership term = leading();
        assertThat(results.take()).isSameAs(term);
        first.join();

        time.jumpWall(Duration.ofSeconds(10)); // which ends the term
        awaiting(results);
        loop.close();
        time.advance(Duration.ofSeconds(1));
        assertThat(results.take()).isEqualTo("none");
    }

    private Thread awaiting(BlockingQueue<Object> results) {
        Thread waiting = new Thread(() -> {
            try {
                Leadership led = loop.awaitLeadership(Duration.ofMinutes(1));
                results.add(led == null ? "none" : led);
            } catch (InterruptedException e) {
                results.add(e);
            }
        });
        waiting.start();
        return waiting;
    }

    @Test
    @DisplayName("The view of a leader is itself, aged by its last renewal")
    void theViewOfALeader() {
        Leadership term = leading();
        assertThat(loop.leader()).isInstanceOfSatisfying(LeaderView.Known.class, known -> {
            assertThat(known.identity()).isEqualTo("me");
            assertThat(known.fencingToken()).hasValue(term.fencingToken());
            assertThat(known.age())
                    .isEqualTo(ElectionTiming.DEFAULT.renewDeadline().minus(term.remaining()));
        });
    }

    @Test
    @DisplayName("E4: What fails while a term's end is told keeps nobody from being told what follows")
    void aFailureKeepsNothingBehindIt() {
        leading();
        deaf = true;
        silent = true;
        time.advance(Duration.ofSeconds(10));
        assertThat(views).last().isEqualTo(new LeaderView.None());
        assertThat(loop.failedSteps()).isEqualTo(1);
    }

    /** All that may be asked, but for how long it has been so. */
    private List<Object> answers() {
        LeaderView view = loop.leader();
        Object leader = view instanceof LeaderView.Known known ? List.of(known.identity(), known.fencingToken()) : view;
        Leadership term = loop.leadership();
        return List.of(
                leader,
                term == null ? "no term" : term.fencingToken(),
                loop.health().problem());
    }

    /** @param holder "" for nobody */
    private void isHeldBy(String holder, long token) {
        Instant now = time.wallTime();
        LockRecord record = new LockRecord(holder, Duration.ofSeconds(15), now, now, 1, token, "attempt-" + token);
        current = new Snapshot(record, new Revision(current.version().revision() + 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("Nothing that may be asked changes without being told, by the clock neither")
    void changesAreTold(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<List<Object>> different = new HashSet<>();
        List<Object> told = new ArrayList<>();
        onChange = () -> {
            told.clear();
            told.addAll(answers());
            different.add(List.copyOf(told));
        };
        told.addAll(answers());
        loop.start();
        for (int i = 0; i < 1_000_000; i++) {
            time.advance(Duration.ofMillis(1));
            assertThat(answers()).as("after %d ms", i).isEqualTo(told);
            switch (random.nextInt(20_000)) {
                case 0 -> delay = Duration.ofSeconds(3); // longer than a call may take
                case 1 -> isHeldBy("another", 100 + i);
                case 2 -> isHeldBy("", 100 + i);
                case 3 -> loop.resign();
                case 4, 5 -> delay = Duration.ofMillis(1);
                default -> {}
            }
        }
        assertThat(different).hasSizeGreaterThan(5);
    }
}
