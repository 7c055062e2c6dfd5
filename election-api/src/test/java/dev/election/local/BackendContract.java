package dev.election.local;

import static dev.election.local.Records.TIMEOUT;
import static dev.election.local.Records.applied;
import static dev.election.local.Records.free;
import static dev.election.local.Records.held;
import static dev.election.local.Records.recordOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What both backends here promise beyond the rules for all, which the compatibility kit tests on them; each runs it
 * against a store of its own per test.
 */
@Timeout(120)
abstract class BackendContract {

    static final String ELECTION = "orders";

    private final List<ElectionBackend> opened = new ArrayList<>();
    ElectionBackend backend;

    /** Opens one more view of this test's store. */
    abstract ElectionBackend newView() throws Exception;

    final ElectionBackend open() throws Exception {
        ElectionBackend view = newView();
        opened.add(view);
        return view;
    }

    @BeforeEach
    final void openFirst() throws Exception {
        backend = open();
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(ElectionBackend::close);
    }

    final Snapshot read() throws Exception {
        return backend.read(ELECTION, TIMEOUT);
    }

    final CasOutcome swap(Version expected, LockRecord next) throws Exception {
        return backend.compareAndSet(ELECTION, expected, next, TIMEOUT);
    }

    final Snapshot create() throws Exception {
        return applied(swap(Version.ABSENT, free()));
    }

    @Nested
    @Tag("S1")
    @DisplayName("S1 compare-and-set is a fact, whatever happens to the caller")
    class Atomicity {

        @Test
        @DisplayName("callers that are interrupted all the time get facts, break nothing and leave nothing broken")
        void interruptStorm() throws Exception {
            create();
            AtomicLong applied = new AtomicLong();
            AtomicLong interruptions = new AtomicLong();
            AtomicLong noFacts = new AtomicLong();
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ElectionBackend view = i % 2 == 0 ? backend : open();
                workers.add(new Thread(() -> {
                    for (int n = 0; n < 100; ) {
                        try {
                            Snapshot seen = view.read(ELECTION, TIMEOUT);
                            LockRecord next = held("worker", recordOf(seen).fencingToken() + 1);
                            CasOutcome outcome = view.compareAndSet(ELECTION, seen.version(), next, TIMEOUT);
                            if (outcome instanceof CasOutcome.Applied) {
                                applied.incrementAndGet();
                                n++;
                            } else if (outcome instanceof CasOutcome.Unknown) {
                                noFacts.incrementAndGet();
                            }
                        } catch (InterruptedException e) {
                            interruptions.incrementAndGet();
                        } catch (Exception | AssertionError e) {
                            failure.set(e);
                            return;
                        }
                    }
                }));
            }
            workers.forEach(Thread::start);
            while (workers.stream().anyMatch(Thread::isAlive)) {
                workers.forEach(Thread::interrupt);
                TimeUnit.MICROSECONDS.sleep(300);
            }
            assertThat(failure.get()).isNull();
            assertThat(noFacts).as("outcomes that are no facts").hasValue(0);
            assertThat(applied).hasValue(600);
            assertThat(recordOf(read()).fencingToken()).isEqualTo(600);
            applied(swap(read().version(), held("after", 601)));
        }
    }

    @Nested
    @Tag("S2")
    @DisplayName("S2, S3 conflicts tell with what")
    class Conflicts {

        @Test
        @DisplayName("a conflict carries the current record, and nothing was written")
        void conflict() throws Exception {
            Snapshot created = create();
            Snapshot current = applied(swap(created.version(), held("a", 1)));
            assertThat(swap(created.version(), held("b", 2))).isEqualTo(new CasOutcome.Conflict(current));
            assertThat(swap(Version.ABSENT, free())).isEqualTo(new CasOutcome.Conflict(current));
            assertThat(read()).isEqualTo(current);
        }

        @Test
        @DisplayName("a swap of a record that is gone conflicts with absence")
        void conflictWithAbsence() throws Exception {
            Version version = create().version();
            backend.delete(ELECTION, TIMEOUT);
            assertThat(swap(version, held("a", 1))).isEqualTo(new CasOutcome.Conflict(Snapshot.ABSENT));
            assertThat(read()).isEqualTo(Snapshot.ABSENT);
        }
    }

    @Nested
    @Tag("S4")
    @DisplayName("S4, S5 versions and revisions")
    class Versions {

        @Test
        @DisplayName("a write of identical content, down to the attempt, makes a new version")
        void identicalContent() throws Exception {
            LockRecord same = held("a", 1);
            Snapshot first = applied(swap(create().version(), same));
            Snapshot second = applied(swap(first.version(), same));
            assertThat(second.version()).isNotEqualTo(first.version());
            assertThat(swap(first.version(), same)).isEqualTo(new CasOutcome.Conflict(second));
        }

        @Test
        @DisplayName("a version from before a deletion does not fit the record created anew with the same content")
        void deletedAndCreatedAnew() throws Exception {
            LockRecord same = free();
            Snapshot before = applied(swap(Version.ABSENT, same));
            assertThat(backend.delete(ELECTION, TIMEOUT)).isTrue();
            Snapshot after = applied(swap(Version.ABSENT, same));
            assertThat(after.version()).isNotEqualTo(before.version());
            assertThat(swap(before.version(), held("late", 1))).isEqualTo(new CasOutcome.Conflict(after));
        }

        @Test
        @DisplayName("a version says its revision, and absence is 0")
        void text() throws Exception {
            assertThat(Version.ABSENT.revision()).isZero();
            assertThat(create().version().toString()).contains("revision").doesNotContain("attempt");
        }
    }

    @Nested
    @Tag("S9")
    @DisplayName("S9 a watch tells each state")
    class Watching {

        private final RecordingListener listener = new RecordingListener();

        @Test
        @DisplayName("creation, swap, deletion and re-creation by another view, with the record itself")
        void reports() throws Exception {
            ElectionBackend other = open();
            backend.watch(ELECTION, listener, TIMEOUT);
            Snapshot created = applied(other.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
            listener.await(created);
            Snapshot held = applied(other.compareAndSet(ELECTION, created.version(), held("a", 1), TIMEOUT));
            listener.await(held);
            other.delete(ELECTION, TIMEOUT);
            listener.await(Snapshot.ABSENT);
            listener.await(applied(other.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT)));
        }

        @Test
        @DisplayName("the last of hundreds of quick changes is told, and no state twice")
        void lastOfMany() throws Exception {
            Snapshot current = create();
            List<Long> revisions = new ArrayList<>();
            RecordingListener last = listener;
            backend.watch(
                    ELECTION,
                    new WatchListener() {
                        @Override
                        public void changed(@Nullable Snapshot told) {
                            revisions.add(told == null ? -1 : told.version().revision());
                            last.changed(told);
                        }

                        @Override
                        public void lost(Throwable cause) {
                            last.lost(cause);
                        }
                    },
                    TIMEOUT);
            for (int i = 0; i < 300; i++) {
                current = applied(swap(current.version(), held("a", i)));
            }
            last.await(current);
            assertThat(last.wasToldTwoThingsAtATime()).isFalse();
            assertThat(last.wasLost()).isFalse();
            assertThat(revisions).isSorted().doesNotHaveDuplicates();
        }

        @Test
        @DisplayName("although another listener throws")
        void throwingListener() throws Exception {
            AtomicInteger calls = new AtomicInteger();
            backend.watch(
                    ELECTION,
                    new WatchListener() {
                        @Override
                        public void changed(@Nullable Snapshot current) {
                            calls.incrementAndGet();
                            throw new IllegalStateException("thrown by a test's listener");
                        }

                        @Override
                        public void lost(Throwable cause) {}
                    },
                    TIMEOUT);
            backend.watch(ELECTION, listener, TIMEOUT);
            Snapshot created = create();
            listener.await(created);
            listener.await(applied(swap(created.version(), held("a", 1))));
            assertThat(calls).hasValue(2);
        }

        @Test
        @DisplayName("to a listener that itself swaps and closes, without deadlock")
        void listenerMayCallBack() throws Exception {
            CountDownLatch done = new CountDownLatch(1);
            backend.watch(
                    ELECTION,
                    new WatchListener() {
                        @Override
                        public void changed(@Nullable Snapshot current) {
                            try {
                                if (current != null && recordOf(current).isFree()) {
                                    swap(current.version(), held("listener", 1));
                                } else {
                                    backend.close();
                                    done.countDown();
                                }
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        }

                        @Override
                        public void lost(Throwable cause) {}
                    },
                    TIMEOUT);
            create();
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }

        @Test
        @DisplayName("for a thousand elections on two threads at most, which end with the backend")
        void fewThreads() throws Exception {
            ElectionBackend view = open();
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            for (int i = 0; i < 1000; i++) {
                view.watch("election-" + i, listener, TIMEOUT);
            }
            List<Thread> added = new ArrayList<>(Thread.getAllStackTraces().keySet());
            added.removeAll(before);
            assertThat(added).hasSizeBetween(1, 2).allMatch(Thread::isDaemon);
            view.close();
            for (Thread thread : added) {
                thread.join(20_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
            assertThat(listener.wasLost())
                    .as("told of a loss after its owner closed it")
                    .isFalse();
        }
    }

    @Nested
    @Tag("S10")
    @DisplayName("S4, S10 refusals say what is wrong")
    class Refusals {

        @Test
        @DisplayName("a call after close, and the creation of a record that is not free")
        void messages() {
            assertThatThrownBy(() -> swap(Version.ABSENT, held("a", 1))).hasMessageContaining("created free");
            backend.close();
            assertThatThrownBy(() -> read()).hasMessageContaining(backend + " is closed");
        }

        @Test
        @DisplayName("a timeout that is not positive is refused")
        void timeouts() {
            for (Duration timeout : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
                assertRefused(() -> backend.read(ELECTION, timeout));
                assertRefused(() -> backend.compareAndSet(ELECTION, Version.ABSENT, free(), timeout));
                assertRefused(() -> backend.watch(ELECTION, new RecordingListener(), timeout));
                assertRefused(() -> backend.delete(ELECTION, timeout));
            }
        }

        private void assertRefused(Callable<?> call) {
            assertThatThrownBy(call::call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("timeout");
        }
    }
}
