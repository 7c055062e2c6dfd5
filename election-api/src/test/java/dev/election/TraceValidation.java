package dev.election;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lets simulated worlds happen, and has the specification judge their traces, and variants of these. */
final class TraceValidation {

    private int traces;
    private int accepted;
    private long events;
    private int rightVariants;
    private int rightAccepted;
    private final Map<TraceMutation, Integer> mutated = new EnumMap<>(TraceMutation.class);
    private int mutatedRejected;
    private final List<String> complaints = new ArrayList<>();

    /** The traces of some seeds, and their variants, have to be judged as they deserve. */
    void validate(long firstSeed, int count, ElectionTiming timing) throws IOException, InterruptedException {
        TraceModel model = new TraceModel(timing);
        List<TracedWorld> worlds = worlds(firstSeed, count, timing, SimulationBug.NONE);
        List<TraceVariant> variants = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            variants.addAll(TraceMutation.variants(i, worlds.get(i).lines(), model));
        }
        TraceModel.Verdict verdict = model.follow(lines(worlds), variants);
        for (int i = 0; i < count; i++) {
            TracedWorld world = worlds.get(i);
            traces++;
            events += world.lines().size();
            if (verdict.traces()[i] == world.lines().size()) {
                accepted++;
            } else {
                complaints.add(world.rejectedAt(verdict.traces()[i]));
            }
        }
        for (int i = 0; i < variants.size(); i++) {
            judge(variants.get(i), verdict.variants()[i], worlds);
        }
    }

    private void judge(TraceVariant variant, int reached, List<TracedWorld> worlds) {
        boolean isAccepted = reached == variant.lines().size();
        if (variant.allowed()) {
            rightVariants++;
            rightAccepted += isAccepted ? 1 : 0;
        } else {
            mutated.merge(variant.mutation(), 1, Integer::sum);
            mutatedRejected += isAccepted ? 0 : 1;
        }
        if (isAccepted != variant.allowed()) {
            complaints.add(variant.mutation().label()
                    + (isAccepted ? " was accepted" : " was rejected, in time")
                    + ", in the world of seed "
                    + worlds.get(variant.trace()).plan().seed()
                    + " from line " + variant.from() + ": " + variant.lines());
        }
    }

    /** Whether some trace of a planted mistake is rejected; where the first of them is, or nothing. */
    static String rejection(SimulationBug bug, long firstSeed, int count, ElectionTiming timing)
            throws IOException, InterruptedException {
        List<TracedWorld> worlds = worlds(firstSeed, count, timing, bug);
        TraceModel.Verdict verdict = new TraceModel(timing).follow(lines(worlds), List.of());
        for (int i = 0; i < count; i++) {
            if (verdict.traces()[i] < worlds.get(i).lines().size()) {
                return worlds.get(i).rejectedAt(verdict.traces()[i]);
            }
        }
        return "";
    }

    private static List<TracedWorld> worlds(long firstSeed, int count, ElectionTiming timing, SimulationBug bug) {
        List<TracedWorld> worlds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            worlds.add(TracedWorld.of(firstSeed + i, timing, bug));
        }
        return worlds;
    }

    private static List<List<SpecifiedLine>> lines(List<TracedWorld> worlds) {
        return worlds.stream().map(TracedWorld::lines).toList();
    }

    /** What was not as it must. */
    List<String> complaints() {
        return complaints;
    }

    /** The mutations of which there was at least one. */
    int kinds() {
        return mutated.size();
    }

    int mutated() {
        return mutated.values().stream().mapToInt(Integer::intValue).sum();
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "traces=%d accepted=%d events=%d mutated=%d mutated_rejected=%d mutations=%d/%d"
                        + " just_in_time=%d just_in_time_accepted=%d",
                traces,
                accepted,
                events,
                mutated(),
                mutatedRejected,
                kinds(),
                TraceMutation.values().length,
                rightVariants,
                rightAccepted);
    }
}
