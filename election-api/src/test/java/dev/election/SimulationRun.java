package dev.election;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Runs many worlds, one seed after another, each on one of several threads. */
final class SimulationRun {

    private final LongFunction<SimulationPlan> plans;
    private final SimulationBug bug;
    private final double hours;
    private final int tolerated;
    private final SimulationFigures figures = new SimulationFigures();
    private long nextSeed;
    private double planned;

    /**
     * @param plans the world of each seed
     * @param hours how much time to simulate at least
     * @param tolerated how many violations to go on after
     */
    SimulationRun(LongFunction<SimulationPlan> plans, long firstSeed, SimulationBug bug, double hours, int tolerated) {
        this.plans = plans;
        this.nextSeed = firstSeed;
        this.bug = bug;
        this.hours = hours;
        this.tolerated = tolerated;
    }

    SimulationFigures on(int threads) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(pool.submit(this::work));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a world came to an end that is not a violation", e.getCause());
        } finally {
            pool.shutdownNow();
        }
        return figures;
    }

    private void work() {
        for (SimulationPlan plan = next(); plan != null; plan = next()) {
            Simulation world = new Simulation(plan, bug, null);
            try {
                world.run();
            } catch (SimulationViolation e) {
                figures.add(e);
            }
            figures.add(world);
        }
    }

    /** The same worlds for the same arguments, however fast they run; unless one is violated. */
    private synchronized @Nullable SimulationPlan next() {
        if (planned >= hours || figures.violations().size() > tolerated) {
            return null;
        }
        SimulationPlan plan = plans.apply(nextSeed++);
        planned += plan.hours();
        return plan;
    }
}
