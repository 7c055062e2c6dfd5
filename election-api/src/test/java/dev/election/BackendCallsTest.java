package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of whatever a backend does: rules S2, S6 and E1. */
class BackendCallsTest {

    private static final LockRecord FREE = new MachineFixture().createdBy("a_i1");

    private interface Behaviour {
        Object of(Duration timeout) throws Exception;
    }

    private final ManualTime time = new ManualTime();
    private final List<Runnable> jobs = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final List<Call.Answer> answers = new ArrayList<>();
    private final List<Moment> sent = new ArrayList<>();
    private Behaviour behaviour = timeout -> null;
    private WatchListener listener;
    private int watchesClosed;

    private final ElectionBackend backend = new ElectionBackend() {
        @Override
        public Set<Capability> capabilities() {
            return Set.of(Capability.WATCH);
        }

        @Override
        public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
            return (Snapshot) behave(timeout);
        }

        @Override
        public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            return (CasOutcome) behave(timeout);
        }

        @Override
        public Watch watch(String election, WatchListener told, Duration timeout)
                throws BackendException, InterruptedException {
            listener = told;
            return (Watch) behave(timeout);
        }

        @Override
        public void close() {}

        private Object behave(Duration timeout) throws BackendException, InterruptedException {
            try {
                return behaviour.of(timeout);
            } catch (BackendException | InterruptedException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    };

    private final Store.Replies replies = new Store.Replies() {
        @Override
        public void answered(long call, Moment at, Call.Answer answer) {
            sent.add(at);
            answers.add(answer);
        }

        @Override
        public void watchOpened(long watch) {
            heard.add("opened " + watch);
        }

        @Override
        public void watchChanged(long watch, Snapshot seen) {
            heard.add("changed " + watch);
        }

        @Override
        public void watchLost(long watch, Throwable cause) {
            heard.add("lost " + watch);
        }
    };

    private final List<Runnable> jobsBehind = new ArrayList<>();
    private final BackendCalls calls =
            new BackendCalls(backend, "example", Duration.ofSeconds(2), time, jobs::add, jobsBehind::add);

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private void runJobs() {
        List<Runnable> due = List.copyOf(jobs);
        jobs.clear();
        due.forEach(Runnable::run);
    }

    private Call.Answer read(Behaviour does) {
        behaviour = does;
        calls.invoke(new Call.Read(1, time.nanoTime() + 2_000_000_000L), replies);
        runJobs();
        return answers.get(answers.size() - 1);
    }

    private Call.Answer write(Behaviour does) {
        behaviour = does;
        calls.invoke(new Call.Swap(1, time.nanoTime() + 2_000_000_000L, Version.ABSENT, FREE), replies);
        runJobs();
        return answers.get(answers.size() - 1);
    }

    private void isUnknown(Call.Answer answer) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Call.Answer.Swapped.class,
                        swapped -> assertThat(swapped.outcome()).isInstanceOf(CasOutcome.Unknown.class));
    }

    @Test
    @DisplayName("E12: While a call is not answered, the next of the same election lets other elections go first")
    void anElectionWhoseCallHangsGoesBehind() {
        calls.invoke(new Call.Read(1, time.nanoTime() + 2_000_000_000L), replies);
        calls.invoke(new Call.Read(2, time.nanoTime() + 2_000_000_000L), replies);
        assertThat(jobs).hasSize(1);
        assertThat(jobsBehind).hasSize(1);

        runJobs();
        jobsBehind.forEach(Runnable::run);
        calls.invoke(new Call.Read(3, time.nanoTime() + 2_000_000_000L), replies);
        assertThat(jobs).hasSize(1);
    }

    @Test
    @DisplayName("E1: The sending is noted before the call, and the call gets the time that is left")
    void theSendingIsNotedBefore() {
        calls.invoke(new Call.Read(1, time.nanoTime() + 2_000_000_000L), replies);
        behaviour = timeout -> {
            assertThat(timeout).isEqualTo(Duration.ofMillis(1_500));
            time.advance(Duration.ofSeconds(1));
            return Snapshot.ABSENT;
        };
        time.advance(Duration.ofMillis(500));
        Moment before = Moment.of(time);
        runJobs();
        assertThat(sent).containsExactly(before);
        assertThat(answers).containsExactly(new Call.Answer.Found(Snapshot.ABSENT));
    }

    @Test
    @DisplayName("S6: At its deadline nothing is sent")
    void nothingIsSentAtTheDeadline() {
        behaviour = timeout -> {
            throw new AssertionError("called");
        };
        calls.invoke(new Call.Swap(1, time.nanoTime() + 5, Version.ABSENT, FREE), replies);
        time.advance(Duration.ofNanos(5));
        runJobs();
        assertThat(answers).containsExactly(new Call.Answer.NotSent());
        assertThat(sent).containsOnlyNulls();
    }

    @Test
    @DisplayName("S2: A BackendException is a definite failure, of reads and writes")
    void aBackendExceptionIsDefinite() {
        BackendException denied = BackendException.denied("no", null);
        assertThat(read(timeout -> {
                    throw denied;
                }))
                .isEqualTo(new Call.Answer.Failed(denied));
        assertThat(write(timeout -> {
                    throw denied;
                }))
                .isEqualTo(new Call.Answer.Failed(denied));
    }

    @Test
    @DisplayName("S2: Whatever else a write throws, its fate is unknown; an Error and null too")
    void anythingElseIsUnknown() {
        isUnknown(write(timeout -> {
            throw new IllegalStateException("closed");
        }));
        isUnknown(write(timeout -> {
            throw new StackOverflowError();
        }));
        isUnknown(write(timeout -> null));
    }

    @Test
    @DisplayName("S2: Whatever else a read throws is a passing failure; an Error and null too")
    void anythingElseFailsARead() {
        assertThat(read(timeout -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(Call.Answer.Failed.class);
        assertThat(read(timeout -> null)).isInstanceOf(Call.Answer.Failed.class);
    }

    @Test
    @DisplayName("S2: An interrupted write is unknown, and the interrupt is not swallowed")
    void anInterruptIsRestored() {
        isUnknown(write(timeout -> {
            throw new InterruptedException();
        }));
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    @DisplayName("S9: A watch that opens says so; its loss is told once")
    void aWatch() {
        behaviour = timeout -> (ElectionBackend.Watch) () -> watchesClosed++;
        calls.openWatch(1, replies);
        runJobs();
        listener.changed(null);
        listener.lost(new Exception());
        listener.lost(new Exception());
        assertThat(heard).containsExactly("opened 1", "changed 1", "lost 1");
    }

    @Test
    @DisplayName("S9: A watch that cannot be opened, or is null, is lost")
    void aWatchThatDoesNotOpen() {
        behaviour = timeout -> null;
        calls.openWatch(1, replies);
        runJobs();
        behaviour = timeout -> {
            throw new StackOverflowError();
        };
        calls.openWatch(2, replies);
        runJobs();
        behaviour = timeout -> {
            throw new InterruptedException();
        };
        calls.openWatch(3, replies);
        runJobs();
        assertThat(heard).containsExactly("lost 1", "lost 2", "lost 3");
    }

    @Test
    @DisplayName("S10: A watch is closed when the next is opened, when it is closed, and also if it opens after that")
    void watchesAreClosed() {
        behaviour = timeout -> (ElectionBackend.Watch) () -> watchesClosed++;
        calls.openWatch(1, replies);
        runJobs();
        calls.openWatch(2, replies);
        runJobs();
        assertThat(watchesClosed).isEqualTo(1);
        calls.closeWatch(2);
        runJobs();
        assertThat(watchesClosed).isEqualTo(2);
        calls.openWatch(3, replies);
        calls.closeWatch(3);
        List<Runnable> opening = List.of(jobs.remove(0));
        runJobs();
        opening.forEach(Runnable::run);
        assertThat(watchesClosed).isEqualTo(3);
    }
}
