package dev.election.http.exec;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Looks all the time at what runs and at what the stores hold, and notes what must not be: processes of two terms at
 * once, and those that outlived their term. What it notes was so beyond doubt: the store is read, then the clock, then
 * the processes.
 */
final class DrillWatch {

    private static final Duration LOOK = Duration.ofMillis(15);

    /** One term of one election. */
    record Term(String election, long token) {}

    private final String mark;
    private final Map<String, DrillStore> stores;
    private final Duration lease;
    private final Thread thread = new Thread(this::run, "drill-watch");
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final Set<String> told = new HashSet<>();
    private final Map<Term, Instant> leaseEnds = new HashMap<>();
    private final Map<Term, Instant> lastSeen = new HashMap<>();
    private long looks;
    private volatile boolean ended;

    /** @param stores by election */
    DrillWatch(String mark, Map<String, DrillStore> stores, Duration lease) {
        this.mark = mark;
        this.stores = stores;
        this.lease = lease;
    }

    void start() {
        thread.start();
    }

    /** What must not be; empty when all was well. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Once it has ended: the terms in which a command was seen. */
    int terms() {
        return lastSeen.size();
    }

    long looks() {
        return looks;
    }

    /** Once it has ended: the least time from when a command was last seen to the end of its lease. */
    Duration leastMargin() {
        return lastSeen.entrySet().stream()
                .filter(each -> leaseEnds.containsKey(each.getKey()))
                .map(each -> Duration.between(each.getValue(), leaseEnds.get(each.getKey())))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private void run() {
        try {
            while (!ended) {
                look();
                looks++;
                LockSupport.parkNanos(LOOK.toNanos());
            }
        } catch (IOException | RuntimeException e) {
            problems.add("the watch ended: " + e);
        }
    }

    private void look() throws IOException {
        Map<String, DrillRecord> held = new HashMap<>();
        for (Map.Entry<String, DrillStore> each : stores.entrySet()) {
            Optional<DrillRecord> read = each.getValue().read();
            read.ifPresent(found -> {
                held.put(each.getKey(), found);
                if (!found.isFree()) {
                    leaseEnds.put(
                            new Term(each.getKey(), found.token()),
                            found.renewed().plus(lease));
                }
            });
        }
        Instant now = Instant.now();
        Map<String, TreeSet<Long>> alive = Marked.by(mark).stream()
                .filter(Marked::isOfCommand)
                .collect(Collectors.groupingBy(
                        each -> each.variable("ELECTION_NAME"),
                        Collectors.mapping(
                                each -> Long.parseLong(each.variable(LeaderCommand.TOKEN_VARIABLE)),
                                Collectors.toCollection(TreeSet::new))));
        for (Map.Entry<String, TreeSet<Long>> each : alive.entrySet()) {
            if (each.getValue().size() > 1) {
                tell("overlap in " + each.getKey() + " of terms " + each.getValue());
            }
            for (long token : each.getValue()) {
                Term term = new Term(each.getKey(), token);
                lastSeen.put(term, now);
                DrillRecord found = held.get(each.getKey());
                if (found != null) { // else there was no record yet, and the next look tells
                    check(term, found, now);
                }
            }
        }
    }

    private void check(Term term, DrillRecord held, Instant now) throws IOException {
        if (held.token() > term.token() || held.token() == term.token() && held.isFree()) {
            tell("outlived: the lock was given up or taken, and the command of " + term + " ran");
        }
        Instant end = leaseEnds.get(term);
        if (end != null && now.isAfter(end)) {
            Optional<DrillRecord> renewed = stores.get(term.election()).read();
            if (renewed.isEmpty() || renewed.get().equals(held)) { // else it was us who slept
                tell("outlived: the lease was over, and the command of " + term + " ran");
            }
        }
    }

    /** Once for each, not at each look. */
    private void tell(String problem) {
        if (told.add(problem)) {
            problems.add(problem);
        }
    }

    void end() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
