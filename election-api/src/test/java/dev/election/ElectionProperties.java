package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** What is promised of an election, in small random worlds of some kind; {@link SimulationTest} runs the large ones. */
class ElectionProperties {

    /** Few kinds of fault, so that no kind hides behind another. */
    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void neverTwoLeadersWithSomeKindsOfFault(
            @ForAll @LongRange(min = 0) long seed,
            @ForAll @Size(max = 5) Set<SimulationFault> kinds,
            @ForAll @IntRange(min = 2, max = 6) int candidates) {
        Set<SimulationFault> faults = EnumSet.noneOf(SimulationFault.class);
        faults.addAll(kinds);
        if (faults.contains(SimulationFault.SLEEP)) {
            faults.remove(SimulationFault.WALL_CLOCK_JUMP); // set back meanwhile, it hides the sleep
        }
        run(SimulationPlan.of(seed, faults).withCandidates(candidates));
    }

    /** In a good world the first leader leads to the end. */
    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void leadershipIsStableWhenNothingGoesWrong(@ForAll @LongRange(min = 0) long seed) {
        SimulationPlan plan = SimulationPlan.of(seed, EnumSet.noneOf(SimulationFault.class));
        Simulation world = run(plan);
        assertThat(world.terms()).isEqualTo(plan.elections());
    }

    private static Simulation run(SimulationPlan plan) {
        Simulation world = new Simulation(plan.withLeases(20), SimulationBug.NONE, null);
        world.run();
        return world;
    }
}
