package dev.election.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a store held at one moment: a record and its version, or nothing.
 *
 * @param record the record, or null when there is none
 * @param version the version of that very state; {@link Version#ABSENT} if and only if there is no record
 */
public record Snapshot(@Nullable LockRecord record, Version version) {

    /** There is no record. */
    public static final Snapshot ABSENT = new Snapshot(null, Version.ABSENT);

    public Snapshot {
        Objects.requireNonNull(version, "version");
        if ((record == null) != version.equals(Version.ABSENT)) {
            throw new IllegalArgumentException("a record has a version, and only absence has none: " + version);
        }
        if (record != null && version.revision() <= 0) {
            throw new IllegalArgumentException("the revision of a record must be positive: " + version);
        }
    }

    /** Whether there is no record. */
    public boolean isAbsent() {
        return record == null;
    }
}
