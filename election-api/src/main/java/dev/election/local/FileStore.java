package dev.election.local;

import dev.election.local.LockFile.MalformedFloorException;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The records of one directory.
 *
 * <p>For election {@code e} there are three files; no suffix ends with another, so no two elections share a file:
 *
 * <ul>
 *   <li>{@code e.json}, the record with its revision. It is only ever renamed into place, so it is never half there;
 *   <li>{@code e.lock}, held by whoever writes. It holds a floor: no revision above it was ever given out, so that
 *       revisions grow on even when the record was deleted by hand (rule S5);
 *   <li>{@code e.tmp}, the next record, until it is complete. What a killed process left of it is overwritten.
 * </ul>
 */
final class FileStore {

    static final String RECORD_SUFFIX = ".json";

    private static final String LOCK_SUFFIX = ".lock";
    private static final String TEMPORARY_SUFFIX = ".tmp";

    private static final String REVISION = "revision";

    /** Far from overflow, and far from where any store gets by itself. */
    private static final long MAX_REVISION = Long.MAX_VALUE / 2;

    /** Raising the floor costs a forced write; one in so many swaps pays it. After a deletion so many are skipped. */
    private static final long FLOOR_STEP = 100;

    private final Path directory;
    private final Disk disk;

    /** What {@code e.json} holds, with the fields that we do not know. */
    private record Stored(Snapshot snapshot, Map<String, String> unknownFields) {

        static final Stored NOTHING = new Stored(Snapshot.ABSENT, Map.of());

        boolean isAt(Version version) {
            return snapshot.version().equals(version);
        }
    }

    FileStore(Path directory, Disk disk) {
        this.directory = directory;
        this.disk = disk;
    }

    Path directory() {
        return directory;
    }

    /** What can be told without creating or writing anything. */
    List<Finding> examine(String election) {
        List<Path> written = List.of(path(election, LOCK_SUFFIX), path(election, TEMPORARY_SUFFIX));
        return new Checkup(directory, path(election, RECORD_SUFFIX), written, disk).findings();
    }

    Snapshot read(String election) throws BackendException {
        return load(election, "read").snapshot();
    }

    CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        Stored current = load(election, "compare-and-set");
        if (!current.isAt(expected)) {
            // A version that does not fit will not fit again, so this needs no lock.
            return new CasOutcome.Conflict(current.snapshot());
        }
        CasOutcome outcome;
        try (LockFile.Held lock = lock(election, "compare-and-set", timeout)) {
            outcome = swap(lock, election, expected, next);
        }
        // Without the lock, so that those who wait for it are served in the meantime: forcing the directory later
        // forces their renames with ours, never theirs instead of ours.
        return outcome instanceof CasOutcome.Applied ? forced(outcome) : outcome;
    }

    private CasOutcome swap(LockFile.Held lock, String election, Version expected, LockRecord next)
            throws BackendException {
        Stored current = load(election, "compare-and-set");
        if (!current.isAt(expected)) {
            return new CasOutcome.Conflict(current.snapshot());
        }
        Path temporary = path(election, TEMPORARY_SUFFIX);
        Stored written;
        try {
            long floor = lock.floor();
            long revision = current.snapshot().isAbsent() ? floor + 1 : expected.revision() + 1;
            written = compose(election, current, next, revision);
            if (revision > floor) {
                lock.raise(revision + FLOOR_STEP - 1);
            }
            disk.write(temporary, bytes(written));
        } catch (IOException e) {
            discard(temporary, e);
            throw failure("compare-and-set", election, e);
        }
        try {
            disk.rename(temporary, path(election, RECORD_SUFFIX));
        } catch (IOException e) {
            return new CasOutcome.Unknown(failure("compare-and-set", election, e));
        }
        return new CasOutcome.Applied(written.snapshot());
    }

    private CasOutcome forced(CasOutcome applied) {
        try {
            disk.force(directory);
            return applied;
        } catch (IOException e) {
            return new CasOutcome.Unknown(e);
        }
    }

    boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        Path file = path(election, RECORD_SUFFIX);
        if (!Files.exists(file)) {
            return false;
        }
        try (LockFile.Held lock = lock(election, "delete", timeout)) {
            keepAbove(lock, election);
            if (!disk.delete(file)) {
                return false;
            }
            disk.force(directory);
            return true;
        } catch (IOException e) {
            throw failure("delete", election, e);
        }
    }

    /** A record that was copied here without its lock file has a revision above the floor. */
    private void keepAbove(LockFile.Held lock, String election) throws IOException {
        long revision;
        try {
            revision = load(election, "delete").snapshot().version().revision();
        } catch (BackendException e) {
            return; // Unreadable: deleting it is the cure.
        }
        if (revision > lock.floor()) {
            lock.raise(revision);
        }
    }

    /** What tells this directory from one that took its place; null when there is none. */
    @Nullable
    Object identity() throws IOException {
        return disk.identity(directory);
    }

    void createDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            disk.createDirectory(directory);
        }
    }

    private LockFile.Held lock(String election, String operation, Duration timeout)
            throws BackendException, InterruptedException {
        Path file = path(election, LOCK_SUFFIX);
        try {
            createDirectory();
            return LockFile.hold(file, timeout, disk);
        } catch (TimeoutException e) {
            throw BackendException.transientFailure(
                    describe(operation, election) + ": no turn at " + file + " within " + timeout + ": "
                            + e.getMessage(),
                    e);
        } catch (IOException e) {
            throw failure(operation, election, e);
        }
    }

    private Stored load(String election, String operation) throws BackendException {
        Path file = path(election, RECORD_SUFFIX);
        try {
            byte[] content = disk.read(file, LockRecordJson.MAX_LENGTH + 1);
            if (content.length > LockRecordJson.MAX_LENGTH) {
                throw unreadable(election, "it is longer than " + LockRecordJson.MAX_LENGTH + " bytes", null);
            }
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString());
        } catch (NoSuchFileException e) {
            return Stored.NOTHING;
        } catch (CharacterCodingException e) {
            throw unreadable(election, "it is not UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw unreadable(election, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            if (Files.isDirectory(file)) {
                throw unreadable(election, "it is a directory", e);
            }
            throw failure(operation, election, e);
        }
    }

    private static Stored parse(String text) {
        LockRecordJson json = LockRecordJson.parse(text);
        Map<String, String> unknownFields = new LinkedHashMap<>(json.unknownFields());
        long revision = revision(unknownFields.remove(REVISION));
        return new Stored(new Snapshot(json.record(), new FileVersion(revision, text)), unknownFields);
    }

    private static long revision(@Nullable String number) {
        try {
            long revision = Long.parseLong(String.valueOf(number));
            if (revision >= 1 && revision <= MAX_REVISION) {
                return revision;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new IllegalArgumentException(
                REVISION + " must be a whole number from 1 to " + MAX_REVISION + ", and is " + number);
    }

    /** The next state, as it will be read: what could not be read again is not written. */
    private Stored compose(String election, Stored current, LockRecord next, long revision) throws BackendException {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(REVISION, Long.toString(revision));
        fields.putAll(current.unknownFields());
        String text = new LockRecordJson(next, fields).toJson() + "\n";
        try {
            // From bytes, as half a surrogate pair is a character here and none in a file.
            Stored written = parse(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
            if (bytes(written).length <= LockRecordJson.MAX_LENGTH
                    && next.equals(written.snapshot().record())) {
                return written;
            }
        } catch (IllegalArgumentException e) {
            throw BackendException.refused(
                    describe("compare-and-set", election) + ": the record cannot be stored: " + e.getMessage(), e);
        }
        throw BackendException.refused(
                describe("compare-and-set", election) + ": the record does not fit into " + LockRecordJson.MAX_LENGTH
                        + " bytes or is outside of what JSON holds: " + next,
                null);
    }

    private static byte[] bytes(Stored stored) {
        return ((FileVersion) stored.snapshot().version()).text().getBytes(StandardCharsets.UTF_8);
    }

    private void discard(Path temporary, IOException cause) {
        try {
            disk.delete(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private Path path(String election, String suffix) {
        return directory.resolve(election + suffix);
    }

    private String describe(String operation, String election) {
        return operation + " of election \"" + election + "\" in " + directory;
    }

    private BackendException unreadable(String election, String reason, @Nullable Throwable cause) {
        return BackendException.unreadable(
                path(election, RECORD_SUFFIX) + " is no lock record of election \"" + election + "\": " + reason
                        + ". The lock counts as held by someone unknown. Cure: mend the file, or delete it (but not "
                        + election + LOCK_SUFFIX + ") when nobody leads",
                cause);
    }

    BackendException failure(String operation, String election, IOException cause) {
        String what = describe(operation, election) + ": " + cause;
        if (cause instanceof AccessDeniedException) {
            return BackendException.denied(what + ": this user may not", cause);
        }
        if (cause instanceof MalformedFloorException) {
            return BackendException.unreadable(
                    what + ". Cure: when nobody leads, write the highest fencing token ever given out there, or delete"
                            + " the file, which may give out tokens again",
                    cause);
        }
        return BackendException.transientFailure(what, cause);
    }
}
