package dev.election.local;

import dev.election.spi.Finding;
import dev.election.spi.Finding.Topic;
import java.io.IOException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Looks for what keeps an election from being held in one directory. Creates nothing, and opens nothing to write. */
final class Checkup {

    /** As Linux, macOS and Windows name the file systems of other machines. */
    private static final Set<String> NETWORK = Set.of(
            "9p",
            "afpfs",
            "afs",
            "beegfs",
            "ceph",
            "cifs",
            "davfs",
            "glusterfs",
            "gpfs",
            "lustre",
            "ncpfs",
            "nfs",
            "nfs3",
            "nfs4",
            "smb",
            "smb2",
            "smb3",
            "smbfs",
            "webdav");

    private static final Set<String> LOCAL = Set.of(
            "apfs",
            "bcachefs",
            "btrfs",
            "exfat",
            "ext2",
            "ext3",
            "ext4",
            "f2fs",
            "hfs",
            "jfs",
            "ntfs",
            "ntfs3",
            "overlay",
            "refs",
            "reiserfs",
            "ufs",
            "xfs",
            "zfs");

    private static final Set<String> IN_MEMORY = Set.of("ramfs", "tmpfs");

    private final Path directory;
    private final Path record;
    private final List<Path> written;
    private final Disk disk;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * For one election.
     *
     * @param record the file of the record, which may not be there
     * @param written the files that are written in place, which may not be there either
     */
    Checkup(Path directory, Path record, List<Path> written, Disk disk) {
        this.directory = directory;
        this.record = record;
        this.written = written;
        this.disk = disk;
    }

    List<Finding> findings() {
        Path existing = directory;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        findings.add(access(existing));
        findings.add(watch());
        fileSystem(existing);
        findings.add(Finding.ok(Topic.CLOCK, "all candidates are on this machine and have its clock"));
        return findings;
    }

    private Finding access(Path existing) {
        if (!Files.isDirectory(existing)) {
            return Finding.problem(
                    Topic.ACCESS,
                    existing + " is no directory",
                    // Not a device, or whatever else the system may need.
                    Files.isRegularFile(existing)
                            ? "# Name another directory, or move it out of the way:\nmv " + quote(existing) + " "
                                    + quote(existing + ".old")
                            : "Name another directory.");
        }
        if (!existing.equals(directory)) {
            if (!disk.permits(existing, AccessMode.EXECUTE)) {
                return mayNot("look into " + existing, existing); // the directory may be there
            }
            return disk.permits(existing, AccessMode.WRITE)
                    ? Finding.ok(Topic.ACCESS, "we may create " + directory + ", and shall let only this user in")
                    : mayNot("create " + directory + " in " + existing, existing);
        }
        if (!disk.permits(directory, AccessMode.READ, AccessMode.WRITE, AccessMode.EXECUTE)) {
            return mayNot("read and write " + directory, directory);
        }
        if (Files.exists(record) && !disk.permits(record, AccessMode.READ)) {
            return mayNot("read " + record, record);
        }
        for (Path file : written) {
            if (Files.isDirectory(file)) {
                return Finding.problem(
                        Topic.ACCESS, file + " is a directory, where a file has to be", "rmdir " + quote(file));
            }
            if (Files.exists(file) && !disk.permits(file, AccessMode.READ, AccessMode.WRITE)) {
                return mayNot("read and write " + file, file);
            }
        }
        return Finding.ok(Topic.ACCESS, "we may read and write " + directory);
    }

    private Finding mayNot(String what, Path path) {
        if (disk.isReadOnly(path)) {
            return Finding.problem(
                    Topic.ACCESS,
                    "we may not " + what + ": its file system is mounted read-only",
                    "# Name another directory, or mount it for writing:\nsudo mount -o remount,rw \"$(findmnt -n -o"
                            + " TARGET --target " + quote(path) + ")\"");
        }
        String user = System.getProperty("user.name", "?");
        String owner = owner(path);
        String text = "we may not " + what + " as user " + user;
        if (owner.equals(user)) {
            return Finding.problem(Topic.ACCESS, text, "chmod u+rwX " + quote(path));
        }
        return Finding.problem(
                Topic.ACCESS,
                text + "; it belongs to " + owner,
                Files.isDirectory(directory) || !disk.permits(path, AccessMode.EXECUTE)
                        ? "All candidates of a directory run as one user: run this one as " + owner
                                + ", or give all of them another directory."
                        : "sudo install -d -m 700 -o " + quote(user) + " " + quote(directory));
    }

    private static String owner(Path path) {
        try {
            return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
        } catch (IOException | UnsupportedOperationException e) {
            return "somebody else";
        }
    }

    /** Opening one would create the directory. */
    private static Finding watch() {
        return Finding.ok(Topic.WATCH, "changes are told at once where the system does so, else within about a second");
    }

    private void fileSystem(Path existing) {
        String type = disk.fileSystemType(existing).toLowerCase(Locale.ROOT);
        String plain = type.startsWith("fuse.") ? type.substring("fuse.".length()) : type;
        if (NETWORK.contains(plain) || plain.equals("sshfs")) {
            findings.add(Finding.problem(
                    Topic.STORE,
                    existing + " is on a network file system (" + type
                            + "), which locks, renames and tells of changes in other ways: two candidates could lead",
                    "Use a directory on a local disk; for candidates on several machines use another backend."));
        } else if (IN_MEMORY.contains(plain)) {
            findings.add(Finding.warning(
                    Topic.STORE,
                    existing + " is in memory (" + type
                            + "): after the machine was started anew, fencing tokens begin again from 1",
                    "If a resource remembers fencing tokens, use a directory on a disk."));
        } else if (LOCAL.contains(plain)) {
            findings.add(Finding.ok(Topic.STORE, existing + " is on a local file system (" + type + ")"));
        } else {
            findings.add(Finding.unknown(
                    Topic.STORE,
                    existing + " is on a file system of type " + type
                            + "; make sure that it is a local one, which is all that is supported"));
        }
        if (disk.isFull(existing)) {
            findings.add(Finding.problem(
                    Topic.STORE, "the file system of " + existing + " is full", "df " + quote(existing)));
        }
    }

    private static String quote(Object word) {
        String text = Objects.toString(word);
        return text.matches("[A-Za-z0-9_./:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
