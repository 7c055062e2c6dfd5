package dev.election.http.faults;

import dev.election.http.faults.BlackBox.Field;
import dev.election.http.faults.BlackBox.Term;
import dev.election.http.faults.Site.StoreFault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes one fault after the other, of all kinds in random order, most of them on the leader, some with a second
 * candidate's network disturbed beside them; after each it waits until somebody leads again.
 */
final class Drill {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(1);
    private static final double ON_LEADER = 0.75;
    private static final double COMBINED = 0.2;

    /** One entry of the schedule: the one or the other. */
    private record Entry(CandidateFault ofCandidate, StoreFault ofStore) {

        String kind() {
            return ofStore != null ? ofStore.kind() : ofCandidate.kind();
        }
    }

    private final FaultSettings settings;
    private final Site site;
    private final List<CandidateProcess> candidates;
    private final List<Entry> kinds = new ArrayList<>();
    private final Deque<Entry> bag = new ArrayDeque<>();
    private final Random order;
    private final Tally tally = new Tally();
    private final boolean network;

    /** New for each fault, so that what the seed decides of one does not depend on what happened before. */
    private SplittableRandom random;

    private final List<String> lines = new ArrayList<>();

    /** @param candidates of which the first is never ended, so that one can see how it does in the long run */
    Drill(FaultSettings settings, Site site, List<CandidateProcess> candidates) {
        this.settings = settings;
        this.site = site;
        this.candidates = candidates;
        this.order = new Random(settings.seed());
        this.random = new SplittableRandom(settings.seed());
        this.network = candidates.get(0).link().isThere();
        for (CandidateFault fault : CandidateFault.values()) {
            if (fault.fits(candidates.get(0).link())) {
                kinds.addAll(Collections.nCopies(fault.weight(), new Entry(fault, null)));
            } else {
                tally.leftOut(fault.kind());
            }
        }
        site.faults().forEach(fault -> kinds.add(new Entry(null, fault)));
        if (!settings.kinds().isEmpty()) {
            kinds.removeIf(entry -> !settings.kinds().contains(entry.kind()));
        }
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("no fault of " + settings.kinds() + " is possible here");
        }
    }

    /** One line for each fault: kind, whom it hit, when it began and ended in nanoseconds. */
    List<String> lines() {
        return lines;
    }

    private void wasMade(String kind, String victim, long begun) {
        lines.add(kind + "\t" + victim + "\t" + begun + "\t" + System.nanoTime());
    }

    Tally tally() {
        return tally;
    }

    /** Runs until the number is reached or the time is over. */
    void run() throws Exception {
        long start = System.nanoTime();
        awaitLeaderSince(start);
        while (tally.faults() < settings.faults()
                && System.nanoTime() - start < settings.limit().toNanos()) {
            random = new SplittableRandom(settings.seed() * 1_000_003 + tally.faults());
            LockSupport.parkNanos(upTo(0.1));
            Entry next = next();
            if (next.ofStore != null) {
                strike(next.ofStore);
            } else {
                strike(next.ofCandidate);
            }
            if (tally.faults() % 20 == 0) {
                System.err.printf(
                        "%d of %d faults, %d s%n",
                        tally.faults(), settings.faults(), (System.nanoTime() - start) / 1_000_000_000);
            }
        }
    }

    private Entry next() {
        if (bag.isEmpty()) {
            List<Entry> all = new ArrayList<>(kinds);
            Collections.shuffle(all, order);
            bag.addAll(all);
        }
        return bag.remove();
    }

    private void strike(StoreFault fault) throws Exception {
        tally.happened(fault.kind(), false);
        long begun = System.nanoTime();
        fault.begin().run();
        LockSupport.parkNanos(upTo(1.5) + settings.lease().toNanos() / 3);
        fault.end().run();
        wasMade(fault.kind(), "store", begun);
        recover(fault.kind());
    }

    private void strike(CandidateFault fault) throws Exception {
        CandidateProcess leader = leader();
        CandidateProcess victim = random.nextDouble() < ON_LEADER ? leader : candidate();
        if (fault.ending() && victim == candidates.get(0)) {
            victim = candidates.get(1 + random.nextInt(candidates.size() - 1));
        }
        Optional<CandidateProcess> other =
                network && random.nextDouble() < COMBINED ? Optional.of(otherThan(leader, victim)) : Optional.empty();
        if (other.isPresent()) {
            tally.happened(CandidateFault.HOLD.kind(), false);
            CandidateFault.HOLD.begin(other.get());
        }
        tally.happened(fault.kind(), victim == leader);
        long old = leader.latest().orElseThrow().token();
        long begun = System.nanoTime();
        fault.begin(victim);
        if (fault == CandidateFault.STOP && site.isHeldUp()) {
            tally.stoppedWithinAWrite();
            LockSupport.parkNanos(upTo(1.5));
        } else if (fault.deposing() && victim == leader) {
            Term next = termAfter(old);
            if (fault == CandidateFault.END) {
                tally.handedOver(fault.kind(), next.from() - begun);
            } else if (other.isEmpty() && fault.oneWay()) {
                tally.failedOverOneWay(fault.kind(), next.from() - begun, settings.oneWayBound());
            } else if (other.isEmpty()) {
                tally.failedOver(fault.kind(), next.from() - begun, settings.failoverBound());
            }
            LockSupport.parkNanos(upTo(0.3));
        } else {
            LockSupport.parkNanos(upTo(0.6));
        }
        fault.end(victim);
        wasMade(fault.kind(), victim.id(), begun);
        if (other.isPresent()) {
            CandidateFault.HOLD.end(other.get());
            wasMade(CandidateFault.HOLD.kind(), other.get().id(), begun);
        }
        recover(fault.kind());
    }

    private void recover(String kind) throws Exception {
        long ended = System.nanoTime();
        tally.recovered(kind, awaitLeaderSince(ended) - ended);
        // Each is to be a candidate again. Fails if one of them has ended by itself.
        for (CandidateProcess candidate : candidates) {
            candidate.awaitUp();
        }
    }

    private CandidateProcess candidate() {
        return candidates.get(random.nextInt(candidates.size()));
    }

    private CandidateProcess otherThan(CandidateProcess one, CandidateProcess another) {
        List<CandidateProcess> others = candidates.stream()
                .filter(each -> each != one && each != another)
                .toList();
        return others.get(random.nextInt(others.size()));
    }

    private long upTo(double leases) {
        return (long) (random.nextDouble() * leases * settings.lease().toNanos());
    }

    private CandidateProcess leader() {
        return await(
                "leads",
                () -> candidates.stream()
                        .filter(CandidateProcess::leads)
                        .findFirst()
                        .orElse(null));
    }

    private Term termAfter(long token) {
        return await(
                "leads with a token above " + token,
                () -> candidates.stream()
                        .flatMap(candidate -> candidate.latest().stream())
                        .filter(term -> term.token() > token)
                        .min(Comparator.comparingLong(Term::from))
                        .orElse(null));
    }

    /** Waits until somebody leads by a write that was sent after this instant; returns when that was noticed. */
    private long awaitLeaderSince(long instant) {
        return await(
                "leads by a new write",
                () -> candidates.stream()
                        .filter(candidate ->
                                candidate.leads() && candidate.box().get(Field.SENT) - instant > 0)
                        .findFirst()
                        .map(candidate -> System.nanoTime())
                        .orElse(null));
    }

    private interface Look<T> {
        T found();
    }

    private <T> T await(String what, Look<T> look) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0) {
            T found = look.found();
            if (found != null) {
                return found;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        throw new IllegalStateException("nobody " + what + " within " + PATIENCE.toSeconds() + " s");
    }
}
