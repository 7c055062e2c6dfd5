package dev.election;

import java.util.Locale;

/** A promise was broken in a simulated world. */
final class SimulationViolation extends AssertionError {

    private static final long serialVersionUID = 1L;

    private final String what;
    private final transient SimulationPlan plan;
    private final long at;

    SimulationViolation(String what, SimulationPlan plan, long at) {
        super(String.format(Locale.ROOT, "%s (at %.6f s of the world of seed %d)", what, at / 1e9, plan.seed()));
        this.what = what;
        this.plan = plan;
        this.at = at;
    }

    /** Which promise, and by whom. */
    String what() {
        return what;
    }

    SimulationPlan plan() {
        return plan;
    }

    /** True nanoseconds since the world began. */
    long at() {
        return at;
    }
}
