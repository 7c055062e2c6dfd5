package dev.election.http.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** What happens to the one who leads. */
enum DrillMoment {
    /** SIGKILL. */
    KILL(3),
    /** SIGTERM. */
    TERM(2),
    /** SIGSTOP for longer than the lease, then SIGCONT. */
    STOP(3),
    /** SIGSTOP and SIGCONT within the lease. */
    PAUSE(1),
    /** SIGKILL to its guardian. */
    KILL_GUARDIAN(2),
    /** SIGSTOP to its guardian, which nobody takes back. */
    STOP_GUARDIAN(1),
    /** SIGKILL to both in one stroke: what is left is the guardian's timer. */
    KILL_BOTH(2),
    /** SIGKILL to both and to the timer, which nothing can survive: to see that the drill would notice. */
    KILL_EVERYTHING(0);

    private static final List<DrillMoment> BAG = new ArrayList<>();

    static {
        Arrays.stream(values()).forEach(each -> {
            for (int i = 0; i < each.weight; i++) {
                BAG.add(each);
            }
        });
    }

    /** How often it comes, compared with others. */
    private final int weight;

    DrillMoment(int weight) {
        this.weight = weight;
    }

    static DrillMoment random(RandomGenerator random) {
        return BAG.get(random.nextInt(BAG.size()));
    }

    /** Whether the process ends by it, and is to be started again. */
    boolean isEnding() {
        return this == KILL || this == TERM || this == KILL_BOTH || this == KILL_EVERYTHING;
    }

    /** Whether it takes a guardian to hit. */
    boolean isOfGuardian() {
        return this == KILL_GUARDIAN || this == STOP_GUARDIAN || this == KILL_BOTH || this == KILL_EVERYTHING;
    }

    /** Whether the term ends by it. */
    boolean isDeposing() {
        return this != PAUSE;
    }

    String kind() {
        return name().toLowerCase(Locale.ROOT);
    }
}
