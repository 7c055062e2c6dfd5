package dev.election;

import java.time.Instant;
import java.util.SplittableRandom;

/** Lets things go wrong that last, one after another, while faults are on. */
final class SimulationChaos {

    private final Simulation world;
    private final SplittableRandom random;
    private final SimulationFault[] kinds;
    private final long lease;
    private long noBirthBefore;
    private boolean hostileOnce;

    SimulationChaos(Simulation world) {
        this.world = world;
        this.random = world.random.split();
        this.kinds = world.plan.faults().toArray(SimulationFault[]::new);
        this.lease = world.plan.timing().leaseDuration().toNanos();
    }

    void begin() {
        if (kinds.length > 0) {
            world.time.after(random.nextLong(2 * world.plan.pauseOfChaos()), this::inflict);
        }
    }

    private void inflict() {
        if (!world.faulty()) {
            return;
        }
        inflict(kinds[random.nextInt(kinds.length)], world.process(random.nextInt(world.plan.candidates())));
        begin();
    }

    private void inflict(SimulationFault kind, SimulatedProcess process) {
        long nanos = world.clip(random.nextLong(random.nextInt(3) == 0 ? 3 * lease : lease));
        boolean done = switch (kind) {
            case CUT_OFF, PAUSE, SLEEP, CRASH, CRASH_FOR_GOOD, WALL_CLOCK_JUMP, RESIGNATION, SHUTDOWN ->
                process.isAlive() && afflict(kind, process, nanos);
            case OUTAGE -> {
                world.outage(nanos);
                yield true;
            }
            case RECORD_DELETED, RECORD_RECREATED, RECORD_CORRUPTED, RECORD_TOUCHED, RECORD_HOSTILE ->
                tamper(kind, random.nextInt(world.plan.elections()), nanos);
            default -> false; // strikes elsewhere
        };
        if (done) {
            world.count(kind);
            world.trace.fault(process.toString(), kind, nanos);
        }
    }

    private boolean afflict(SimulationFault kind, SimulatedProcess process, long nanos) {
        switch (kind) {
            case CUT_OFF -> process.cutOff(nanos);
            case PAUSE -> process.pause(nanos);
            case SLEEP -> process.sleep(nanos);
            case CRASH -> {
                process.die("");
                world.time.after(nanos, () -> bringBack(process));
            }
            case CRASH_FOR_GOOD -> {
                if (world.survivors() < 2) {
                    return false;
                }
                process.dieForGood();
            }
            case WALL_CLOCK_JUMP -> process.jump(random.nextLong(-2 * lease, 2 * lease));
            case RESIGNATION -> process.resign();
            default -> process.shutDown(() -> bringBack(process));
        }
        return true;
    }

    private boolean tamper(SimulationFault kind, int election, long nanos) {
        SimulatedStore store = world.store(election);
        switch (kind) {
            case RECORD_DELETED, RECORD_RECREATED -> {
                hideThePast(election);
                store.delete();
                if (kind == SimulationFault.RECORD_RECREATED) {
                    store.createFree(wall());
                }
            }
            case RECORD_CORRUPTED -> {
                store.corrupt();
                world.time.after(nanos, store::restore);
            }
            case RECORD_TOUCHED -> store.touch();
            default -> {
                if (hostileOnce) {
                    return false; // each may cost an hour
                }
                hostileOnce = true;
                hideThePast(election); // the holder that it writes over may still lead
                store.writeHostile(wall());
                world.expectLease(ElectionTiming.MAX_LEASE);
            }
        }
        return true;
    }

    /** What is promised after a deletion is promised to those who had seen the record: mostly all have. */
    private void hideThePast(int election) {
        boolean allHaveSeen = true;
        for (SimulatedCandidate candidate : world.candidates(election)) {
            allHaveSeen &= candidate.hasSeenTheRecord();
        }
        if (allHaveSeen && world.everybodyIsAlive() && random.nextInt(4) > 0) {
            noBirthBefore = world.now() + 2 * lease;
        } else {
            world.checks(election).operatorHidesThePast();
        }
    }

    private void bringBack(SimulatedProcess process) {
        if (world.now() < noBirthBefore && world.faulty()) {
            world.time.after(world.clip(noBirthBefore - world.now()), () -> bringBack(process));
        } else {
            if (world.now() < noBirthBefore) {
                for (int election = 0; election < world.plan.elections(); election++) {
                    world.checks(election).operatorHidesThePast();
                }
            }
            process.boot();
        }
    }

    private Instant wall() {
        return Instant.EPOCH.plusNanos(world.now());
    }
}
