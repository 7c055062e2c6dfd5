package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.Version;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the calls to one backend, each with its fault. */
final class FaultyCalls {

    private static final Logger log = LoggerFactory.getLogger(FaultyCalls.class);

    /** One write. */
    record Swap(String election, Version expected, LockRecord next, Duration timeout) {}

    /** The last two states of a record that were seen. */
    private record Seen(Snapshot before, Snapshot last) {

        Seen then(Snapshot next) {
            return next.version().equals(last.version()) ? this : new Seen(last, next);
        }
    }

    private final ElectionBackend backend;
    private final TimeSource time;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final Set<TimeSource.Scheduled> late = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    FaultyCalls(ElectionBackend backend, TimeSource time) {
        this.backend = backend;
        this.time = time;
    }

    void cut(boolean off) {
        cut = off;
    }

    /** Nothing was sent, for sure. */
    void requireConnected() throws BackendException {
        if (cut) {
            throw BackendException.transientFailure("cut off from the store", null);
        }
    }

    Snapshot read(Fault fault, String election, Duration timeout) throws BackendException, InterruptedException {
        before(fault, election, timeout);
        Snapshot answer = fault.kind() == Fault.Kind.STALE_READ && seen.containsKey(election)
                ? seen.get(election).before()
                : saw(election, backend.read(election, timeout));
        return switch (fault.kind()) {
            case DROP_AFTER -> throw lost();
            case DELAY_ANSWER -> {
                if (!isAnsweredAfter(fault.duration(), timeout)) {
                    throw lost();
                }
                yield answer;
            }
            default -> {
                if (cut) {
                    throw lost();
                }
                yield answer;
            }
        };
    }

    CasOutcome swap(Fault fault, Swap swap) throws BackendException, InterruptedException {
        switch (fault.kind()) {
            case DROP_BEFORE -> {
                requireConnected();
                return unknown("the request was lost");
            }
            case HANG -> {
                requireConnected();
                VirtualSleep.in(time, fault.duration());
                return unknown("the call hung");
            }
            case LATE_APPLY -> {
                requireConnected();
                applyLater(fault.duration(), swap);
                VirtualSleep.in(time, swap.timeout());
                return unknown("no answer within " + swap.timeout());
            }
            default -> before(fault, swap.election(), swap.timeout());
        }
        CasOutcome outcome = backend.compareAndSet(swap.election(), swap.expected(), swap.next(), swap.timeout());
        if (outcome instanceof CasOutcome.Applied applied) {
            saw(swap.election(), applied.current());
        }
        boolean answered = fault.kind() != Fault.Kind.DROP_AFTER;
        if (fault.kind() == Fault.Kind.DELAY_ANSWER) {
            answered = isAnsweredAfter(fault.duration(), swap.timeout());
        }
        return answered && !cut ? outcome : unknown("the answer was lost");
    }

    /** What happens before a request is sent; throws where it never is. */
    private void before(Fault fault, String election, Duration timeout) throws BackendException, InterruptedException {
        requireConnected();
        switch (fault.kind()) {
            case DROP_BEFORE, LATE_APPLY -> throw lost();
            case HANG -> {
                VirtualSleep.in(time, fault.duration());
                throw lost();
            }
            case DELAY -> {
                if (!isAnsweredAfter(fault.duration(), timeout)) {
                    throw BackendException.transientFailure("not sent within " + timeout, null);
                }
                requireConnected();
            }
            case FAIL, THROW -> fail(fault.exception());
            case DELETE -> backend.delete(election, timeout);
            case RECREATE -> recreate(election, timeout);
            default -> {}
        }
    }

    private static void fail(Exception exception) throws BackendException {
        if (exception instanceof BackendException failure) {
            throw failure;
        }
        throw (RuntimeException) exception;
    }

    private void recreate(String election, Duration timeout) throws BackendException, InterruptedException {
        backend.delete(election, timeout);
        Instant now = time.wallTime();
        String attempt = UUID.randomUUID().toString();
        LockRecord free = new LockRecord("", Duration.ofSeconds(1), now, now, 0, 0, attempt);
        CasOutcome outcome = backend.compareAndSet(election, Version.ABSENT, free, timeout);
        if (!(outcome instanceof CasOutcome.Applied)) {
            throw new IllegalStateException("could not create the record again: " + outcome);
        }
    }

    /** Lets time pass; answers whether that was less than the timeout. */
    private boolean isAnsweredAfter(Duration duration, Duration timeout) throws InterruptedException {
        boolean inTime = duration.compareTo(timeout) < 0;
        VirtualSleep.in(time, inTime ? duration : timeout);
        return inTime;
    }

    private void applyLater(Duration after, Swap swap) {
        late.add(time.schedule(
                after,
                () -> { // on the timer's thread, which must not wait
                    Runnable ended = time.workBegins();
                    Thread thread = new Thread(() -> apply(swap, ended), "election-late-write");
                    thread.setDaemon(true);
                    thread.start();
                }));
    }

    private void apply(Swap swap, Runnable ended) {
        try {
            CasOutcome outcome = backend.compareAndSet(swap.election(), swap.expected(), swap.next(), swap.timeout());
            log.debug("{}: a late write arrived: {}", swap.election(), outcome);
        } catch (BackendException | RuntimeException e) { // nobody waits for it any more
            log.debug("{}: a late write failed", swap.election(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.run();
        }
    }

    private Snapshot saw(String election, Snapshot current) {
        seen.merge(election, new Seen(current, current), (before, first) -> before.then(current));
        return current;
    }

    void close() {
        late.forEach(TimeSource.Scheduled::cancel);
    }

    private static BackendException lost() {
        return BackendException.transientFailure("the answer was lost", null);
    }

    private static CasOutcome unknown(String why) {
        return new CasOutcome.Unknown(new IOException(why));
    }
}
