package dev.election.tck.stress;

import dev.election.EndReason;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** How much there was of it. Thread-safe. */
final class StressFigures {

    private final Map<EndReason, AtomicLong> ends = new ConcurrentHashMap<>();
    private final AtomicLong deletions = new AtomicLong();

    StressFigures() {
        for (EndReason reason : EndReason.values()) {
            ends.put(reason, new AtomicLong());
        }
    }

    void ended(EndReason reason) {
        ends.get(reason).incrementAndGet();
    }

    void deleted(boolean something) {
        if (something) {
            deletions.incrementAndGet();
        }
    }

    Set<EndReason> neverSeen() {
        Set<EndReason> missing = EnumSet.allOf(EndReason.class);
        missing.removeIf(reason -> ends.get(reason).get() > 0);
        return missing;
    }

    /** As {@code key=value}. */
    String line() {
        return "terms=" + ends.values().stream().mapToLong(AtomicLong::get).sum() + " "
                + EnumSet.allOf(EndReason.class).stream()
                        .map(reason -> reason.name().toLowerCase(Locale.ROOT) + "=" + ends.get(reason))
                        .collect(Collectors.joining(" "))
                + " deletions=" + deletions;
    }
}
