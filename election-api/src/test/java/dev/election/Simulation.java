package dev.election;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A world of candidates and one store, in virtual time, on one thread: nothing in it depends on anything but its seed.
 * It runs the shipped machine and driver; clocks, timers, network, store and user code are its own.
 *
 * <p>After every event it checks what is promised: never two valid leaders, tokens that strictly grow, and work that
 * never overlaps when it obeys. A broken promise is an {@link AssertionError} with the seed and the last events.
 */
final class Simulation {

    /** How bad the world is. */
    record Faults(
            boolean slowNetwork,
            boolean lostMessages,
            boolean crashes,
            boolean pauses,
            boolean wallClockJumps,
            boolean deletions,
            boolean lostWatches,
            boolean resignations) {

        static final Faults NONE = new Faults(false, false, false, false, false, false, false, false);
        static final Faults ALL = new Faults(true, true, true, true, true, true, true, true);
    }

    private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
        }
    }

    private record Entry(long at, Object[] parts) {
        @Override
        public String toString() {
            return String.format(
                    "%12.6f %s", at / 1e9, Stream.of(parts).map(String::valueOf).collect(Collectors.joining()));
        }
    }

    private static final int TRACE_LENGTH = 100;

    final long seed;
    final SplittableRandom random;
    final Faults faults;
    final ElectionTiming timing;
    final SimulatedStore store;
    final List<SimulatedNode> nodes = new ArrayList<>();

    /** The planted mistake: an answer that claims to have been sent when it arrived. */
    final boolean anchorAtReply;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Entry> trace = new ArrayList<>();
    private long now;
    private long sequence;
    private long faultsUntil;
    private long noRestartBefore;
    private long lastToken;
    private int terms;
    private @Nullable AssertionError broken;

    Simulation(long seed, int candidates, ElectionTiming timing, Faults faults, boolean anchorAtReply) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.timing = timing;
        this.faults = faults;
        this.anchorAtReply = anchorAtReply;
        this.store = new SimulatedStore(this);
        for (int i = 0; i < candidates; i++) {
            nodes.add(new SimulatedNode(this, "node" + i));
        }
    }

    /** Runs with faults for a while, then without; then somebody must lead. */
    void run(Duration withFaults) {
        faultsUntil = withFaults.toNanos();
        nodes.forEach(node -> after(random.nextLong(timing.leaseDuration().toNanos()), node::boot));
        if (!faults.equals(Faults.NONE)) {
            after(random.nextLong(timing.leaseDuration().toNanos()), this::inflict);
        }
        runUntil(faultsUntil);
        runUntil(faultsUntil + settleTime());
        if (nodes.stream().noneMatch(SimulatedNode::leads)) {
            throw violation("nobody leads " + Duration.ofNanos(settleTime()) + " after the last fault");
        }
        nodes.forEach(SimulatedNode::close);
        runUntil(now + 4 * timing.leaseDuration().toNanos());
        if (!nodes.stream().allMatch(SimulatedNode::isClosed)) {
            throw violation("a candidate did not close");
        }
    }

    /** Crashed ones are back, cool-downs and leases are over, and a watch that was lost was opened again. */
    private long settleTime() {
        return 6 * timing.leaseDuration().toNanos() + 40 * timing.retryPeriod().toNanos();
    }

    int terms() {
        return terms;
    }

    long now() {
        return now;
    }

    boolean faulty() {
        return now < faultsUntil;
    }

    void after(long nanos, Runnable action) {
        events.add(new Event(now + Math.max(0, nanos), sequence++, action));
    }

    /** Remembers what happened; put into words only when it is needed, which is hardly ever. */
    void log(Object... parts) {
        if (trace.size() >= 2 * TRACE_LENGTH) {
            trace.subList(0, TRACE_LENGTH).clear();
        }
        trace.add(new Entry(now, parts));
    }

    private void runUntil(long end) {
        while (!events.isEmpty() && events.peek().at() <= end) {
            Event event = events.poll();
            now = event.at();
            event.action().run();
            check();
            if (broken != null) {
                throw broken; // though the loop, into which it was thrown, goes on whatever its user code throws
            }
        }
        now = end;
    }

    private void check() {
        SimulatedNode valid = null;
        for (SimulatedNode node : nodes) {
            if (node.leads()) {
                if (valid != null) {
                    throw violation("two valid leaders: " + valid + " and " + node);
                }
                valid = node;
            }
            if (node.hasFailed()) {
                throw violation("a step of " + node + " threw; see the log");
            }
        }
    }

    void termStarted(SimulatedNode by, long token) {
        terms++;
        log(by, " leads with token ", token);
        if (token <= lastToken) {
            throw violation("token " + token + " follows " + lastToken);
        }
        lastToken = token;
        for (SimulatedNode node : nodes) {
            if (node != by && node.isWorkingWithinItsBudget()) {
                throw violation(by + " leads while the work of " + node + " has not stopped");
            }
        }
    }

    AssertionError violation(String what) {
        int from = Math.max(0, trace.size() - TRACE_LENGTH);
        AssertionError error =
                new AssertionError(what + "\nseed " + seed + ", " + nodes.size() + " candidates, " + timing + ", "
                        + faults + "\n"
                        + trace.subList(from, trace.size()).stream()
                                .map(Entry::toString)
                                .collect(Collectors.joining("\n")));
        broken = broken == null ? error : broken;
        return error;
    }

    // ---- Faults ----

    private void inflict() {
        if (!faulty()) {
            return;
        }
        long lease = timing.leaseDuration().toNanos();
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(8)) {
            case 0 -> {
                if (faults.crashes && node.isAlive()) {
                    long downtime = random.nextLong(2 * lease);
                    node.crash();
                    after(downtime, () -> restart(node));
                }
            }
            case 1, 2 -> {
                if (faults.pauses) {
                    node.pause(random.nextLong(2 * lease));
                }
            }
            case 3 -> {
                if (faults.wallClockJumps) {
                    node.jump(random.nextLong(-2 * lease, 2 * lease));
                }
            }
            case 4 -> {
                // Not promised against candidates that start, or look for the first time, after a deletion (E14).
                if (faults.deletions && nodes.stream().allMatch(SimulatedNode::hasSeenTheRecord)) {
                    noRestartBefore = now + 2 * lease;
                    store.delete();
                }
            }
            case 5 -> {
                if (faults.lostMessages) {
                    node.cutOff(random.nextLong(2 * lease));
                }
            }
            case 6 -> {
                if (faults.resignations) {
                    node.resign();
                }
            }
            default -> store.touch();
        }
        after(random.nextLong(lease), this::inflict);
    }

    private void restart(SimulatedNode node) {
        if (now < noRestartBefore) {
            after(noRestartBefore - now, () -> restart(node));
        } else {
            node.boot();
        }
    }
}
