package dev.election;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A trace in which {@link TraceMutation}s look for what they tell otherwise. */
final class ToldTrace {

    static final int NOWHERE = -1;

    private final List<SpecifiedLine> lines;
    private final TraceModel model;
    private final SplittableRandom random;

    /** @param seed decides which of several places is chosen */
    ToldTrace(List<SpecifiedLine> lines, TraceModel model, long seed) {
        this.lines = lines;
        this.model = model;
        this.random = new SplittableRandom(seed);
    }

    TraceModel model() {
        return model;
    }

    SpecifiedLine line(int index) {
        return lines.get(index);
    }

    /** Any line of this kind, or nowhere. */
    int any(Predicate<SpecifiedLine> kind) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (kind.test(lines.get(i))) {
                found.add(i);
            }
        }
        return found.isEmpty() ? NOWHERE : found.get(random.nextInt(found.size()));
    }

    boolean has(Predicate<SpecifiedLine> kind) {
        return lines.stream().anyMatch(kind);
    }

    boolean hasBefore(int end, Predicate<SpecifiedLine> kind) {
        return lines.subList(0, end).stream().anyMatch(kind);
    }

    /** The next line of this kind by the same node, or nowhere. */
    int nextOf(int start, Predicate<SpecifiedLine> kind) {
        if (start == NOWHERE) {
            return NOWHERE;
        }
        for (int i = start + 1; i < lines.size(); i++) {
            if (lines.get(i).node().equals(lines.get(start).node()) && kind.test(lines.get(i))) {
                return i;
            }
        }
        return NOWHERE;
    }

    /** The last line of this kind before, by the same node, or nowhere. */
    int lastOf(int end, Predicate<SpecifiedLine> kind) {
        for (int i = end - 1; i >= 0; i--) {
            if (lines.get(i).node().equals(lines.get(end).node()) && kind.test(lines.get(i))) {
                return i;
            }
        }
        return NOWHERE;
    }

    /** Any term that starts with the answer to its acquisition, which is the line before; or nowhere. */
    int anyAcknowledgedLead() {
        List<Integer> found = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).is("lead") && lines.get(i - 1).is("acknowledged")) {
                found.add(i);
            }
        }
        return found.isEmpty() ? NOWHERE : found.get(random.nextInt(found.size()));
    }

    /** Somebody who is alive then, and is another; or null. */
    @Nullable
    String another(int then) {
        return lines.subList(0, then).stream()
                .filter(line ->
                        line.is("boot") && !line.node().equals(lines.get(then).node()))
                .map(SpecifiedLine::node)
                .filter(node ->
                        !hasBefore(then, line -> line.is("crash") && line.node().equals(node)))
                .findFirst()
                .orElse(null);
    }

    /**
     * Any event that is the first that its node sees of another's record, by one that has not led yet, in a trace in
     * which nobody touches labels; or nowhere.
     */
    int anyFirstSight() {
        if (has(line -> line.is("write"))) {
            return NOWHERE;
        }
        for (int tries = 0; tries < 20; tries++) {
            int sight = any(line -> line.is("event")
                    && line.revision() > 0
                    && !line.holder().equals(SpecifiedLine.NOBODY)
                    && !line.holder().equals(line.node()));
            if (sight == NOWHERE) {
                return NOWHERE;
            }
            SpecifiedLine seen = lines.get(sight);
            boolean before = hasBefore(
                    sight,
                    line -> line.node().equals(seen.node()) && (line.is("lead") || line.revision() >= seen.revision()));
            boolean newest = !hasBefore(sight, line -> line.is("applied") && line.revision() > seen.revision());
            if (!before && newest) {
                return sight;
            }
        }
        return NOWHERE;
    }
}
