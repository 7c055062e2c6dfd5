package dev.election.local;

import static dev.election.local.Records.TIMEOUT;
import static dev.election.local.Records.applied;
import static dev.election.local.Records.free;
import static dev.election.local.Records.held;
import static dev.election.local.Records.recordOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dies, or fails, at each step of a write in turn, and looks at what is left. */
@DisplayName("The file backend, stopped between two steps of a write")
class FileCrashTest {

    private static final String ELECTION = "orders";

    /** The steps of a write, in order; the floor is raised only by the first write and then now and again. */
    private enum Step {
        RAISE_FLOOR,
        WRITE_TEMPORARY,
        RENAME,
        FORCE_DIRECTORY
    }

    private enum When {
        BEFORE,
        HALF_WAY,
        AFTER
    }

    /** Nothing catches it, as nothing runs in a process that was killed. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Where a write stops, and whether by an error of the disk or by death. */
    private record Stop(Step step, When when, boolean killed) {

        void here() throws IOException {
            if (killed) {
                throw new Killed();
            }
            throw new IOException("no space left on device (said by a test)");
        }
    }

    private static final class StoppingDisk extends Disk {

        private final List<Step> seen = new ArrayList<>();
        private @Nullable Stop stop;

        private interface Action {
            void run() throws IOException;
        }

        private void step(Step step, Action half, Action whole) throws IOException {
            seen.add(step);
            Stop at = stop;
            if (at == null || at.step() != step) {
                whole.run();
                return;
            }
            switch (at.when()) {
                case BEFORE -> {}
                case HALF_WAY -> half.run();
                case AFTER -> whole.run();
            }
            at.here();
        }

        @Override
        void write(Path file, byte[] content) throws IOException {
            step(
                    Step.WRITE_TEMPORARY,
                    () -> super.write(file, Arrays.copyOf(content, content.length / 2)),
                    () -> super.write(file, content));
        }

        @Override
        void overwrite(RandomAccessFile file, byte[] content) throws IOException {
            // Half a sector is not written: half way is nothing.
            step(Step.RAISE_FLOOR, () -> {}, () -> super.overwrite(file, content));
        }

        @Override
        void rename(Path from, Path to) throws IOException {
            step(Step.RENAME, () -> {}, () -> super.rename(from, to));
        }

        @Override
        void force(Path directory) throws IOException {
            step(Step.FORCE_DIRECTORY, () -> {}, () -> super.force(directory));
        }
    }

    @TempDir
    Path directory;

    private final StoppingDisk disk = new StoppingDisk();

    private ElectionBackend open(Disk on) {
        return FileBackend.open(directory, on, () -> FileSystems.getDefault().newWatchService());
    }

    static List<Stop> stops() {
        List<Stop> stops = new ArrayList<>();
        for (Step step : Step.values()) {
            for (When when : When.values()) {
                stops.add(new Stop(step, when, true));
                stops.add(new Stop(step, when, false));
            }
        }
        return stops;
    }

    @Test
    @Tag("S5")
    @DisplayName("the steps come in the order that makes a write safe")
    void order() throws Exception {
        try (ElectionBackend backend = open(disk)) {
            Snapshot created = applied(backend.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
            assertThat(disk.seen).containsExactly(Step.values());
            disk.seen.clear();
            applied(backend.compareAndSet(ELECTION, created.version(), held("a", 1), TIMEOUT));
            assertThat(disk.seen).containsExactly(Step.WRITE_TEMPORARY, Step.RENAME, Step.FORCE_DIRECTORY);
        }
    }

    @ParameterizedTest
    @MethodSource("stops")
    @Tag("S2")
    @DisplayName("a creation leaves nothing or all of it, says so, and gives out no revision twice")
    void creation(Stop stop) throws Exception {
        LockRecord next = free();
        disk.stop = stop;
        boolean mayBeThere = attempt(stop, Version.ABSENT, next);

        try (ElectionBackend survivor = open(Disk.REAL)) {
            Snapshot left = survivor.read(ELECTION, TIMEOUT);
            assertThat(left.isAbsent()).isEqualTo(!isRenamed(stop));
            assertThat(left.isAbsent() || mayBeThere).isTrue();
            goOn(survivor, left);
        }
    }

    @ParameterizedTest
    @MethodSource("stops")
    @Tag("S2")
    @DisplayName("a swap leaves the old record or the new one, says so, and gives out no revision twice")
    void swap(Stop stop) throws Exception {
        Snapshot before;
        try (ElectionBackend writer = open(Disk.REAL)) {
            before = applied(writer.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
            // Up to where the next swap raises the floor.
            for (int i = 1; i < 100; i++) {
                before = applied(writer.compareAndSet(ELECTION, before.version(), held("a", i), TIMEOUT));
            }
        }
        LockRecord next = held("b", 100);
        disk.stop = stop;
        boolean mayBeThere = attempt(stop, before.version(), next);

        try (ElectionBackend survivor = open(Disk.REAL)) {
            Snapshot left = survivor.read(ELECTION, TIMEOUT);
            assertThat(left.record()).isEqualTo(isRenamed(stop) ? next : before.record());
            assertThat(left.equals(before) || mayBeThere).isTrue();
            goOn(survivor, left);
        }
    }

    /** Returns whether the caller was left to think that the record may be there. */
    private boolean attempt(Stop stop, Version expected, LockRecord next) throws Exception {
        try (ElectionBackend backend = open(disk)) {
            CasOutcome outcome = backend.compareAndSet(ELECTION, expected, next, TIMEOUT);
            assertThat(stop.killed()).isFalse();
            assertThat(outcome).isInstanceOf(CasOutcome.Unknown.class);
            assertThat(stop.step()).isIn(Step.RENAME, Step.FORCE_DIRECTORY);
            return true;
        } catch (Killed e) {
            return true;
        } catch (BackendException e) {
            assertThat(stop.killed()).isFalse();
            assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
            assertThat(e).hasMessageContaining(ELECTION).hasMessageContaining("no space left");
            assertThat(stop.step()).isIn(Step.RAISE_FLOOR, Step.WRITE_TEMPORARY);
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
            }
            return false;
        }
    }

    private static boolean isRenamed(Stop stop) {
        return stop.step() == Step.FORCE_DIRECTORY || (stop.step() == Step.RENAME && stop.when() == When.AFTER);
    }

    /** The next ones can write, and their revisions are above all that were seen, after a deletion by hand too. */
    private void goOn(ElectionBackend survivor, Snapshot left) throws Exception {
        Snapshot current = left;
        LockRecord next = left.isAbsent() ? free() : held("c", recordOf(left).fencingToken() + 1);
        current = applied(survivor.compareAndSet(ELECTION, current.version(), next, TIMEOUT));
        assertThat(current.version().revision()).isGreaterThan(left.version().revision());

        Files.delete(directory.resolve(ELECTION + ".json"));
        Snapshot anew = applied(survivor.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
        assertThat(anew.version().revision()).isGreaterThan(current.version().revision());
    }
}
