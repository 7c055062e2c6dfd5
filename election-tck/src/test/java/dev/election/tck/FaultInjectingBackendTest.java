package dev.election.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.local.MemoryBackend;
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
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultInjectingBackendTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final VirtualTime time = new VirtualTime();
    private final MemoryBackend store = MemoryBackend.create();
    private final FaultInjectingBackend backend = FaultInjectingBackend.of(time.attach(store.newView()), time);

    @AfterEach
    void close() {
        backend.close();
        store.close();
    }

    /** The example of the class's Javadoc, line by line. */
    @Test
    void doesWhatItsExampleSays() {
        Elections elections = Elections.of(backend, time);
        backend.nextWrites(Fault.none(), Fault.dropAfter()); // the lock is acquired, and nobody told
        LeaderElector elector = elections.elector("example").start();
        time.advance(Duration.ofSeconds(5));
        assertTrue(elector.isLeader()); // it has looked, and found its own write

        backend.cutOff(); // as if the network was gone
        time.advance(Duration.ofSeconds(10));
        assertFalse(elector.isLeader());

        backend.heal();
        backend.writesAtRandom(42, 0.2, Fault.dropBefore(), Fault.dropAfter(), Fault.lateApply(Duration.ofSeconds(3)));
        time.advance(Duration.ofHours(1));
        time.advanceWhile(elections::close, Duration.ofMinutes(5));
    }

    @Test
    void withoutFaultsItIsWhatItDecorates() throws Exception {
        assertThat(backend.capabilities()).isEqualTo(store.capabilities());
        Snapshot created = applied(create());
        assertThat(backend.read("e", TIMEOUT)).isEqualTo(created);
        assertThat(backend.delete("e", TIMEOUT)).isTrue();
        assertThat(backend.read("e", TIMEOUT)).isEqualTo(Snapshot.ABSENT);
    }

    @Test
    void aDroppedRequestIsNotCarriedOut() throws Exception {
        backend.nextWrites(Fault.dropBefore());
        assertThat(create()).isInstanceOf(CasOutcome.Unknown.class);
        assertThat(stored().isAbsent()).isTrue();
        backend.nextReads(Fault.dropBefore());
        assertThatThrownBy(() -> backend.read("e", TIMEOUT)).isInstanceOf(BackendException.class);
    }

    @Test
    void aDroppedAnswerIsOfARequestThatWasCarriedOut() throws Exception {
        backend.nextWrites(Fault.dropAfter());
        assertThat(create()).isInstanceOf(CasOutcome.Unknown.class);
        assertThat(stored().isAbsent()).isFalse();
        backend.nextReads(Fault.dropAfter());
        assertThatThrownBy(() -> backend.read("e", TIMEOUT)).isInstanceOf(BackendException.class);
    }

    @Test
    void aRequestThatWaitsForItsWholeTimeoutIsNeverSent() throws Exception {
        backend.nextWrites(Fault.delay(SECOND), Fault.delay(TIMEOUT));
        FutureTask<Snapshot> inTime = inBackground(() -> applied(create()));
        time.advance(SECOND.minusMillis(1));
        assertThat(stored().isAbsent()).isTrue();
        time.advance(Duration.ofMillis(1));
        assertThat(inTime.get()).isEqualTo(stored());

        FutureTask<CasOutcome> late =
                inBackground(() -> backend.compareAndSet("e", stored().version(), Kit.held("a", 1), TIMEOUT));
        time.advance(TIMEOUT);
        assertThatThrownBy(late::get)
                .cause()
                .isInstanceOfSatisfying(
                        BackendException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(BackendException.Kind.TRANSIENT));
        assertThat(stored()).isEqualTo(inTime.get());
    }

    @Test
    void anAnswerThatTakesItsWholeTimeoutIsLost() throws Exception {
        backend.nextWrites(Fault.delayAnswer(SECOND), Fault.delayAnswer(TIMEOUT));
        FutureTask<Snapshot> inTime = inBackground(() -> applied(create()));
        time.settle();
        assertThat(stored().isAbsent()).isFalse();
        assertThat(inTime).isNotDone();
        time.advance(SECOND);
        Snapshot created = inTime.get();

        FutureTask<CasOutcome> late =
                inBackground(() -> backend.compareAndSet("e", created.version(), Kit.held("a", 1), TIMEOUT));
        time.advance(TIMEOUT);
        assertThat(late.get()).isInstanceOf(CasOutcome.Unknown.class);
        assertThat(stored()).isNotEqualTo(created);
    }

    @Test
    void aLateWriteArrivesAfterItsTimeoutIfItStillFits() throws Exception {
        Snapshot created = applied(create());
        backend.nextWrites(Fault.lateApply(TIMEOUT.plus(SECOND)), Fault.lateApply(TIMEOUT.plus(SECOND)));
        FutureTask<CasOutcome> write =
                inBackground(() -> backend.compareAndSet("e", created.version(), Kit.held("a", 1), TIMEOUT));
        FutureTask<CasOutcome> rival =
                inBackground(() -> backend.compareAndSet("e", created.version(), Kit.held("b", 1), TIMEOUT));
        time.advance(TIMEOUT);
        assertThat(write.get()).isInstanceOf(CasOutcome.Unknown.class);
        assertThat(rival.get()).isInstanceOf(CasOutcome.Unknown.class);
        assertThat(stored()).isEqualTo(created);
        time.advance(SECOND);
        Snapshot first = stored();
        assertThat(first).isNotEqualTo(created);
        time.advance(SECOND);
        assertThat(stored()).as("the other one did not fit any more").isEqualTo(first);
    }

    @Test
    void aHangingCallDoesNotCareForItsTimeout() throws Exception {
        backend.nextReads(Fault.hang(TIMEOUT.multipliedBy(3)));
        FutureTask<Snapshot> read = inBackground(() -> backend.read("e", TIMEOUT));
        time.advance(TIMEOUT.multipliedBy(2));
        assertThat(read).isNotDone();
        time.advance(TIMEOUT);
        assertThatThrownBy(read::get).hasCauseInstanceOf(BackendException.class);
    }

    @Test
    void aStaleReadShowsWhatWasThereBefore() throws Exception {
        Snapshot created = applied(create());
        Snapshot taken = applied(backend.compareAndSet("e", created.version(), Kit.held("a", 1), TIMEOUT));
        backend.nextReads(Fault.staleRead());
        assertThat(backend.read("e", TIMEOUT)).isEqualTo(created);
        assertThat(backend.read("e", TIMEOUT)).isEqualTo(taken);
    }

    @Test
    void failuresAndBugsWriteNothing() {
        backend.nextWrites(
                Fault.fail(() -> BackendException.denied("not for you", null)),
                Fault.bug(() -> new UnsupportedOperationException("not yet")));
        assertThatThrownBy(this::create).isInstanceOf(BackendException.class).hasMessage("not for you");
        assertThatThrownBy(this::create).isInstanceOf(UnsupportedOperationException.class);
        assertThat(stored().isAbsent()).isTrue();
    }

    @Test
    void somebodyDeletesTheRecordOrCreatesItAnew() throws Exception {
        Snapshot created = applied(create());
        backend.nextReads(Fault.recreate(), Fault.delete());
        Snapshot again = backend.read("e", TIMEOUT);
        assertThat(again.version()).isNotEqualTo(created.version());
        assertThat(again.isAbsent()).isFalse();
        assertThat(backend.read("e", TIMEOUT).isAbsent()).isTrue();
    }

    @Test
    void whoIsCutOffSendsNothingAndHearsNothing() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        backend.watch("e", into(events), TIMEOUT);
        backend.nextWrites(Fault.delayAnswer(SECOND));
        FutureTask<CasOutcome> underWay = inBackground(this::create);
        time.settle();
        assertThat(events).containsExactly("changed");
        backend.cutOff();
        time.advance(SECOND);
        assertThat(underWay.get()).isInstanceOf(CasOutcome.Unknown.class);
        Snapshot before = stored();
        assertThatThrownBy(() -> backend.read("e", TIMEOUT)).isInstanceOf(BackendException.class);
        assertThatThrownBy(() -> backend.compareAndSet("e", before.version(), Kit.held("a", 1), TIMEOUT))
                .isInstanceOf(BackendException.class);
        assertThatThrownBy(() -> backend.watch("e", into(events), TIMEOUT)).isInstanceOf(BackendException.class);
        assertThat(stored()).isEqualTo(before);

        backend.heal();
        assertThat(events).as("it is told that it may have missed some").containsExactly("changed", "lost");
        assertThat(backend.read("e", TIMEOUT)).isEqualTo(before);
    }

    @Test
    void eventsAreLostRepeatedHiddenAndEndTheWatch() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        ElectionBackend other = time.attach(store);
        backend.watch("e", into(events), TIMEOUT);
        backend.nextEvents(EventFault.LOSE, EventFault.REPEAT, EventFault.HIDE, EventFault.NONE, EventFault.END_WATCH);
        Version version = Version.ABSENT;
        for (int i = 0; i < 7; i++) {
            LockRecord next = i == 0 ? Kit.free() : Kit.held("a", i);
            version = applied(other.compareAndSet("e", version, next, TIMEOUT)).version();
            time.settle(); // which waits for the event
        }
        assertThat(events).containsExactly("changed", "changed", "nothing", "changed", "lost");
    }

    @Test
    void goesTheSameWayForASeed() {
        assertThat(outcomes(1)).isEqualTo(outcomes(1)).isNotEqualTo(outcomes(2)).contains("Applied", "Unknown");
    }

    private List<String> outcomes(long seed) {
        try (FaultInjectingBackend random = FaultInjectingBackend.of(MemoryBackend.create(), time)) {
            random.writesAtRandom(seed, 0.3, Fault.dropBefore(), Fault.dropAfter());
            List<String> outcomes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                CasOutcome outcome = random.compareAndSet("e", version(random), record(i), TIMEOUT);
                outcomes.add(outcome.getClass().getSimpleName());
            }
            return outcomes;
        } catch (BackendException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Version version(ElectionBackend from) throws BackendException, InterruptedException {
        return from.read("e", TIMEOUT).version();
    }

    private static LockRecord record(int number) {
        return number < 10 ? Kit.free() : Kit.held("a", number);
    }

    private CasOutcome create() throws BackendException, InterruptedException {
        return backend.compareAndSet("e", Version.ABSENT, Kit.free(), TIMEOUT);
    }

    private Snapshot stored() {
        return store.read("e", TIMEOUT);
    }

    private static Snapshot applied(CasOutcome outcome) {
        assertThat(outcome).isInstanceOf(CasOutcome.Applied.class);
        return ((CasOutcome.Applied) outcome).current();
    }

    /** As elections call it: as work, on another thread. */
    private <T> FutureTask<T> inBackground(Callable<T> call) {
        Runnable ended = time.workBegins();
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(() -> {
            task.run();
            ended.run();
        });
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static WatchListener into(List<String> events) {
        return new WatchListener() {
            @Override
            public void changed(@Nullable Snapshot current) {
                events.add(current == null ? "nothing" : "changed");
            }

            @Override
            public void lost(Throwable cause) {
                events.add("lost");
            }
        };
    }
}
