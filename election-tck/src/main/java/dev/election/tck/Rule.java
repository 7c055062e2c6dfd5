package dev.election.tck;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the kit checks: S1 to S12 are a backend's part, E1 to E15 that of elections on it. */
enum Rule {
    S1(
            Level.MUST,
            "compare-and-set is atomic",
            "Of all attempts on one version at most one is applied: this is what keeps two candidates from both acquiring."),
    S2(
            Level.MUST,
            "an outcome is a fact or Unknown",
            "Applied, Conflict and BackendException are facts; whatever may or may not have been applied is Unknown. A leader that took a guess for a fact would lead without the lock, or give it up while it holds it."),
    S3(
            Level.MUST,
            "reads see every acknowledged write",
            "A read sees every write acknowledged before it began, and never goes back in time; the histories of swaps are linearizable. A Conflict carries the current record where the store gives it."),
    S4(
            Level.MUST,
            "a version never fits again",
            "Not after a change, a deletion and re-creation, or a write of identical content; and only a free record is written over absence. A late write that fits again would overwrite another one's term."),
    S5(
            Level.MUST,
            "revisions grow",
            "With every applied write of a record, across deletion and re-creation: fencing tokens are made of them."),
    S6(
            Level.MUST,
            "nothing is sent after its timeout",
            "What was sent and not answered is Unknown, and the timeout reaches the wire: a write that is sent late acts for a candidate that has long given up."),
    S7(
            Level.MUST,
            "no write that may have been applied is repeated",
            "Neither by the adapter nor by the client library under it: the repetition meets its own first try and reports a conflict for a write that was applied."),
    S8(
            Level.MUST,
            "what is not known survives",
            "Fields, labels and annotations that the adapter does not know survive its writes: other programs keep theirs there."),
    S9(
            Level.MUST,
            "a watch reports every change or its loss",
            "At least once, coalesced and repeated as it may be: a change that is never told keeps followers waiting for a leader that has resigned."),
    S10(
            Level.MUST,
            "close ends everything that is ours",
            "It is idempotent, ends watches and threads, makes later calls fail clearly, and leaves a client open that the caller owns: who opens and closes elections must not fill up with threads and connections."),
    S11(
            Level.MUST,
            "names are checked once, leases rounded up",
            "A bad name is refused before any I/O with a message that states the rule, a bad URI likewise. A lease is never written shorter than it is: others would take over too early."),
    S12(
            Level.MUST,
            "what cannot be read is never taken for free",
            "Garbage counts as held by someone unknown; the error names the record and its cure, and nothing is overwritten."),
    E1(
            Level.MUST,
            "validity counts from the sending",
            "A leader counts its term from the instant at which it sent the write that was acknowledged; Unknown extends nothing. Counted from the reply, two can lead even with perfect clocks."),
    E2(
            Level.MUST,
            "leading is checked on use",
            "isLeader() and isValid() look at the clock on the caller's thread: a process that slept reads false at once, and does not write beside its successor."),
    E3(
            Level.MUST,
            "followers wait",
            "For the record's own duration, from when they first saw it; a missing record whose holder was seen is waited out, too. That holder may lead on, cut off from the store."),
    E4(
            Level.MUST,
            "starts and stops come in strict pairs",
            "In order, exactly once per term, and losing never queues behind a start callback that is still running: work that nobody stops runs twice."),
    E5(
            Level.MUST,
            "only a known write makes a leader",
            "Leadership starts and is extended by an own write known to be applied; what is not known is resolved by reading, never by hoping."),
    E6(
            Level.MUST,
            "fencing tokens grow with every term",
            "Across restarts, deletions by hand, and other implementations in between: what remembers the greatest one can refuse a leader of the past."),
    E7(
            Level.MUST,
            "giving up keeps the lock until the work has ended",
            "isLeader() is false at once; the lock is given back after the work has stopped, or left to expire, so that a successor finds nobody at work."),
    E8(
            Level.MUST,
            "a candidate never gives up for good",
            "After a loss it contends again; after resigning it stands back until another has led or a cool-down has passed. A service whose candidates have given up has no leader, and nobody is told."),
    E9(
            Level.MUST,
            "user code cannot harm the election",
            "It never runs on the renewing thread or under a lock; what it throws ends the term; close() from a callback does not deadlock."),
    E10(
            Level.MUST,
            "one identity, two processes, one leader",
            "The holder on the wire names the process, so that two candidates with the same identity never both lead."),
    E11(
            Level.MUST,
            "a release is taken over by its event",
            "And an expiry by a local timer: until the next poll, nobody would lead. A watch event alone never deposes a leader, as it may be old."),
    E12(
            Level.MUST,
            "a hung call does not delay stepping down",
            "Deadlines belong to timers, and one call that hangs costs no leadership: a network that swallows everything must neither keep a leader nor end it."),
    E13(
            Level.MUST,
            "unsafe timing is refused",
            "With the inequality that is broken: the work of a leader that is lost must have time to stop before the next one begins, by clocks as different as they may be."),
    E14(
            Level.MAY,
            "what is not promised",
            "Exclusivity beyond the drift bound, for work that ignores its loss, or beyond the weakest member of a mixed fleet. The fencing token is the answer.",
            "nothing is promised here, so no test could fail"),
    E15(
            Level.MUST,
            "a touched label does not end a term",
            "If the stored record still equals the last acknowledged one, the leader swaps again at the new version; anything else ends the term at once.");

    /** Whether a rule has to be kept. */
    enum Level {
        MUST,
        MAY
    }

    private final Level level;
    private final String title;
    private final String intent;
    private final @Nullable String notTested;

    Rule(Level level, String title, String intent) {
        this(level, title, intent, null);
    }

    Rule(Level level, String title, String intent, @Nullable String notTested) {
        this.level = level;
        this.title = title;
        this.intent = intent;
        this.notTested = notTested;
    }

    Level level() {
        return level;
    }

    /** The rule in some words. */
    String title() {
        return title;
    }

    /** What the rule is for. */
    String intent() {
        return intent;
    }

    /** Why no test proves this rule; empty for one that is tested. */
    Optional<String> notTested() {
        return Optional.ofNullable(notTested);
    }
}
