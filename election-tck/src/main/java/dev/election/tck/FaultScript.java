package dev.election.tck;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Says what goes wrong with which call: first what was scripted, in order; else what always goes wrong; else what a
 * seed says. What the seed says of an election's n-th call of a kind does not depend on any other call.
 *
 * @param <F> the faults
 */
final class FaultScript<F> {

    private record Chance<F>(long seed, double probability, List<F> faults) {}

    private final F none;
    private final Queue<F> next = new ArrayDeque<>();
    private final List<Chance<F>> chances = new ArrayList<>();
    private final Map<String, Long> calls = new HashMap<>();
    private @Nullable F always;

    FaultScript(F none) {
        this.none = none;
    }

    synchronized void add(List<F> faults) {
        next.addAll(faults);
    }

    synchronized void always(F fault) {
        always = fault;
    }

    synchronized void atRandom(long seed, double probability, List<F> faults) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability is from 0 to 1: " + probability);
        }
        if (faults.isEmpty()) {
            throw new IllegalArgumentException("at least one fault");
        }
        chances.add(new Chance<>(seed, probability, List.copyOf(faults)));
    }

    synchronized void forget() {
        next.clear();
        chances.clear();
        always = null;
    }

    /** What goes wrong with the next call. */
    synchronized F next(String election) {
        long number = calls.merge(election, 1L, Long::sum);
        F scripted = next.poll();
        if (scripted != null) {
            return scripted;
        }
        if (always != null) {
            return always;
        }
        for (Chance<F> chance : chances) {
            long mixed = chance.seed() * 31 + election.hashCode() + number * 0x9E3779B97F4A7C15L;
            SplittableRandom random = new SplittableRandom(mixed);
            if (random.nextDouble() < chance.probability()) {
                return chance.faults().get(random.nextInt(chance.faults().size()));
            }
        }
        return none;
    }
}
