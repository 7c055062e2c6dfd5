package dev.election.http;

import dev.election.http.StoreCall.Operation;
import dev.election.http.StoreCall.Outcome;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes every call on to a backend as it is, and tells what became of it: for metrics, and for {@link RenewalLog}.
 *
 * <p>Observers are told on the thread of the call, after its end and before its caller goes on: they return at once.
 * What they throw is logged, and changes nothing for the election.
 */
public final class ObservedBackend implements ElectionBackend {

    private static final Logger log = LoggerFactory.getLogger(ObservedBackend.class);

    private final ElectionBackend backend;
    private final List<Consumer<StoreCall>> observers;

    private ObservedBackend(ElectionBackend backend, List<Consumer<StoreCall>> observers) {
        this.backend = backend;
        this.observers = observers;
    }

    /**
     * Puts observers before a backend.
     *
     * @param backend closed together with the one returned
     * @param observers told of each call; several threads may tell at once
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read, by List.of
    public static ElectionBackend of(ElectionBackend backend, Consumer<StoreCall>... observers) {
        return new ObservedBackend(Objects.requireNonNull(backend, "backend"), List.of(observers));
    }

    @Override
    public Set<Capability> capabilities() {
        return backend.capabilities();
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        return observed(election, Operation.READ, null, () -> backend.read(election, timeout));
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        return observed(election, Operation.SWAP, next, () -> backend.compareAndSet(election, expected, next, timeout));
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        WatchListener telling = new WatchListener() {
            @Override
            public void changed(@Nullable Snapshot current) {
                listener.changed(current);
            }

            @Override
            public void lost(Throwable cause) {
                tell(new StoreCall(election, Operation.WATCH, Outcome.LOST, System.nanoTime(), Duration.ZERO, null));
                listener.lost(cause);
            }
        };
        return observed(election, Operation.WATCH, null, () -> backend.watch(election, telling, timeout));
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        return observed(election, Operation.DELETE, null, () -> backend.delete(election, timeout));
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        return backend.examine(election, timeout);
    }

    @Override
    public LockRecord asStored(LockRecord next, Snapshot replaced) {
        return backend.asStored(next, replaced);
    }

    @Override
    public void close() {
        backend.close();
    }

    /** The backend's own description: it stands in messages. */
    @Override
    public String toString() {
        return backend.toString();
    }

    private interface Asked<T> {
        T answer() throws BackendException, InterruptedException;
    }

    private <T> T observed(String election, Operation operation, @Nullable LockRecord written, Asked<T> asked)
            throws BackendException, InterruptedException {
        long sent = System.nanoTime();
        Outcome outcome = Outcome.UNKNOWN; // for whatever else is thrown (rule S2)
        try {
            T answer = asked.answer();
            outcome = outcomeOf(answer);
            return answer;
        } catch (BackendException e) {
            outcome = Outcome.of(e.kind());
            throw e;
        } finally {
            tell(new StoreCall(
                    election, operation, outcome, sent, Duration.ofNanos(System.nanoTime() - sent), written));
        }
    }

    private static Outcome outcomeOf(@Nullable Object answer) {
        if (answer instanceof CasOutcome.Conflict) {
            return Outcome.CONFLICT;
        }
        return answer instanceof CasOutcome.Unknown ? Outcome.UNKNOWN : Outcome.DONE;
    }

    private void tell(StoreCall call) {
        for (Consumer<StoreCall> observer : observers) {
            try {
                observer.accept(call);
            } catch (RuntimeException e) { // a mistake of an observer must not turn a fact into a failure
                log.error("{} failed on {}", observer, call, e);
            }
        }
    }
}
