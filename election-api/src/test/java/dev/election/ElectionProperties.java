package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/** What is promised of an election, in random worlds. A failure prints the seed of its world and its last events. */
class ElectionProperties {

    private static final Duration FAULTY = Duration.ofMinutes(2);

    /** E1–E6, E13: never two valid leaders, strictly growing tokens, paired starts and stops, a leader when all is well. */
    @Property(tries = 6_000, shrinking = ShrinkingMode.OFF)
    void neverTwoLeadersWhateverGoesWrong(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 5) int candidates,
            @ForAll("timings") ElectionTiming timing) {
        new Simulation(seed, candidates, timing, Simulation.Faults.ALL, false).run(FAULTY);
    }

    /** The same with some kinds of fault only, so that no kind hides behind another. */
    @Property(tries = 4_500, shrinking = ShrinkingMode.OFF)
    void neverTwoLeadersWithSomeKindsOfFault(
            @ForAll long seed, @ForAll("faults") Simulation.Faults faults, @ForAll("timings") ElectionTiming timing) {
        new Simulation(seed, 3, timing, faults, false).run(FAULTY);
    }

    /** In a good world the first leader leads to the end. */
    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void leadershipIsStableWhenNothingGoesWrong(@ForAll long seed, @ForAll("timings") ElectionTiming timing) {
        Simulation world = new Simulation(seed, 3, timing, Simulation.Faults.NONE, false);
        world.run(FAULTY);
        assertThat(world.terms()).isEqualTo(1);
    }

    /** The proof that the properties above can fail: validity counted from the reply, as client-go does (rule E1). */
    @Property(tries = 1)
    void countingFromTheReplyGivesTwoLeaders() {
        ElectionTiming tight = ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(13), Duration.ofSeconds(2));
        long caught = LongStream.range(0, 500)
                .filter(seed -> {
                    try {
                        new Simulation(seed, 3, tight, Simulation.Faults.ALL, true).run(FAULTY);
                        return false;
                    } catch (AssertionError e) {
                        return e.getMessage().startsWith("two valid leaders");
                    }
                })
                .count();
        assertThat(caught).as("worlds of 500 in which two led at once").isPositive();
    }

    @Provide
    Arbitrary<ElectionTiming> timings() {
        Arbitrary<Double> drift = Arbitraries.of(0.0, 0.01, 0.05, 0.2);
        Arbitrary<Integer> lease = Arbitraries.integers().between(2_000, 30_000);
        // The closer to 1, the less is left of what the inequality of E13 leaves over.
        Arbitrary<Double> use = Arbitraries.of(0.5, 0.75, 0.9, 0.99);
        Arbitrary<Double> retry = Arbitraries.of(0.1, 0.2, 0.4, 0.8);
        return Combinators.combine(drift, lease, use, retry).as((rho, millis, share, part) -> {
            double safe = millis * (1 - rho) / (1 + rho);
            long deadline = (long) (safe * share);
            return new ElectionTiming(
                    Duration.ofMillis(millis),
                    Duration.ofMillis(deadline),
                    Duration.ofMillis((long) Math.max(5, deadline * part)),
                    rho);
        });
    }

    @Provide
    Arbitrary<Simulation.Faults> faults() {
        return Arbitraries.integers()
                .between(0, 255)
                .map(bits -> new Simulation.Faults(
                        (bits & 1) > 0,
                        (bits & 2) > 0,
                        (bits & 4) > 0,
                        (bits & 8) > 0,
                        (bits & 16) > 0,
                        (bits & 32) > 0,
                        (bits & 64) > 0,
                        (bits & 128) > 0));
    }
}
