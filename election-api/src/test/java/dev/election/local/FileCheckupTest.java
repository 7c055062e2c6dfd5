package dev.election.local;

import static dev.election.local.Records.TIMEOUT;
import static dev.election.local.Records.applied;
import static dev.election.local.Records.free;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.election.ElectionTiming;
import dev.election.Examination;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import dev.election.spi.Finding.Topic;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.io.IOException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An examination of a directory")
class FileCheckupTest {

    private static final String ELECTION = "mine";

    @TempDir
    Path temporary;

    /** A disk that permits what it is told to. */
    private static class Stubborn extends Disk {

        Map<Path, Set<AccessMode>> refused = Map.of();
        String type = "ext4";
        boolean readOnly;
        boolean full;

        @Override
        boolean permits(Path file, AccessMode... modes) {
            return super.permits(file, modes)
                    && Stream.of(modes).noneMatch(refused.getOrDefault(file, Set.of())::contains);
        }

        @Override
        String fileSystemType(Path file) {
            return type;
        }

        @Override
        boolean isReadOnly(Path file) {
            return readOnly;
        }

        @Override
        boolean isFull(Path file) {
            return full;
        }
    }

    private final Stubborn disk = new Stubborn();

    private Path directory() {
        return temporary.resolve("elections");
    }

    private FileBackend open() {
        return FileBackend.open(
                directory(), disk, () -> directory().getFileSystem().newWatchService());
    }

    private List<Finding> complaints() throws InterruptedException {
        try (FileBackend backend = open()) {
            return Examination.of(backend, ELECTION, ElectionTiming.DEFAULT, TIMEOUT).stream()
                    .filter(each -> each.severity() == Severity.PROBLEM || each.severity() == Severity.WARNING)
                    .toList();
        }
    }

    private Finding only() throws InterruptedException {
        List<Finding> complaints = complaints();
        assertThat(complaints).hasSize(1);
        return complaints.get(0);
    }

    private Map<Path, Object> everything() throws IOException {
        try (Stream<Path> files = Files.walk(temporary)) {
            return files.collect(Collectors.toMap(file -> file, file -> {
                try {
                    return Files.getLastModifiedTime(file);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
    }

    @Test
    @DisplayName("creates nothing and changes nothing, and has nothing to complain of")
    void changesNothing() throws Exception {
        assertThat(complaints()).isEmpty();
        assertThat(temporary).isEmptyDirectory();
        try (FileBackend backend = open()) {
            Snapshot written = applied(backend.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
            Map<Path, Object> before = everything();
            assertThat(complaints()).isEmpty();
            assertThat(everything()).isEqualTo(before);
            assertThat(backend.read(ELECTION, TIMEOUT)).isEqualTo(written);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ", "WRITE", "EXECUTE"})
    @DisplayName("misses each permission on the directory, and its command gives it")
    void directoryOfOurs(AccessMode missing) throws Exception {
        Files.createDirectory(directory());
        disk.refused = Map.of(directory(), Set.of(missing));
        Finding finding = only();
        assertThat(finding.severity()).isEqualTo(Severity.PROBLEM);
        assertThat(finding.text()).startsWith("we may not read and write " + directory());
        assertThat(finding.remedy()).isEqualTo("chmod u+rwX " + directory());
    }

    @Test
    @DisplayName("misses the permission to create the directory")
    void mayNotCreate() throws Exception {
        disk.refused = Map.of(temporary, Set.of(AccessMode.WRITE));
        assertThat(only().text()).startsWith("we may not create " + directory() + " in " + temporary);
    }

    @Test
    @DisplayName("does not advise to create a directory that may be there, unseen")
    void mayNotLookInto() throws Exception {
        disk.refused = Map.of(temporary, Set.of(AccessMode.EXECUTE));
        Finding finding = only();
        assertThat(finding.text()).startsWith("we may not look into " + temporary);
        assertThat(finding.remedy()).isEqualTo("chmod u+rwX " + temporary);
    }

    @ParameterizedTest
    @CsvSource({".json,READ", ".lock,WRITE", ".tmp,WRITE"})
    @DisplayName("misses permissions on single files")
    void files(String suffix, AccessMode missing) throws Exception {
        Files.createDirectory(directory());
        Path file = Files.writeString(directory().resolve(ELECTION + suffix), "");
        disk.refused = Map.of(file, Set.of(missing));
        try (FileBackend backend = open()) {
            assertThat(backend.examine(ELECTION, TIMEOUT))
                    .anySatisfy(finding -> assertThat(finding.remedy()).isEqualTo("chmod u+rwX " + file));
        }
    }

    @Test
    @DisplayName("says that a file system is mounted read-only, where that is why")
    void readOnly() throws Exception {
        disk.refused = Map.of(temporary, Set.of(AccessMode.WRITE));
        disk.readOnly = true;
        assertThat(only().text()).contains("mounted read-only");
    }

    @Test
    @DisplayName("finds a file where the directory should be")
    void fileInTheWay() throws Exception {
        Files.writeString(directory(), "");
        List<Finding> complaints = complaints();
        assertThat(complaints)
                .anySatisfy(finding -> assertThat(finding.text()).isEqualTo(directory() + " is no directory"));
    }

    @Test
    @DisplayName("does not advise to move a device away")
    void deviceInTheWay() throws Exception {
        Path device = Path.of("/dev/null");
        assumeThat(device).exists();
        List<Finding> findings = new Checkup(device, device.resolve("a.json"), List.of(), Disk.REAL).findings();
        assertThat(findings)
                .filteredOn(finding -> finding.text().equals(device + " is no directory"))
                .extracting(Finding::remedy)
                .containsExactly("Name another directory.");
    }

    @ParameterizedTest
    @CsvSource({".json,RECORD", ".lock,ACCESS"})
    @DisplayName("finds a directory where a file should be")
    void directoryInTheWay(String suffix, Topic topic) throws Exception {
        Files.createDirectories(directory().resolve(ELECTION + suffix));
        Finding finding = only();
        assertThat(finding.topic()).isEqualTo(topic);
        assertThat(finding.severity()).isEqualTo(Severity.PROBLEM);
        assertThat(finding.text()).contains("is a directory");
    }

    @ParameterizedTest
    @CsvSource({
        "nfs4,PROBLEM", "NFS,PROBLEM", "cifs,PROBLEM", "fuse.sshfs,PROBLEM", "9p,PROBLEM",
        "tmpfs,WARNING", "ext4,OK", "xfs,OK", "APFS,OK", "fuse.mystery,UNKNOWN"
    })
    @DisplayName("tells local file systems from those of other machines")
    void fileSystems(String type, Severity severity) {
        disk.type = type;
        try (FileBackend backend = open()) {
            assertThat(backend.examine(ELECTION, TIMEOUT))
                    .filteredOn(finding -> finding.topic() == Topic.STORE)
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.severity()).isEqualTo(severity));
        }
    }

    @Test
    @DisplayName("notices that there is no space left")
    void full() throws Exception {
        disk.full = true;
        assertThat(only().text()).contains("is full");
    }

    @Test
    @DisplayName("asks the real disk without harm")
    void realDisk() {
        try (FileBackend backend = FileBackend.open(directory())) {
            assertThat(backend.examine(ELECTION, TIMEOUT))
                    .extracting(Finding::topic)
                    .contains(Topic.ACCESS, Topic.STORE, Topic.CLOCK);
        }
    }
}
