package dev.election.tck.stress;

import dev.election.Elections;
import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.TimeSource;
import dev.election.tck.EventFault;
import dev.election.tck.Fault;
import dev.election.tck.FaultInjectingBackend;
import java.time.Duration;

/** What a process has: its way to the store, and its elections. */
final class StressProcess implements AutoCloseable {

    private static final Fault[] OF_ANY_CALL = {
        Fault.dropBefore(),
        Fault.dropAfter(),
        Fault.delay(Duration.ofMillis(3)),
        Fault.delayAnswer(Duration.ofMillis(5)),
        Fault.delayAnswer(Duration.ofMillis(30)),
        Fault.hang(Duration.ofMillis(30)),
        Fault.fail(() -> BackendException.transientFailure("made to fail", null)),
        Fault.fail(() -> BackendException.denied("made to fail", null)),
        Fault.bug(() -> new IllegalStateException("made to throw")),
    };

    private static final double PROBABILITY = 0.15;

    final FaultInjectingBackend backend;
    final Elections elections;
    private volatile boolean closed;

    StressProcess(ElectionBackend view, TimeSource time) {
        backend = FaultInjectingBackend.of(view, time);
        elections = Elections.of(backend);
    }

    /** From now on some calls and events go wrong. */
    void disturb(long seed) {
        backend.readsAtRandom(seed, PROBABILITY, OF_ANY_CALL);
        backend.writesAtRandom(seed + 1, PROBABILITY, OF_ANY_CALL);
        backend.writesAtRandom(seed + 2, PROBABILITY, Fault.lateApply(Duration.ofMillis(15)));
        backend.eventsAtRandom(
                seed + 3, PROBABILITY, EventFault.LOSE, EventFault.REPEAT, EventFault.HIDE, EventFault.END_WATCH);
    }

    /** Whether somebody has begun to close it. */
    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        elections.close();
    }
}
