package dev.election;

import dev.election.SimulationTrace.What;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One election's record at the far end of a simulated network. By itself it is correct, and at every moment of one
 * mind; operators do things to it.
 */
final class SimulatedStore {

    record Revision(long name, long revision) implements Version {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Revision that && name == that.name; // what an adapter compares
        }

        @Override
        public int hashCode() {
            return Long.hashCode(name);
        }

        @Override
        public String toString() {
            return "revision " + revision;
        }
    }

    /** Is told of every change. */
    interface Watcher {
        void changed(Snapshot now);
    }

    private static final int REMEMBERED = 8;
    private static final String OPERATOR = "operator";

    private final Simulation world;
    private final int election;
    private final Snapshot[] past = new Snapshot[REMEMBERED];
    private List<Watcher> watchers = List.of();
    private Snapshot current = Snapshot.ABSENT;
    private boolean corrupted;
    private long revision;
    private long created;

    SimulatedStore(Simulation world, int election) {
        this.world = world;
        this.election = election;
    }

    // ---- For candidates ----

    Snapshot read() throws BackendException {
        requireReadable();
        return current;
    }

    /** What the record was a few changes ago. */
    Snapshot readThePast(int changesAgo) {
        Snapshot then = past[(int) Math.floorMod(revision - changesAgo, (long) REMEMBERED)];
        return then == null ? current : then;
    }

    CasOutcome compareAndSet(String by, long call, Version expected, LockRecord next) throws BackendException {
        requireReadable();
        if (!current.version().equals(expected)) {
            trace(by, What.REFUSED, call, expected, next);
            return new CasOutcome.Conflict(current);
        }
        if (next.isOurs() && expected.equals(Version.ABSENT) && !next.isFree()) {
            throw world.violation("a held record was written over absence: " + next);
        }
        Snapshot before = current;
        replace(next);
        trace(by, What.APPLIED, call, expected, next);
        world.checks(election).applied(by, before.record(), next);
        tell();
        return new CasOutcome.Applied(current);
    }

    private void requireReadable() throws BackendException {
        if (corrupted) {
            throw BackendException.unreadable("the record is corrupted; restore or delete it", null);
        }
    }

    /** What is there, for checks and for operators. */
    Snapshot current() {
        return current;
    }

    boolean isCorrupted() {
        return corrupted;
    }

    // ---- Watching ----

    void watch(Watcher watcher) {
        List<Watcher> more = new ArrayList<>(watchers); // somebody may be going through the old list
        more.add(watcher);
        watchers = more;
    }

    void unwatch(Watcher watcher) {
        List<Watcher> less = new ArrayList<>(watchers);
        less.remove(watcher);
        watchers = less;
    }

    // ---- For operators ----

    /** Does nothing where there is nothing, as real stores do. */
    void delete() {
        if (current.isAbsent() && !corrupted) {
            return;
        }
        corrupted = false;
        revision++;
        current = Snapshot.ABSENT;
        remember();
        world.trace.add(OPERATOR, election, What.DELETE, "", 0, -1, revision, -1, "");
        tell();
    }

    void touch() {
        if (current.record() != null && !corrupted) {
            write("touches", current.record());
        }
    }

    void createFree(Instant at) {
        write("creates", new LockRecord("", Duration.ofSeconds(1), at, at, 0, 0, ""));
    }

    void writeHostile(Instant at) {
        long floor = current.record() == null ? 0 : current.record().fencingToken();
        write("writes", new LockRecord("hostile", Duration.ofDays(3_650), at, at, 1, floor, ""));
    }

    void corrupt() {
        corrupted = true;
        revision++;
        world.trace.add(OPERATOR, election, What.WRITE, "garbage", 0, -1, revision, -1, "");
        tell();
    }

    /** The record is again what it was, at a version that it never had. */
    void restore() {
        if (corrupted) {
            corrupted = false;
            if (current.record() == null) {
                delete();
            } else {
                write("restores", current.record());
            }
        }
    }

    private void write(String how, LockRecord next) {
        replace(next);
        trace(OPERATOR, What.WRITE, how, 0, -1, next);
        tell();
    }

    private void replace(LockRecord next) {
        if (current.isAbsent()) {
            created = revision;
        }
        revision++;
        current = new Snapshot(next, world.bug.version(revision, revision - created));
        remember();
    }

    private void remember() {
        past[(int) (revision % REMEMBERED)] = current;
    }

    private void tell() {
        for (Watcher watcher : watchers) {
            watcher.changed(current);
        }
    }

    private void trace(String by, What what, long call, Version expected, LockRecord next) {
        trace(by, what, SimulatedLink.purpose(expected, next), call, expected.revision(), next);
    }

    private void trace(String by, What what, String detail, long call, long expected, LockRecord next) {
        world.trace.add(by, election, what, detail, call, expected, revision, next.fencingToken(), next.holder());
    }
}
