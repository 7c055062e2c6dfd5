package dev.election;

import dev.election.SimulationTrace.Entry;
import dev.election.SimulationTrace.What;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One line of a trace, as {@code docs/spec/ElectionTrace.tla} reads it.
 *
 * @param at in microseconds since the world began
 * @param node who did it: each life of a process has a name of its own
 * @param what the event
 * @param detail what write, or why
 * @param sent when the write that it is about was sent; of a fault, until when it excuses the node; -1 for neither
 * @param expected the revision that a write expects, 0 for absence; -1 where it has no meaning
 * @param revision the revision that was written or seen, 0 for absence; -1 where it has no meaning
 * @param token the fencing token; -1 where it has no meaning
 * @param holder who holds the record, or {@link #NOBODY}
 */
record SpecifiedLine(
        long at,
        String node,
        String what,
        String detail,
        long sent,
        long expected,
        long revision,
        long token,
        String holder) {

    static final String NOBODY = "nobody";

    /** Later than any world lasts: its model's integers have 32 bits. */
    private static final long NEVER = 2_000_000_000;

    /** The lines of a whole world, each write with the instant of its sending. */
    static List<SpecifiedLine> of(List<Entry> trace) {
        Map<String, Long> sent = new HashMap<>();
        List<SpecifiedLine> lines = new ArrayList<>(trace.size());
        for (Entry entry : trace) {
            long at = entry.at() / 1_000;
            String call = entry.node() + " " + entry.call();
            if (entry.what() == What.SEND) {
                sent.put(call, at);
            }
            lines.add(new SpecifiedLine(
                    at,
                    entry.node(),
                    entry.what().name().toLowerCase(Locale.ROOT),
                    entry.detail(),
                    entry.what() == What.FAULT ? excusedUntil(entry, at) : sent.getOrDefault(call, -1L),
                    entry.expected(),
                    entry.revision(),
                    entry.token(),
                    entry.holder().isEmpty() ? NOBODY : entry.holder()));
        }
        return lines;
    }

    /** Who stands still learns of the end of its term afterwards; whose clock slept, with the next event. */
    private static long excusedUntil(Entry fault, long at) {
        return switch (SimulationFault.valueOf(fault.detail())) {
            case PAUSE -> at + fault.call() / 1_000 + 1;
            case SLEEP -> NEVER;
            default -> -1;
        };
    }

    boolean is(String event) {
        return what.equals(event);
    }

    boolean is(String event, String which) {
        return what.equals(event) && detail.equals(which);
    }

    SpecifiedLine at(long then) {
        return new SpecifiedLine(then, node, what, detail, sent, expected, revision, token, holder);
    }

    SpecifiedLine by(String other) {
        return new SpecifiedLine(at, other, what, detail, sent, expected, revision, token, holder);
    }

    SpecifiedLine saying(String event) {
        return new SpecifiedLine(at, node, event, detail, sent, expected, revision, token, holder);
    }

    SpecifiedLine withToken(long other) {
        return new SpecifiedLine(at, node, what, detail, sent, expected, revision, other, holder);
    }

    SpecifiedLine withExpected(long other) {
        return new SpecifiedLine(at, node, what, detail, sent, other, revision, token, holder);
    }

    /** As an expression of TLA+. */
    String tla() {
        return String.format(
                Locale.ROOT,
                "E(%d, \"%s\", \"%s\", \"%s\", %d, %d, %d, %d, \"%s\")",
                at,
                node,
                what,
                detail,
                sent,
                expected,
                revision,
                token,
                holder);
    }
}
