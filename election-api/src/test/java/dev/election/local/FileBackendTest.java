package dev.election.local;

import static dev.election.local.Records.TIMEOUT;
import static dev.election.local.Records.applied;
import static dev.election.local.Records.free;
import static dev.election.local.Records.held;
import static dev.election.local.Records.recordOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.election.spi.BackendException;
import dev.election.spi.BackendUri;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The file backend")
class FileBackendTest extends BackendContract {

    @TempDir
    Path temporary;

    private Path directory() {
        return temporary.resolve("not/yet/there");
    }

    private Path recordFile() {
        return directory().resolve(ELECTION + ".json");
    }

    private Path lockFile() {
        return directory().resolve(ELECTION + ".lock");
    }

    @Override
    ElectionBackend newView() {
        return FileBackend.open(directory());
    }

    private String text() throws IOException {
        return Files.readString(recordFile());
    }

    private void write(String text) throws IOException {
        Files.createDirectories(directory());
        Files.writeString(recordFile(), text);
    }

    @Test
    @DisplayName("offers all that there is")
    void capabilities() {
        assertThat(backend.capabilities()).containsExactlyInAnyOrder(ElectionBackend.Capability.values());
    }

    @Nested
    @DisplayName("in its directory")
    class InItsDirectory {

        @Test
        @DisplayName("touches nothing before it writes, and then lets only the owner in")
        void lazyAndPrivate() throws Exception {
            assertThat(read()).isEqualTo(Snapshot.ABSENT);
            assertThat(backend.delete(ELECTION, TIMEOUT)).isFalse();
            assertThat(temporary).isEmptyDirectory();
            create();
            for (Path made : List.of(directory(), directory().getParent())) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                        .isEqualTo("rwx------");
            }
        }

        @Test
        @DisplayName("keeps a record as one line of JSON that people and client-go can read, and nothing half done")
        void humanReadable() throws Exception {
            LockRecord record = held("a_1", 5);
            Snapshot written = applied(swap(create().version(), record));
            assertThat(text())
                    .startsWith("{\"holderIdentity\":\"a_1\",\"leaseDurationSeconds\":16,")
                    .contains("\"revision\":" + written.version().revision())
                    .endsWith("}\n");
            assertThat(LockRecordJson.parse(text()).record()).isEqualTo(record);
            try (Stream<Path> files = Files.list(directory())) {
                assertThat(files).containsExactlyInAnyOrder(recordFile(), lockFile());
            }
        }

        @Test
        @DisplayName("keeps apart elections whose names look like its own files")
        void suffixes() throws Exception {
            List<String> names = List.of("a", "a.json", "a.lock", "a.tmp", "a.json.tmp", "a.tmp.json", "x".repeat(200));
            for (String name : names) {
                LockRecord record = free();
                applied(backend.compareAndSet(name, Version.ABSENT, record, TIMEOUT));
            }
            for (String name : names) {
                Snapshot seen = backend.read(name, TIMEOUT);
                applied(backend.compareAndSet(name, seen.version(), held(name, 1), TIMEOUT));
            }
            for (String name : names) {
                assertThat(recordOf(backend.read(name, TIMEOUT)).holder()).isEqualTo(name);
            }
        }

        @Test
        @DisplayName("is the same directory by another path, and the lock is the same lock")
        void symbolicLink() throws Exception {
            create();
            Path link = Files.createSymbolicLink(temporary.resolve("link"), directory());
            try (ElectionBackend other = FileBackend.open(link)) {
                Snapshot seen = other.read(ELECTION, TIMEOUT);
                assertThat(seen).isEqualTo(read());
                try (LockFile.Held held = LockFile.hold(lockFile(), TIMEOUT, Disk.REAL)) {
                    assertThat(held.floor()).isPositive();
                    assertNoTurn(other, seen.version());
                }
                applied(other.compareAndSet(ELECTION, seen.version(), held("a", 1), TIMEOUT));
            }
        }

        @Test
        @DisplayName("does not take a lock file for the lock once somebody put another one in its place")
        void replacedLockFile() throws Exception {
            Snapshot current = create();
            InBackground<CasOutcome> waiting;
            LockFile.Held replacement;
            try (LockFile.Held old = LockFile.hold(lockFile(), TIMEOUT, Disk.REAL)) {
                waiting = InBackground.run(() -> backend.compareAndSet(
                                ELECTION, current.version(), held("waiting", 1), Duration.ofSeconds(1)))
                        .awaitWaiting();
                byte[] content = Files.readAllBytes(lockFile());
                Files.delete(lockFile());
                Files.write(lockFile(), content);
                replacement = LockFile.hold(lockFile(), TIMEOUT, Disk.REAL);
                assertThat(old.floor()).isPositive();
            }
            try (replacement) {
                assertThatThrownBy(waiting::get).hasCauseInstanceOf(BackendException.class);
            }
            assertThat(read()).isEqualTo(current);
            applied(swap(current.version(), held("a", 1)));
        }

        @Test
        @DisplayName("starts anew when the whole directory was deleted")
        void deletedDirectory() throws Exception {
            create();
            deleteDirectory();
            assertThat(read()).isEqualTo(Snapshot.ABSENT);
            create();
        }

        @Test
        @DisplayName("keeps no file open between calls")
        void noOpenFiles() throws Exception {
            Path open = Path.of("/proc/self/fd");
            assumeTrue(Files.isDirectory(open), "only Linux shows open files");
            create();
            try (Stream<Path> files = Files.list(open)) {
                assertThat(files.map(Path::toFile).map(file -> {
                            try {
                                return file.getCanonicalPath();
                            } catch (IOException e) {
                                return "gone";
                            }
                        }))
                        .noneMatch(path -> path.startsWith(directory().toString()));
            }
        }
    }

    private void deleteDirectory() throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory())) {
            paths = new ArrayList<>(walk.toList());
        }
        for (int i = paths.size() - 1; i >= 0; i--) {
            Files.delete(paths.get(i));
        }
    }

    private static void assertNoTurn(ElectionBackend view, Version version) {
        BackendException e = catchThrowableOfType(
                BackendException.class,
                () -> view.compareAndSet(ELECTION, version, held("late", 1), Duration.ofMillis(20)));
        assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
        assertThat(e)
                .hasMessageContaining("compare-and-set of election \"orders\"")
                .hasMessageContaining("PT0.02S");
    }

    @Nested
    @Tag("S2")
    @DisplayName("S2, S6 waits for its turn within the timeout only")
    class Turns {

        @Test
        @DisplayName("and has written nothing when it got none")
        void timeout() throws Exception {
            Snapshot current = create();
            CountDownLatch taken = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            InBackground<Long> holder = InBackground.run(() -> {
                try (LockFile.Held held = LockFile.hold(lockFile(), TIMEOUT, Disk.REAL)) {
                    taken.countDown();
                    release.await();
                    return held.floor();
                }
            });
            taken.await();
            assertNoTurn(backend, current.version());
            assertThat(read()).as("a read takes no turn").isEqualTo(current);
            release.countDown();
            assertThat(holder.get()).isPositive();
            assertThat(read()).isEqualTo(current);
            applied(swap(current.version(), held("a", 1)));
        }

        @Test
        @DisplayName("and an interrupt ends the wait, with nothing written")
        void interrupted() throws Exception {
            Snapshot current = create();
            try (LockFile.Held held = LockFile.hold(lockFile(), TIMEOUT, Disk.REAL)) {
                assertThat(held.floor()).isPositive();
                InBackground<CasOutcome> waiting = InBackground.run(() -> swap(current.version(), held("late", 1)))
                        .awaitWaiting();
                waiting.interrupt();
                assertThatThrownBy(waiting::get).hasCauseInstanceOf(InterruptedException.class);
            }
            assertThat(read()).isEqualTo(current);
        }

        @Test
        @DisplayName("and a thread that is interrupted already reads undisturbed, and stays interrupted")
        void interruptedReader() throws Exception {
            Snapshot current = create();
            Thread.currentThread().interrupt();
            Snapshot seen = read();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(seen).isEqualTo(current);
        }
    }

    @Nested
    @Tag("S4")
    @DisplayName("S4, S5, S8 with hands in the files")
    class ByHand {

        @Test
        @DisplayName("keeps fields that it does not know, as they are written")
        void unknownFields() throws Exception {
            create();
            String labels = "\"team\":{\"cost\": 1.10, \"on\":[1,null]},\"note\":\"\\u00e9\\/\"";
            write("{" + labels + "," + text().substring(1));
            applied(swap(read().version(), held("a", 1)));
            assertThat(text())
                    .contains("\"team\":{\"cost\": 1.10, \"on\":[1,null]}")
                    .contains("\"note\":\"\\u00e9\\/\"");
        }

        @Test
        @DisplayName("an edit is another version, although the revision stayed")
        void edited() throws Exception {
            Snapshot before = applied(swap(create().version(), held("a", 1)));
            write(text().replace("\"a\"", "\"b\""));
            Snapshot after = read();
            assertThat(after.version().revision()).isEqualTo(before.version().revision());
            assertThat(swap(before.version(), held("a", 2))).isEqualTo(new CasOutcome.Conflict(after));
            applied(swap(after.version(), held("c", 3)));
        }

        @Test
        @DisplayName("the revision grows on after the record file was deleted by hand")
        void deletedByHand() throws Exception {
            long last = 0;
            for (int round = 0; round < 2; round++) {
                Snapshot current = create();
                for (int i = 0; i < 110; i++) { // more than are reserved at a time
                    assertThat(current.version().revision()).isGreaterThan(last);
                    last = current.version().revision();
                    current = applied(swap(current.version(), held("a", i)));
                }
                last = current.version().revision();
                Files.delete(recordFile());
                assertThat(read()).isEqualTo(Snapshot.ABSENT);
            }
        }

        @Test
        @DisplayName("the revision grows on when a record was brought here without its lock file")
        void broughtHere() throws Exception {
            create();
            write(text().replace("\"revision\":1", "\"revision\":123456"));
            Files.delete(lockFile());
            backend.delete(ELECTION, TIMEOUT);
            assertThat(create().version().revision()).isGreaterThan(123_456);
        }
    }

    @Nested
    @Tag("S12")
    @DisplayName("S12 what is no record is an error, and is left as it is")
    class Unreadable {

        static Stream<String> malformed() {
            String record = "{\"holderIdentity\":\"a\",\"revision\":%s}";
            return Stream.of(
                    "",
                    "\u0000\u0000\u0000\u0000",
                    "garbage",
                    "null",
                    "[]",
                    "{",
                    String.format(record, "7") + "{}",
                    String.format(record, "7").substring(0, 30),
                    "{\"holderIdentity\":\"a\"}",
                    String.format(record, "0"),
                    String.format(record, "-1"),
                    String.format(record, "1.0"),
                    String.format(record, "\"7\""),
                    String.format(record, "null"),
                    String.format(record, "7,\"revision\":7"),
                    String.format(record, Long.toString(Long.MAX_VALUE)),
                    String.format(record, "99999999999999999999"),
                    String.format(record, "7,\"fencingToken\":-1"),
                    String.format(record, "7,\"pad\":\"" + "x".repeat(LockRecordJson.MAX_LENGTH) + "\""));
        }

        @ParameterizedTest
        @MethodSource("malformed")
        @DisplayName("malformed text")
        void malformedText(String text) throws Exception {
            write(text);
            assertUnreadable();
            assertThat(text()).isEqualTo(text);
            assertCure();
        }

        @Test
        @DisplayName("bytes that are no UTF-8")
        void notUtf8() throws Exception {
            byte[] bytes = "{\"holderIdentity\":\"\u00e9\",\"revision\":7}".getBytes(StandardCharsets.ISO_8859_1);
            write("");
            Files.write(recordFile(), bytes);
            assertUnreadable();
            assertThat(recordFile()).hasBinaryContent(bytes);
            assertCure();
        }

        @Test
        @DisplayName("a directory in its place")
        void directoryInItsPlace() throws Exception {
            Files.createDirectories(recordFile());
            assertUnreadable();
            assertThat(recordFile()).isDirectory();
            assertCure();
        }

        private void assertUnreadable() {
            for (Version expected : List.of(Version.ABSENT, new FileVersion(7, "text"))) {
                assertUnreadable(() -> swap(expected, free()));
            }
            assertUnreadable(FileBackendTest.this::read);
        }

        private void assertCure() throws Exception {
            assertThat(backend.delete(ELECTION, TIMEOUT)).isTrue();
            assertThat(read()).isEqualTo(Snapshot.ABSENT);
            create();
        }

        private void assertUnreadable(ThrowingCallable call) {
            BackendException e = catchThrowableOfType(BackendException.class, call);
            assertThat(e.kind()).isEqualTo(BackendException.Kind.UNREADABLE);
            assertThat(e).hasMessageContaining(recordFile().toString()).hasMessageContaining("Cure:");
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "0000000000000000100", "0000000000000000100\n0", "9999999999999999999\n", "abc"})
        @DisplayName("a lock file without a number")
        void malformedFloor(String content) throws Exception {
            Snapshot current = create();
            Files.writeString(lockFile(), content);
            BackendException e =
                    catchThrowableOfType(BackendException.class, () -> swap(current.version(), held("a", 1)));
            assertThat(e.kind()).isEqualTo(BackendException.Kind.UNREADABLE);
            assertThat(e).hasMessageContaining(lockFile().toString()).hasMessageContaining("Cure:");
            assertThat(read()).isEqualTo(current);
            assertThat(lockFile()).hasContent(content);
        }

        @Test
        @DisplayName("nor is a record written that could not be read again")
        void notStorable() throws Exception {
            Snapshot current = create();
            LockRecord good = held("a", 1);
            List<LockRecord> bad = List.of(
                    held("x".repeat(LockRecordJson.MAX_LENGTH), 1),
                    held("half a pair \ud800", 1),
                    new LockRecord(
                            "a", Duration.ofSeconds(1L << 33), good.acquired(), good.renewed(), 1, 1, good.attempt()));
            for (LockRecord record : bad) {
                BackendException e =
                        catchThrowableOfType(BackendException.class, () -> swap(current.version(), record));
                assertThat(e.kind()).isEqualTo(BackendException.Kind.REFUSED);
            }
            assertThat(read()).isEqualTo(current);
        }
    }

    @Nested
    @Tag("S9")
    @DisplayName("S9 watches files")
    class WatchingFiles {

        private final RecordingListener listener = new RecordingListener();

        @Test
        @DisplayName("says that the watch is lost when the directory was deleted, and can then watch again")
        void deletedDirectory() throws Exception {
            create();
            backend.watch(ELECTION, listener, TIMEOUT);
            deleteDirectory();
            assertThat(listener.awaitLoss()).hasMessageContaining(directory().toString());

            RecordingListener again = new RecordingListener();
            backend.watch(ELECTION, again, TIMEOUT);
            again.await(create());
        }

        @Test
        @DisplayName("says that the watch is lost when another directory took the place")
        void replacedDirectory() throws Exception {
            create();
            backend.watch(ELECTION, listener, TIMEOUT);
            Files.move(directory(), temporary.resolve("elsewhere"));
            Files.createDirectories(directory());
            listener.awaitLoss();
        }

        @Test
        @DisplayName("sees an edit in place, and a record that cannot be read, by the net below the notifications")
        void editedInPlace() throws Exception {
            create();
            backend.watch(ELECTION, listener, TIMEOUT);
            write(text().replace("\"holderIdentity\":\"\"", "\"holderIdentity\":\"b\""));
            listener.await(read());
            write("garbage");
            listener.awaitUnreadable();
            assertThat(backend.delete(ELECTION, TIMEOUT)).isTrue();
            listener.await(Snapshot.ABSENT);
        }

        @Test
        @DisplayName("goes on by polling when the system has no notifications to give")
        void withoutNotifications() throws Exception {
            DirectoryWatcher.WatchServices none = () -> {
                throw new IOException("User limit of inotify instances reached (said by a test)");
            };
            try (ElectionBackend view = FileBackend.open(directory(), Disk.REAL, none)) {
                view.watch(ELECTION, listener, TIMEOUT);
                Snapshot created = create();
                listener.await(created);
                listener.await(applied(swap(created.version(), held("a", 1))));
                deleteDirectory();
                listener.awaitLoss();
                RecordingListener again = new RecordingListener();
                view.watch(ELECTION, again, TIMEOUT);
                again.await(create());
            }
        }
    }

    @Nested
    @DisplayName("by URI")
    class Uris {

        private static ElectionBackend open(String uri) {
            return ServiceLoader.load(ElectionBackendProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(provider -> provider.scheme().equals("file"))
                    .findFirst()
                    .orElseThrow()
                    .open(BackendUri.parse(uri));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "file:/var/lib/my%20election",
                    "file:///var/lib/my%20election",
                    "FILE:/var/lib/x/../my%20election"
                })
        @DisplayName("an absolute path in either form")
        void accepted(String uri) {
            try (ElectionBackend view = open(uri)) {
                assertThat(view).hasToString("file:/var/lib/my election");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"file:", "file:relative", "file:./x", "file://host/x", "file:////x"})
        @DisplayName("anything else is refused with what was expected")
        void refused(String uri) {
            assertThatThrownBy(() -> open(uri))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(uri)
                    .hasMessageContaining("absolute");
        }

        @Test
        @DisplayName("options and relative paths are refused")
        void options() {
            assertThatThrownBy(() -> open("file:/x?fsync=no"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("fsync");
            assertThatThrownBy(() -> FileBackend.open(FileSystems.getDefault().getPath("x")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("absolute");
        }
    }
}
