package dev.election;

import dev.election.SimulationTrace.What;
import dev.election.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One process on a machine of its own: two clocks, a timer, and a candidate in each election. It may stand still, be
 * cut off, or die and come back under the same identity.
 */
final class SimulatedProcess implements TimeSource {

    private static final Instant EPOCH = Instant.parse("2030-01-01T00:00:00Z");

    final Simulation world;
    final SplittableRandom random;
    private final int index;
    private final String identity;
    private final double rate;
    private final TimeSource clock;
    private long wallOffset;
    private long slept;
    private long sleepsSince = -1;

    private String name;
    private int incarnation;
    private boolean alive;
    private boolean gone;
    private long stillUntil;
    private long stillSince = -1;
    private long cutOffUntil;
    private List<SimulatedCandidate> candidates = List.of();

    SimulatedProcess(Simulation world, int index, String identity) {
        this.world = world;
        this.index = index;
        this.identity = identity;
        this.name = identity;
        this.random = world.random.split();
        double drift = world.plan.timing().driftBound();
        // The ends of the budget are where mistakes show.
        this.rate = switch (random.nextInt(3)) {
            case 0 -> 1 - drift;
            case 1 -> 1 + drift;
            default -> 1 - drift + 2 * drift * random.nextDouble();
        };
        this.wallOffset = random.nextLong(-3_600_000_000_000L, 3_600_000_000_000L);
        this.clock = world.bug.time(this, this);
    }

    // ---- Life ----

    void boot() {
        if (gone || alive) {
            return;
        }
        incarnation++;
        alive = true;
        name = identity + "_p" + index + "x" + incarnation;
        world.trace.add(name, 0, What.BOOT, "");
        candidates = new ArrayList<>();
        for (int election = 0; election < world.plan.elections(); election++) {
            candidates.add(new SimulatedCandidate(this, election, clock));
        }
        candidates.forEach(SimulatedCandidate::start);
    }

    /** Everything in it is gone at once; what it has sent is not. */
    void die(String how) {
        world.trace.add(name, 0, What.CRASH, how);
        alive = false;
        candidates.forEach(SimulatedCandidate::vanish);
        candidates = List.of();
    }

    void dieForGood() {
        gone = true;
        die("for good");
    }

    /** Shuts down in good order, which takes a bounded time, and ends. */
    void shutDown(Runnable afterwards) {
        world.trace.add(name, 0, What.CLOSE, "");
        List<SimulatedCandidate> closing = candidates;
        closing.forEach(SimulatedCandidate::close);
        long began = world.now();
        long lease = world.plan.timing().leaseDuration().toNanos();
        long bound = (long) ((lease + 4 * world.plan.timing().callTimeout().toNanos()) / rate);
        closing.forEach(candidate -> candidate.isAwayUntil(began + bound));
        int born = incarnation;
        world.time.after(bound, () -> {
            if (!alive || incarnation != born) {
                return;
            }
            if (hasRunSince(began) && !closing.stream().allMatch(SimulatedCandidate::isClosed)) {
                throw world.violation(name + " did not close within " + Duration.ofNanos(bound));
            }
            die("ends");
            afterwards.run();
        });
    }

    /** Stands still; its clocks go on. */
    void pause(long nanos) {
        stillSince = world.now();
        // A second pause within a longer one does not shorten it: what was put off by that stays put off.
        stillUntil = Math.max(stillUntil, world.now() + nanos);
    }

    /** Stands still, and with it its monotonic clock. */
    void sleep(long nanos) {
        if (world.now() >= stillUntil) {
            pause(nanos);
            sleepsSince = world.now();
            world.time.after(nanos, () -> {
                slept += nanos;
                sleepsSince = -1;
            });
        }
    }

    void cutOff(long nanos) {
        cutOffUntil = world.now() + nanos;
    }

    void jump(long nanos) {
        wallOffset += nanos;
    }

    void resign() {
        if (!isStill()) {
            candidates.get(random.nextInt(candidates.size())).resign();
        }
    }

    boolean isAlive() {
        return alive;
    }

    boolean isGone() {
        return gone;
    }

    boolean isStill() {
        return world.now() < stillUntil;
    }

    /** Whether it ran without a stop since then. */
    boolean hasRunSince(long then) {
        return stillSince < then && stillUntil < then;
    }

    boolean isCutOff() {
        return world.now() < cutOffUntil;
    }

    long cutOffUntil() {
        return cutOffUntil;
    }

    List<SimulatedCandidate> candidates() {
        return candidates;
    }

    /** Which of its lives it lives. */
    int born() {
        return incarnation;
    }

    String identity() {
        return identity;
    }

    /** Names this process among all that ever were. */
    String incarnation() {
        return "p" + index + "x" + incarnation;
    }

    /** Runs something in this process later, unless it is dead by then; a process that stands still does it after. */
    void later(long trueNanos, Runnable action) {
        later(incarnation, trueNanos, action);
    }

    /** The same, in the process of this birth: what comes for a dead one is not for the next. */
    void later(int born, long trueNanos, Runnable action) {
        world.time.after(trueNanos, () -> {
            if (alive && incarnation == born) {
                if (world.now() < stillUntil) {
                    later(born, stillUntil - world.now(), action);
                } else {
                    action.run();
                }
            }
        });
    }

    /** How long something takes in true time that takes so long by this process's clock. */
    long trueNanos(long nanos) {
        return (long) Math.ceil(nanos / rate);
    }

    // ---- TimeSource ----

    @Override
    public long nanoTime() {
        long dreaming = sleepsSince < 0 ? 0 : world.now() - sleepsSince;
        return (long) ((world.now() - slept - dreaming) * rate);
    }

    @Override
    public Instant wallTime() {
        return EPOCH.plusNanos((long) (world.now() * rate) + wallOffset);
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        Timer timer = new Timer(task);
        later(trueNanos(Math.max(0, delay.toNanos())), timer);
        return timer;
    }

    private static final class Timer implements Runnable, Scheduled {

        private final Runnable task;
        private boolean cancelled;

        Timer(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
