package dev.election.http.faults;

import dev.election.ElectionTiming;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What to try, from the command line.
 *
 * @param backend the URI of the store; only a scheme and a colon for one of our own
 * @param seed of the schedule; the processes and the network add chances of their own
 * @param lease the lease duration, a multiple of what the store can express
 * @param limit the longest that the faults may take
 * @param kinds the only ones to make; empty for all
 * @param told whether candidates believe what they were told last, so that one sees it found
 */
record FaultSettings(
        String backend,
        int faults,
        long seed,
        int candidates,
        Duration lease,
        Duration limit,
        Set<String> kinds,
        boolean told) {

    private static final Set<String> KNOWN =
            Set.of("backend", "faults", "seed", "candidates", "lease", "minutes", "kinds", "belief");

    /** What a follower may take beyond the lease: to notice, to decide, and to write; see {@code script/try-failover}. */
    private static final Duration TAKE_OVER = Duration.ofMillis(500);

    /** What a store and its clients may take to find each other again after the store was away. */
    private static final Duration RECONNECT = Duration.ofSeconds(5);

    /**
     * Reads {@code --name=value}.
     *
     * @throws IllegalArgumentException for wrong use
     */
    static FaultSettings parse(String[] arguments) {
        Map<String, String> given = options(
                arguments,
                KNOWN,
                "--backend=URI --faults=N --seed=N --candidates=N --lease=DURATION --minutes=N --kinds=KIND,KIND... --belief=asked|told");
        String backend = given.getOrDefault("backend", "file:");
        String belief = given.getOrDefault("belief", "asked");
        if (!belief.matches("asked|told")) {
            throw new IllegalArgumentException("--belief is asked or told; got \"" + belief + "\"");
        }
        String kinds = given.getOrDefault("kinds", "");
        return new FaultSettings(
                backend,
                (int) number(given, "faults", "50", 1),
                number(given, "seed", Long.toString(System.nanoTime() % 1_000_000), 0),
                (int) number(given, "candidates", "4", 3),
                // A Lease keeps whole seconds.
                duration(given, "lease", backend.startsWith("kubernetes:") ? "3s" : "1.5s"),
                Duration.ofMinutes(number(given, "minutes", "20", 1)),
                kinds.isEmpty() ? Set.of() : Set.of(kinds.split(",")),
                belief.equals("told"));
    }

    /** Takes {@code --name=value} apart. */
    static Map<String, String> options(String[] arguments, Set<String> known, String usage) {
        Map<String, String> given = new HashMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (parts.length != 2 || !parts[0].startsWith("--") || !known.contains(parts[0].substring(2))) {
                throw new IllegalArgumentException("unknown argument \"" + argument + "\"; it takes " + usage);
            }
            given.put(parts[0].substring(2), parts[1]);
        }
        return given;
    }

    static long number(Map<String, String> given, String name, String otherwise, long least) {
        String text = given.getOrDefault(name, otherwise);
        try {
            long number = Long.parseLong(text);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("--" + name + " is a number from " + least + "; got \"" + text + "\"");
    }

    static Duration duration(Map<String, String> given, String name, String otherwise) {
        String text = given.getOrDefault(name, otherwise);
        try {
            return Duration.parse("PT" + text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("--" + name + " is a duration like 3s or 1.5s; got \"" + text + "\"", e);
        }
    }

    /** Short times, in the proportions of the defaults. */
    ElectionTiming timing() {
        return ElectionTiming.of(
                lease, lease.multipliedBy(2).dividedBy(3), lease.multipliedBy(2).dividedBy(15));
    }

    /** The longest until another candidate leads after the leader was killed, stopped or cut off in both directions. */
    Duration failoverBound() {
        return lease.plus(TAKE_OVER);
    }

    /** The same where requests still come through: one more renewal is applied, though the leader never learns of it. */
    Duration oneWayBound() {
        return failoverBound().plus(timing().renewDeadline().dividedBy(3));
    }

    /** The longest until somebody leads again by a new write, once all is well. */
    Duration recoveryBound() {
        return lease.plus(RECONNECT);
    }
}
