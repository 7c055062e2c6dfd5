package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What one test has at hand: views of the store under test, elections of its own, and records. Closes the views and
 * deletes the records when the test is over.
 */
final class Kit {

    /** Enough for a slow store on a busy machine: what takes longer hangs. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The run's own part of all names, so that runs beside each other do not meet. */
    private static final String RUN = HexFormat.of().toHexDigits(new Random().nextInt());

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final BackendTck author;
    private final List<ElectionBackend> views = new ArrayList<>();
    private final List<String> elections = new ArrayList<>();
    private @Nullable ElectionBackend own;

    Kit(BackendTck author) {
        this.author = author;
    }

    /** Opens one more view, whose passing troubles are borne with. */
    ElectionBackend open() throws Exception {
        ElectionBackend view = PatientBackend.of(author.open());
        views.add(view);
        return view;
    }

    /** Opens so many views. */
    List<ElectionBackend> open(int count) throws Exception {
        List<ElectionBackend> opened = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            opened.add(open());
        }
        return opened;
    }

    /** The name of a new election; fails when the store holds something under it, which is not ours to touch. */
    String newElection() throws Exception {
        return newElection("tck-" + RUN + "-" + NUMBERS.incrementAndGet());
    }

    /** Makes a legal name, which begins with one that {@link #newElection()} gave, an election of this test. */
    String newElection(String election) throws Exception {
        Snapshot found = own().read(election, TIMEOUT);
        if (!found.isAbsent()) {
            Assertions.fail("the store already holds " + found + " under " + election + ", a name that the kit made up."
                    + " Give the kit a store, or a prefix, that nobody else uses");
        }
        elections.add(election);
        return election;
    }

    /** A view that no test closes. */
    private ElectionBackend own() throws Exception {
        if (own == null) {
            own = open();
        }
        return own;
    }

    /** A hook of the author's; makes the test not applicable when there is none. */
    <T> T needs(Optional<T> hook, String what) {
        return hook.orElseGet(() -> Assumptions.abort("needs " + what + ", which the author did not give"));
    }

    RawRecords rawRecords() {
        return needs(author.rawRecords(), "BackendTck.rawRecords()");
    }

    boolean hasRawRecords() {
        return author.rawRecords().isPresent();
    }

    StoreFaults faults() {
        return needs(author.faults(), "BackendTck.faults()");
    }

    /** Whether {@link #faults()} has any. */
    boolean hasFaults() {
        return author.faults().isPresent();
    }

    String uri() {
        return needs(author.uri(), "BackendTck.uri()");
    }

    /** What {@link BackendTck#settling()} says. */
    Duration settling() {
        return author.settling();
    }

    /** How long to wait for what must happen: watches may poll, and the machine may have other things to do. */
    Duration patience() {
        return settling().multipliedBy(30);
    }

    /** A listener for a watch. */
    WatchLog newLog() {
        return new WatchLog(patience());
    }

    boolean declares(Capability capability) throws Exception {
        return own().capabilities().contains(capability);
    }

    /** Makes the test not applicable to a backend that does not declare this. */
    void needs(Capability capability) throws Exception {
        if (!declares(capability)) {
            Assumptions.abort("the backend does not declare " + capability);
        }
    }

    /** Makes the test, which is about its absence, not applicable to a backend that declares this. */
    void needsNo(Capability capability) throws Exception {
        if (declares(capability)) {
            Assumptions.abort("the backend declares " + capability);
        }
    }

    /** A record that nobody holds, with a new attempt. */
    static LockRecord free() {
        return record("", 0);
    }

    /** A record that somebody holds for fifteen seconds, with a new attempt. */
    static LockRecord held(String holder, long token) {
        return record(holder, token);
    }

    private static LockRecord record(String holder, long token) {
        Instant now = Instant.now();
        return new LockRecord(holder, Duration.ofSeconds(15), now, now, 0, token, newAttempt());
    }

    /** The name of a write, unique for ever. */
    static String newAttempt() {
        return UUID.randomUUID().toString();
    }

    /** What an applied write left; fails with the outcome if it was none. */
    static Snapshot applied(CasOutcome outcome) {
        if (outcome instanceof CasOutcome.Applied applied) {
            return applied.current();
        }
        return Assertions.fail("the write should have been applied, as the version that it expected was the current one"
                + " and nobody else writes, but its outcome was " + outcome);
    }

    /** Creates an election's record. */
    static Snapshot create(ElectionBackend view, String election) throws BackendException, InterruptedException {
        return write(view, election, Version.ABSENT, free());
    }

    /** Writes a record, which nothing hinders. */
    static Snapshot write(ElectionBackend view, String election, Version expected, LockRecord next)
            throws BackendException, InterruptedException {
        return applied(PatientBackend.of(view).compareAndSet(election, expected, next, TIMEOUT));
    }

    /** The record of a state that is known to have one. */
    static LockRecord recordOf(Snapshot snapshot) {
        return Objects.requireNonNull(snapshot.record(), "there is no record, where there should be one");
    }

    void close() throws Exception {
        try {
            if (hasFaults()) {
                author.faults().get().heal();
                own = null; // may not have found back yet
            }
            deleteRecords();
        } finally {
            views.forEach(ElectionBackend::close);
        }
    }

    private void deleteRecords() throws Exception {
        if (elections.isEmpty() || !declares(Capability.DELETE)) {
            return;
        }
        for (String election : elections) {
            own().delete(election, TIMEOUT);
        }
    }
}
