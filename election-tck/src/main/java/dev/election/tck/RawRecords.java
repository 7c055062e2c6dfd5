package dev.election.tck;

import java.util.List;
import java.util.Optional;

/**
 * What a backend's author can do to a stored record without the backend, as an operator or another program could.
 *
 * <p>Where a record is text in the form of {@link dev.election.spi.LockRecordJson}, {@link TextRecords} does it all.
 */
public interface RawRecords {

    /** What this store can hold that is no record, each in some words such as {@code garbage}; at least one. */
    List<String> unreadableKinds();

    /** Puts something that is no record in the place of an election's record, whether there is one or not. */
    void writeUnreadable(String election, String kind) throws Exception;

    /** Adds to a record that there is something that the backend does not know: a field, a label, a column. */
    void addUnknownField(String election, String name, String value) throws Exception;

    /** What {@link #addUnknownField} added, if it is still there. */
    Optional<String> unknownField(String election, String name) throws Exception;
}
