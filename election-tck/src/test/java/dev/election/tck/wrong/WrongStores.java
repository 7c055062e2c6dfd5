package dev.election.tck.wrong;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What goes wrong where versions are compared and given out. */
final class WrongStores {

    private WrongStores() {}

    static Stream<Wrong> all() {
        return Stream.of(
                new Wrong("ignores the version", "S1", "one and only one is applied", IgnoresVersion::new),
                new Wrong(
                        "compares, and then writes, without a lock",
                        "S1",
                        "one and only one is applied|count",
                        NotAtomic::new),
                new Wrong(
                        "takes absence for any version, as -1 is in ZooKeeper",
                        "S4",
                        "overwrote a record",
                        AnyVersion::new),
                new Wrong(
                        "versions count from the creation (ABA)",
                        "S4",
                        "a version that it had before",
                        CountsAnew::new),
                new Wrong("versions are made of the content", "S4", "left the version as it was", ContentVersion::new),
                new Wrong(
                        "revisions begin again after a deletion",
                        "S5",
                        "deletion and re-creation the revision is 1",
                        RevisionReset::new),
                new Wrong(
                        "revisions are taken from a clock of seconds",
                        "S5",
                        "after a swap the revision is",
                        ClockRevision::new),
                new Wrong("views do not share their records", "S3", "views do not share", NotShared::new),
                new Wrong("examines by writing", "S3", "an examination changed what is stored", ExaminesByWriting::new),
                new Wrong("reads lag behind", "S3", "from a cache or by a replica that lags", Lagging::new),
                new Wrong("drops fields that it does not know", "S8", "was lost or changed", DropsUnknownFields::new),
                new Wrong(
                        "takes what it cannot read for free",
                        "S12",
                        "showed that there is no record",
                        GarbageIsFree::new),
                new Wrong("overwrites what it cannot read", "S12", "overwrote", OverwritesGarbage::new),
                new Wrong(
                        "fails on what it cannot read without saying where",
                        "S12",
                        "does not name the election",
                        NamelessError::new),
                new Wrong(
                        "has trouble that may pass with what it cannot read",
                        "S12",
                        "not as UNREADABLE",
                        PassingTrouble::new),
                new Wrong("writes each record twice", "S2", "applied twice", WritesTwice::new));
    }

    private static final class IgnoresVersion extends Store {
        @Override
        boolean fits(Snapshot current, Version expected) {
            return current.isAbsent() == expected.equals(Version.ABSENT);
        }
    }

    private static final class NotAtomic extends Store {
        @Override
        CasOutcome swap(String election, Version expected, LockRecord next) throws BackendException {
            Version current = read(election).version();
            Thread.yield();
            return super.swap(election, fits(read(election), expected) ? again(election, current) : expected, next);
        }

        private Version again(String election, Version current) throws BackendException {
            Thread.yield();
            Snapshot now = read(election);
            return now.isAbsent() ? current : now.version();
        }
    }

    private static final class AnyVersion extends Store {
        @Override
        boolean fits(Snapshot current, Version expected) {
            return expected.equals(Version.ABSENT) || super.fits(current, expected);
        }
    }

    private static final class CountsAnew extends Store {
        private final Map<Long, Long> counts = new HashMap<>();
        private final Map<String, Long> lives = new HashMap<>();

        @Override
        boolean delete(String election) {
            synchronized (this) {
                lives.remove(election);
            }
            return super.delete(election);
        }

        @Override
        long nextRevision(String election) {
            long revision = super.nextRevision(election);
            counts.put(revision, lives.merge(election, 1L, Long::sum));
            return revision;
        }

        @Override
        Version version(String election, Cell cell, LockRecord record) {
            return new StoreVersion("count " + counts.get(cell.revision()), cell.revision());
        }
    }

    private static final class ContentVersion extends Store {
        @Override
        Version version(String election, Cell cell, LockRecord record) {
            return new StoreVersion(record.holder() + record.renewed() + record.fencingToken(), cell.revision());
        }
    }

    private static final class RevisionReset extends Store {
        private final Map<String, Long> revisions = new HashMap<>();
        private long writes;

        @Override
        boolean delete(String election) {
            synchronized (this) {
                revisions.remove(election);
            }
            return super.delete(election);
        }

        @Override
        long nextRevision(String election) {
            return revisions.merge(election, 1L, Long::sum);
        }

        @Override
        Version version(String election, Cell cell, LockRecord record) {
            return new StoreVersion(record.attempt() + cell.text().length() + "/" + cell.revision(), cell.revision());
        }
    }

    private static final class ClockRevision extends Store {
        @Override
        long nextRevision(String election) {
            return Instant.now().getEpochSecond();
        }

        @Override
        Version version(String election, Cell cell, LockRecord record) {
            return new StoreVersion(cell.text(), cell.revision());
        }
    }

    private static final class NotShared extends Store {
        @Override
        public ElectionBackend open() {
            return new View(new Store());
        }
    }

    /** To see whether it may, it swaps the record for itself. */
    private static final class ExaminesByWriting extends Store {
        @Override
        public ElectionBackend open() {
            return new View(this) {
                @Override
                public List<Finding> examine(String election, Duration timeout)
                        throws BackendException, InterruptedException {
                    Snapshot now = read(election, timeout);
                    if (now.record() != null) {
                        swap(election, now.version(), now.record(), timeout);
                    }
                    return List.of();
                }
            };
        }
    }

    private static final class Lagging extends Store {
        private final Map<String, Snapshot> replica = new HashMap<>();

        @Override
        Snapshot read(String election) throws BackendException {
            Snapshot now = super.read(election);
            synchronized (this) {
                Snapshot before = replica.put(election, now);
                return before == null ? now : before;
            }
        }
    }

    private static final class DropsUnknownFields extends Store {
        @Override
        String text(@Nullable Cell replaced, LockRecord next) {
            return LockRecordJson.of(next).toJson();
        }
    }

    private static final class GarbageIsFree extends Store {
        @Override
        Snapshot unreadable(String election, IllegalArgumentException why) {
            return Snapshot.ABSENT;
        }
    }

    private static final class OverwritesGarbage extends Store {
        @Override
        Snapshot snapshotToReplace(String election, @Nullable Cell cell) {
            return readOrNothing(election).orElse(Snapshot.ABSENT);
        }
    }

    private static final class NamelessError extends Store {
        @Override
        Snapshot unreadable(String election, IllegalArgumentException why) throws BackendException {
            throw BackendException.unreadable("a record cannot be read", why);
        }
    }

    private static final class PassingTrouble extends Store {
        @Override
        Snapshot unreadable(String election, IllegalArgumentException why) throws BackendException {
            throw BackendException.transientFailure("trouble with " + election, why);
        }
    }

    private static final class WritesTwice extends Store {
        @Override
        CasOutcome swap(String election, Version expected, LockRecord next) throws BackendException {
            CasOutcome first = super.swap(election, expected, next);
            if (first instanceof CasOutcome.Applied applied) {
                super.swap(election, applied.current().version(), next);
            }
            return first;
        }
    }
}
