package dev.election.tck.wrong;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a client gets wrong when it tells what became of a write. */
final class WrongOutcomes {

    private WrongOutcomes() {}

    static Stream<Wrong> all() {
        return Stream.of(
                wrong("tells a conflict after it applied", "S2", "yet the write is stored", ConflictAfterApplied::new),
                wrong(
                        "tells applied after a conflict",
                        "S2",
                        "is a Conflict, which is a fact; it was told Applied",
                        AppliedAfterConflict::new),
                wrong(
                        "tells unknown after a conflict",
                        "S2",
                        "is a Conflict, which is a fact; it was told Unknown",
                        UnknownAfterConflict::new),
                wrong(
                        "tells unknown after it applied",
                        "S2",
                        "is Applied and nothing else.*yet the write is stored",
                        UnknownAfterApplied::new),
                wrong(
                        "tells an old state with a conflict",
                        "S2",
                        "carries a state that is not the current one",
                        StaleConflict::new),
                wrong(
                        "takes a lost answer for a definite failure",
                        "S2",
                        "what may have been applied is Unknown",
                        LostIsFailure::new),
                wrong("takes a lost answer for applied", "S2", "but the caller was told Applied", LostIsApplied::new),
                wrong(
                        "takes a lost answer for a conflict",
                        "S2",
                        "but the caller was told Conflict",
                        LostIsConflict::new),
                wrong(
                        "repeats a write that was not answered",
                        "S7",
                        "a retry that met its own first try",
                        BlindRetry::new),
                wrong(
                        "refreshes the version of a write that conflicts",
                        "S2",
                        "overwrote a record that it had not seen",
                        RefreshesVersion::new),
                wrong(
                        "refreshes the version of a write that was not answered",
                        "S7",
                        "one write made two versions|repeated with the version",
                        RefreshesAfterLoss::new),
                wrong(
                        "writes a held record over absence",
                        "S4",
                        "held record over absence is refused",
                        HeldOverAbsence::new));
    }

    private static Wrong wrong(String name, String rule, String message, Function<Store, ElectionBackend> view) {
        return new Wrong(name, rule, message, () -> WrongCalls.storeOf(view));
    }

    private static final class ConflictAfterApplied extends View {
        private final AtomicInteger swaps = new AtomicInteger();

        ConflictAfterApplied(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome outcome = super.swap(election, expected, next, timeout);
            return outcome instanceof CasOutcome.Applied applied && swaps.incrementAndGet() % 5 == 0
                    ? new CasOutcome.Conflict(applied.current())
                    : outcome;
        }
    }

    private static final class AppliedAfterConflict extends View {
        AppliedAfterConflict(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome outcome = super.swap(election, expected, next, timeout);
            return outcome instanceof CasOutcome.Conflict conflict
                            && conflict.current() != null
                            && !conflict.current().isAbsent()
                    ? new CasOutcome.Applied(conflict.current())
                    : outcome;
        }
    }

    private static final class UnknownAfterConflict extends View {
        UnknownAfterConflict(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome outcome = super.swap(election, expected, next, timeout);
            return outcome instanceof CasOutcome.Conflict ? new CasOutcome.Unknown(new Exception("409")) : outcome;
        }
    }

    /** Each time: what is not known once in a while is allowed. */
    private static final class UnknownAfterApplied extends View {
        UnknownAfterApplied(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome outcome = super.swap(election, expected, next, timeout);
            return outcome instanceof CasOutcome.Applied
                    ? new CasOutcome.Unknown(new Exception("200, but of what?"))
                    : outcome;
        }
    }

    private static final class StaleConflict extends View {
        private volatile Snapshot last = Snapshot.ABSENT;

        StaleConflict(Store store) {
            super(store);
        }

        @Override
        public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
            last = super.read(election, timeout);
            return last;
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome outcome = super.swap(election, expected, next, timeout);
            return outcome instanceof CasOutcome.Conflict ? new CasOutcome.Conflict(last) : outcome;
        }
    }

    private static final class LostIsFailure extends View {
        LostIsFailure(Store store) {
            super(store);
        }

        @Override
        CasOutcome unanswered(Exception cause) throws BackendException {
            throw BackendException.transientFailure("no answer", cause);
        }
    }

    private static final class LostIsApplied extends View {
        LostIsApplied(Store store) {
            super(store);
        }

        @Override
        CasOutcome unanswered(Exception cause) {
            return new CasOutcome.Applied(
                    store.readOrNothing(WrongCalls.anyElection(store)).orElseThrow());
        }
    }

    private static final class LostIsConflict extends View {
        LostIsConflict(Store store) {
            super(store);
        }

        @Override
        CasOutcome unanswered(Exception cause) {
            return new CasOutcome.Conflict(null);
        }
    }

    private static final class BlindRetry extends View {
        BlindRetry(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome first = super.swap(election, expected, next, timeout);
            return first instanceof CasOutcome.Unknown ? retried(election, expected, next, timeout) : first;
        }

        private CasOutcome retried(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            Thread.sleep(5); // the usual back-off
            return super.swap(election, expected, next, timeout);
        }
    }

    private static final class RefreshesVersion extends View {
        RefreshesVersion(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome first = super.swap(election, expected, next, timeout);
            return first instanceof CasOutcome.Conflict
                    ? super.swap(election, read(election, timeout).version(), next, timeout)
                    : first;
        }
    }

    private static final class RefreshesAfterLoss extends View {
        RefreshesAfterLoss(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome first = super.swap(election, expected, next, timeout);
            if (first instanceof CasOutcome.Unknown) {
                retryLater(election, next, timeout);
            }
            return first;
        }

        /** In the background, as client libraries do. */
        private void retryLater(String election, LockRecord next, Duration timeout) {
            Thread retry = new Thread(() -> {
                try {
                    for (int i = 0; i < 40 && !store.network().isFine(); i++) {
                        Thread.sleep(5);
                    }
                    Thread.sleep(20);
                    super.swap(election, read(election, timeout).version(), next, timeout);
                } catch (BackendException | InterruptedException | RuntimeException e) {
                    // nobody asked for it
                }
            });
            retry.setDaemon(true);
            retry.start();
        }
    }

    private static final class HeldOverAbsence extends View {
        HeldOverAbsence(Store store) {
            super(store);
        }

        @Override
        void requireWritable(Version expected, LockRecord next) {}
    }
}
