package dev.election;

import dev.election.SimulationTrace.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs a world once more, to tell what happened in it: the last events, and the violation if there was one. */
final class SimulationReplay {

    private static final int REMEMBERED = 60;

    private final Deque<Entry> last = new ArrayDeque<>();
    private final Simulation world;
    private @Nullable SimulationViolation violation;

    /** @param also is told of every event, too */
    SimulationReplay(SimulationPlan plan, SimulationBug bug, SimulationTrace.Sink also) {
        world = new Simulation(plan, bug, entry -> {
            remember(entry);
            also.accept(entry);
        });
        try {
            world.run();
        } catch (SimulationViolation e) {
            violation = e;
        }
    }

    private void remember(Entry entry) {
        if (last.size() == REMEMBERED) {
            last.removeFirst();
        }
        last.addLast(entry);
    }

    Simulation world() {
        return world;
    }

    @Nullable
    SimulationViolation violation() {
        return violation;
    }

    /** The world, its last events in true seconds, and what was violated. */
    String story() {
        return world.plan
                + "\n\n"
                + last.stream().map(Entry::toString).collect(Collectors.joining("\n"))
                + "\n\n"
                + (violation == null ? "Nothing was violated." : "VIOLATED: " + violation.getMessage());
    }
}
