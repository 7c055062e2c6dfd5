package dev.election;

import dev.election.local.MemoryBackend;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One election without threads of its own, so that a model checker sees every thread there is. */
final class RacedElection {

    private static final String NAME = "raced";
    private static final Duration MILLI = Duration.ofMillis(1);

    final ManualTime time = new ManualTime();
    final MemoryBackend backend = MemoryBackend.create();

    /** Whether the store leaves calls without an answer from now on. */
    volatile boolean silent;

    /** A candidate and what it was told. */
    final class Candidate implements Store, LeadershipListener {

        final List<String> told = new ArrayList<>();
        final ElectionLoop loop;
        private final BackendCalls calls;
        private volatile @Nullable Replies watcher;
        private volatile long watch;

        Candidate(String identity) {
            Executor turn = job -> time.schedule(MILLI, job);
            calls = new BackendCalls(backend, NAME, MILLI, time, turn, turn);
            loop = new ElectionLoop(
                    NAME,
                    new Settings(identity, "i1", ElectionTiming.DEFAULT, true, true, 1, (next, replaced) -> next),
                    new SplittableRandom(1),
                    time,
                    this,
                    new UserCallbacks(NAME, this, null, Runnable::run));
        }

        @Override
        public void onStartedLeading(Leadership leadership) {
            told.add("start");
        }

        @Override
        public void onStoppedLeading(EndReason reason) {
            told.add("stop");
        }

        @Override
        public void invoke(Call call, Replies replies) {
            if (!silent) {
                calls.invoke(call, replies);
            }
        }

        @Override
        public void openWatch(long id, Replies replies) {
            watch = id;
            watcher = replies;
            replies.watchOpened(id);
        }

        @Override
        public void closeWatch(long id) {
            watcher = null;
        }

        /** The watch tells of what is stored now, on the caller's thread. */
        void seesChange() {
            Replies open = watcher;
            if (open != null) {
                open.watchChanged(watch, stored());
            }
        }
    }

    Candidate candidate(String identity) {
        return new Candidate(identity);
    }

    /** A candidate that leads. */
    Candidate leader(String identity) {
        Candidate candidate = candidate(identity);
        candidate.loop.start();
        time.advance(Duration.ofMillis(500));
        Race.require(candidate.loop.leadership() != null, "does not lead, though alone");
        return candidate;
    }

    Snapshot stored() {
        return backend.read(NAME, MILLI);
    }

    LockRecord record() {
        LockRecord record = stored().record();
        Race.require(record != null, "there is no record");
        return record;
    }

    /** Writes another's record over what is stored; answers whether it was still what it was a moment ago. */
    boolean takeByForce(String holder) {
        Snapshot seen = stored();
        LockRecord next = new LockRecord(
                holder, ElectionTiming.DEFAULT.leaseDuration(), Instant.EPOCH, Instant.EPOCH, 7, 1_000, "forced");
        return backend.compareAndSet(NAME, seen.version(), next, MILLI) instanceof CasOutcome.Applied;
    }
}
