package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A backend with which things go wrong: by script, always, or at random from a seed.
 *
 * <pre>{@code
 * FaultInjectingBackend backend = FaultInjectingBackend.of(MemoryBackend.open("example"), time);
 * Elections elections = Elections.of(backend, time);
 * backend.nextWrites(Fault.none(), Fault.dropAfter()); // the lock is acquired, and nobody told
 * LeaderElector elector = elections.elector("example").start();
 * time.advance(Duration.ofSeconds(5));
 * assertTrue(elector.isLeader()); // it has looked, and found its own write
 *
 * backend.cutOff(); // as if the network was gone
 * time.advance(Duration.ofSeconds(10));
 * assertFalse(elector.isLeader());
 *
 * backend.heal();
 * backend.writesAtRandom(42, 0.2, Fault.dropBefore(), Fault.dropAfter(), Fault.lateApply(Duration.ofSeconds(3)));
 * }</pre>
 *
 * <p>Without faults it is what it decorates, with the same capabilities. Thread-safe. With virtual time, decorate what
 * was {@linkplain VirtualTime#attach attached}, so that an event that is lost here is not waited for.
 *
 * <p>What the seed says of an election's n-th read, write or event depends on nothing else; so a run repeats itself as
 * far as its calls do.
 */
public final class FaultInjectingBackend implements ElectionBackend {

    private final ElectionBackend backend;
    private final FaultyCalls calls;
    private final FaultyWatches watches;
    private final FaultScript<Fault> reads = new FaultScript<>(Fault.none());
    private final FaultScript<Fault> writes = new FaultScript<>(Fault.none());

    private FaultInjectingBackend(ElectionBackend backend, TimeSource time) {
        this.backend = backend;
        this.calls = new FaultyCalls(backend, time);
        this.watches = new FaultyWatches(backend);
    }

    /**
     * Decorates a backend, which is closed together with this one.
     *
     * @param time in which delays are measured; the elections' own
     */
    public static FaultInjectingBackend of(ElectionBackend backend, TimeSource time) {
        return new FaultInjectingBackend(backend, time);
    }

    // ---- What goes wrong ----

    /** Faults of the next reads, one for each, behind those that are still to come. */
    public void nextReads(Fault... faults) {
        reads.add(List.of(faults));
    }

    /** Faults of the next writes, one for each, behind those that are still to come. */
    public void nextWrites(Fault... faults) {
        writes.add(List.of(faults));
    }

    /** Faults of the next events, one for each, behind those that are still to come. */
    public void nextEvents(EventFault... faults) {
        watches.script().add(List.of(faults));
    }

    /** The fault of every read for which none was scripted. */
    public void everyRead(Fault fault) {
        reads.always(fault);
    }

    /** The fault of every write for which none was scripted. */
    public void everyWrite(Fault fault) {
        writes.always(fault);
    }

    /** The fault of every event for which none was scripted. */
    public void everyEvent(EventFault fault) {
        watches.script().always(fault);
    }

    /** Lets a part of the reads go wrong, each time in one of these ways. */
    public void readsAtRandom(long seed, double probability, Fault... faults) {
        reads.atRandom(seed, probability, List.of(faults));
    }

    /** Lets a part of the writes go wrong, each time in one of these ways. */
    public void writesAtRandom(long seed, double probability, Fault... faults) {
        writes.atRandom(seed, probability, List.of(faults));
    }

    /** Lets a part of the events go wrong, each time in one of these ways. */
    public void eventsAtRandom(long seed, double probability, EventFault... faults) {
        watches.script().atRandom(seed, probability, List.of(faults));
    }

    /**
     * Cuts this backend off from its store, as if its process had crashed or the network was gone: calls fail without
     * being sent, the answers of those on their way are lost, and no event arrives. What was on its way arrives.
     */
    public void cutOff() {
        calls.cut(true);
        watches.cut();
    }

    /** Ends all faults, also those scripted, and tells watches that were cut off that they were lost. */
    public void heal() {
        reads.forget();
        writes.forget();
        watches.script().forget();
        calls.cut(false);
        watches.heal();
    }

    /** Ends all open watches, which say so. */
    public void loseWatches() {
        watches.lose(new IllegalStateException("the watch was made to end"));
    }

    /**
     * Lets the open watches of an election tell of something, true or not. An event that is older than the last one, or
     * shows less, is allowed by S9; <strong>one that shows what never was breaks it</strong>.
     */
    public void tell(String election, @Nullable Snapshot event) {
        watches.tell(election, event);
    }

    // ---- A backend ----

    @Override
    public Set<Capability> capabilities() {
        return backend.capabilities();
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        return calls.read(reads.next(election), election, timeout);
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        return calls.swap(writes.next(election), new FaultyCalls.Swap(election, expected, next, timeout));
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        calls.requireConnected();
        return watches.open(election, listener, timeout);
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        calls.requireConnected();
        return backend.delete(election, timeout);
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        calls.requireConnected();
        return backend.examine(election, timeout);
    }

    @Override
    public LockRecord asStored(LockRecord next, Snapshot replaced) {
        return backend.asStored(next, replaced);
    }

    @Override
    public void close() {
        calls.close();
        backend.close();
    }

    @Override
    public String toString() {
        return backend + " with faults";
    }
}
