package dev.election;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import dev.election.spi.Finding.Topic;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what could keep an election from being held on a store, and says what to do about it: whether the store
 * answers and how fast, what may not be done there, who has taken the name, whether the times are safe.
 *
 * <p>It changes nothing, and takes no part in the election. What it finds out with any store is supplemented by what
 * the store's adapter knows to look for ({@link ElectionBackend#examine}).
 */
public final class Examination {

    /** Enough for a median that one slow answer does not move. */
    private static final int READS = 5;

    private final ElectionBackend backend;
    private final String election;
    private final ElectionTiming timing;
    private final Duration timeout;
    private final TimeSource time;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<Topic> told = EnumSet.noneOf(Topic.class);

    private @Nullable Snapshot seen;
    private @Nullable BackendException failure;

    private Examination(
            ElectionBackend backend, String election, ElectionTiming timing, Duration timeout, TimeSource time) {
        this.backend = backend;
        this.election = election;
        this.timing = timing;
        this.timeout = timeout;
        this.time = time;
    }

    /**
     * Examines an election and its store. Blocks, for some {@code 8 x timeout} if the store keeps its timeouts, but does
     * not answer in time.
     *
     * @param election the election's name, which was checked ({@link dev.election.spi.Names})
     * @param timing the times of those who are to take part
     * @param timeout the longest that one call to the store may take; positive
     * @return what was found, in the order of its topics
     */
    public static List<Finding> of(ElectionBackend backend, String election, ElectionTiming timing, Duration timeout)
            throws InterruptedException {
        try (SystemTime time = new SystemTime("election-examination")) {
            return of(backend, election, timing, timeout, time);
        }
    }

    static List<Finding> of(
            ElectionBackend backend, String election, ElectionTiming timing, Duration timeout, TimeSource time)
            throws InterruptedException {
        return new Examination(backend, election, timing, timeout, time).run();
    }

    private List<Finding> run() throws InterruptedException {
        read();
        askBackend();
        access();
        record();
        watch();
        store();
        clock();
        roundTrip();
        times();
        findings.sort(Comparator.comparing(Finding::topic));
        return List.copyOf(findings);
    }

    /** The first read, which may have to connect. */
    private void read() throws InterruptedException {
        try {
            seen = backend.read(election, timeout);
            findings.add(Finding.ok(Topic.REACHABLE, "it answers: " + backend));
        } catch (BackendException e) {
            failure = e;
            findings.add(
                    e.kind() == BackendException.Kind.TRANSIENT
                            ? Finding.problem(Topic.REACHABLE, "no use of " + backend + ": " + text(e), "")
                            : Finding.ok(Topic.REACHABLE, "it answers: " + backend));
        }
    }

    private void askBackend() throws InterruptedException {
        try {
            for (Finding finding : backend.examine(election, timeout)) {
                findings.add(finding);
                told.add(finding.topic());
            }
        } catch (BackendException e) {
            boolean isTheSame = failure != null && text(failure).equals(text(e));
            if (!isTheSame && !failedWith(BackendException.Kind.TRANSIENT)) {
                findings.add(Finding.unknown(Topic.STORE, "it could not be examined further: " + text(e)));
            }
        }
    }

    private void access() {
        if (told.contains(Topic.ACCESS)) {
            return;
        }
        if (failure != null && failedWith(BackendException.Kind.DENIED)) {
            findings.add(Finding.problem(Topic.ACCESS, text(failure), ""));
        } else if (!failedWith(BackendException.Kind.TRANSIENT)) {
            findings.add(Finding.ok(Topic.ACCESS, "we may read the record"));
            findings.add(
                    Finding.unknown(Topic.ACCESS, "whether we may write it, nobody can tell here without writing"));
        }
    }

    private void record() {
        if (told.contains(Topic.RECORD)) {
            return;
        }
        if (seen != null) {
            findings.add(seen.record() == null ? noRecord() : ofRecord(seen.record()));
        } else if (failure != null
                && (failedWith(BackendException.Kind.UNREADABLE) || failedWith(BackendException.Kind.REFUSED))) {
            findings.add(Finding.problem(Topic.RECORD, text(failure), ""));
        } else {
            findings.add(Finding.unknown(Topic.RECORD, "what is stored under the name could not be read"));
        }
    }

    private Finding noRecord() {
        return Finding.ok(
                Topic.RECORD, "nothing is stored under the name \"" + election + "\"; the first candidate creates it");
    }

    private Finding ofRecord(LockRecord record) {
        if (record.isFree()) {
            return Finding.ok(Topic.RECORD, "nobody leads; the next candidate takes over");
        }
        String holder = "\"" + record.identity() + "\"";
        Duration renewed = Duration.between(record.renewed(), time.wallTime());
        String age = ", renewed " + Figures.ago(renewed)
                + (renewed.compareTo(record.leaseDuration()) > 0 ? ", which is longer than its lease" : "");
        if (!record.isOurs()) {
            return Finding.warning(
                    Topic.RECORD,
                    "held by " + holder + age + ", which is none of our candidates: another implementation, such as"
                            + " client-go, or something else that has taken the name",
                    "If " + holder + " is no candidate of this election, give the election another name.");
        }
        return Finding.ok(
                Topic.RECORD, "held by " + holder + age + ", with the fencing token " + record.fencingToken());
    }

    /** A watch is opened and closed, which is the only way to find out in general. */
    private void watch() throws InterruptedException {
        if (told.contains(Topic.WATCH) || failedWith(BackendException.Kind.TRANSIENT)) {
            return;
        }
        String polls = "candidates look at it each " + Figures.text(timing.retryPeriod())
                + ", and notice a hand-over that much later";
        if (!backend.capabilities().contains(Capability.WATCH)) {
            findings.add(Finding.ok(Topic.WATCH, "this store tells nobody of changes; " + polls));
            return;
        }
        if (failedWith(BackendException.Kind.DENIED)) {
            findings.add(Finding.unknown(Topic.WATCH, "whoever may not read is told of no changes either"));
            return;
        }
        try {
            backend.watch(election, new Deaf(), timeout).close();
            findings.add(Finding.ok(Topic.WATCH, "changes are told at once"));
        } catch (BackendException e) {
            findings.add(Finding.warning(Topic.WATCH, text(e) + "; " + polls, ""));
        }
    }

    private void store() {
        if (!told.contains(Topic.STORE) && !backend.capabilities().contains(Capability.SEVERAL_PROCESSES)) {
            findings.add(Finding.warning(
                    Topic.STORE, "only this process can see it, so candidates of other processes are not met", ""));
        }
    }

    private void clock() {
        if (!told.contains(Topic.CLOCK) && !failedWith(BackendException.Kind.TRANSIENT)) {
            findings.add(Finding.unknown(
                    Topic.CLOCK,
                    "this store does not tell its time; an election does not need it, for each candidate counts by its own"
                            + " clock"));
        }
    }

    private void roundTrip() throws InterruptedException {
        if (told.contains(Topic.ROUND_TRIP) || seen == null) {
            return;
        }
        long[] nanos = new long[READS];
        try {
            for (int i = 0; i < READS; i++) {
                long sent = time.nanoTime();
                backend.read(election, timeout);
                nanos[i] = time.nanoTime() - sent;
            }
        } catch (BackendException e) {
            findings.add(Finding.warning(Topic.ROUND_TRIP, "one of several reads failed: " + text(e), ""));
            return;
        }
        Arrays.sort(nanos);
        findings.add(ofRoundTrip(Duration.ofNanos(nanos[READS / 2]), Duration.ofNanos(nanos[READS - 1])));
    }

    private Finding ofRoundTrip(Duration median, Duration longest) {
        Duration call = timing.callTimeout();
        String text = "a read takes " + Figures.text(median) + " (the median of " + READS + ", the longest took "
                + Figures.text(longest) + "); a call may take " + Figures.text(call)
                + ", and a leader whose renewals fail for " + Figures.text(timing.renewDeadline()) + " is over";
        Severity severity = median.compareTo(call) >= 0
                ? Severity.PROBLEM
                : longest.multipliedBy(2).compareTo(call) >= 0 ? Severity.WARNING : Severity.OK;
        return new Finding(
                Topic.ROUND_TRIP,
                severity,
                text,
                severity == Severity.OK
                        ? ""
                        : "Choose a longer lease duration, renew deadline and retry period, or a store that is nearer.");
    }

    private void times() {
        String text = "lease " + Figures.text(timing.leaseDuration()) + ", renew deadline "
                + Figures.text(timing.renewDeadline()) + ", retry period " + Figures.text(timing.retryPeriod());
        findings.add(Finding.ok(
                Topic.TIMING,
                text + ": safe while the rate of every clock is within " + Figures.percent(timing.driftBound())
                        + " of real time; work that loses its leadership has "
                        + Figures.text(timing.stopBudget()) + " to stop"));
        LockRecord record = seen == null ? null : seen.record();
        if (record == null || record.isFree() || record.leaseDuration().isZero()) {
            return;
        }
        Duration ours = backend.asStored(withOurLease(record), seen).leaseDuration();
        if (!record.leaseDuration().equals(ours)) {
            findings.add(Finding.warning(
                    Topic.TIMING,
                    "the one who leads has a lease of " + Figures.text(record.leaseDuration()) + ", and not of "
                            + Figures.text(ours),
                    "Give all candidates of one election the same times."));
        }
    }

    private LockRecord withOurLease(LockRecord record) {
        return new LockRecord(
                record.holder(),
                timing.leaseDuration(),
                record.acquired(),
                record.renewed(),
                record.transitions(),
                record.fencingToken(),
                record.attempt());
    }

    private boolean failedWith(BackendException.Kind kind) {
        return failure != null && failure.kind() == kind;
    }

    private static String text(BackendException e) {
        return String.valueOf(e.getMessage());
    }

    /** Whoever only wants to know whether he may listen. */
    private static final class Deaf implements WatchListener {
        @Override
        public void changed(@Nullable Snapshot current) {}

        @Override
        public void lost(Throwable cause) {}
    }
}
