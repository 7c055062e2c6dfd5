package dev.election.http.metrics;

import dev.election.http.StoreCall;
import dev.election.http.StoreCall.Operation;
import dev.election.http.StoreCall.Outcome;
import dev.election.spi.LockRecord;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What is counted of one election. Thread-safe. */
final class Tally {

    /** From a fast local store to a renewal that nearly came too late. */
    final Histogram renewals = new Histogram(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);

    /** Below the first, the renewal came after the end of its term. */
    final Histogram margins = new Histogram(0, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 30, 60);

    final LongAdder transitions = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder slowPaths = new LongAdder();
    private final Map<Outcome, LongAdder> errors = new EnumMap<>(Outcome.class);

    /** The fencing token of our term, and whether renewing it went wrong since it last went right. */
    private long ownToken;

    private boolean renewalFailed;

    private @Nullable LockRecord lastHeld;

    Tally() {
        for (Outcome kind : Outcome.values()) {
            if (kind != Outcome.DONE && kind != Outcome.CONFLICT && kind != Outcome.UNKNOWN) {
                errors.put(kind, new LongAdder());
            }
        }
    }

    /** By kind; a conflict is no error but a way of losing. */
    Map<Outcome, LongAdder> errors() {
        return errors;
    }

    void add(StoreCall call) {
        LongAdder kind = errors.get(call.outcome());
        if (kind != null) {
            kind.increment();
        } else if (call.outcome() == Outcome.UNKNOWN) {
            unknown.increment();
        }
        if (call.operation() == Operation.SWAP && call.written() != null) {
            noteRenewal(call.written(), call.outcome());
        }
    }

    /** As client-go counts it: a renewal that succeeds after one that failed, so after the record was read again. */
    private synchronized void noteRenewal(LockRecord written, Outcome outcome) {
        boolean ofOwnTerm = !written.isFree() && written.fencingToken() == ownToken;
        if (outcome != Outcome.DONE) {
            renewalFailed |= ofOwnTerm;
        } else {
            if (ofOwnTerm && renewalFailed) {
                slowPaths.increment();
            }
            renewalFailed = false;
            ownToken = written.isFree() ? 0 : written.fencingToken();
        }
    }

    /** Counts a record that begins a term, whoever's, if it was not seen before. */
    synchronized void saw(LockRecord record) {
        if (record.isFree()) {
            return;
        }
        LockRecord last = lastHeld;
        // A watch may still bring what is older than what was read; and records of others have no token.
        if (last == null
                || record.fencingToken() > last.fencingToken()
                || record.acquired().isAfter(last.acquired())) {
            transitions.increment();
            lastHeld = record;
        }
    }
}
