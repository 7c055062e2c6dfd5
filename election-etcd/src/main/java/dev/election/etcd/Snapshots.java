package dev.election.etcd;

import com.google.protobuf.ByteString;
import dev.election.spi.BackendException;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import io.etcd.jetcd.api.KeyValue;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads what etcd holds as snapshots. */
final class Snapshots {

    private Snapshots() {}

    /**
     * Reads what etcd gave for one key: nothing, or what it holds.
     *
     * @throws BackendException of kind {@code UNREADABLE} when that is no record (S12), with the cure
     */
    static Snapshot of(ElectionKey key, List<KeyValue> found) throws BackendException {
        return found.isEmpty() ? Snapshot.ABSENT : of(key, found.get(0));
    }

    static Snapshot of(ElectionKey key, KeyValue found) throws BackendException {
        try {
            LockRecordJson json = LockRecordJson.parse(text(found.getValue()));
            return new Snapshot(json.record(), new EtcdVersion(found.getModRevision(), json, found.getValue()));
        } catch (IllegalArgumentException e) {
            throw BackendException.unreadable(
                    key + " cannot be read, so it counts as held by someone unknown: " + e.getMessage()
                            + ". Look at it by: etcdctl get " + key.quoted() + " and, once no candidate leads, delete"
                            + " it by: etcdctl del " + key.quoted(),
                    e);
        }
    }

    /**
     * The value to write.
     *
     * @throws BackendException of kind {@code REFUSED} when what others put into the record makes it too large
     */
    static ByteString value(ElectionKey key, LockRecordJson json) throws BackendException {
        ByteString value = ByteString.copyFromUtf8(json.toJson());
        if (value.size() > LockRecordJson.MAX_LENGTH) {
            throw BackendException.refused(
                    key + " would have " + value.size() + " bytes, and a lock record has at most "
                            + LockRecordJson.MAX_LENGTH + "; someone filled it with fields of their own: etcdctl get "
                            + key.quoted(),
                    null);
        }
        return value;
    }

    private static String text(ByteString value) {
        if (value.size() > LockRecordJson.MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "its value has " + value.size() + " bytes, and a lock record at most " + LockRecordJson.MAX_LENGTH);
        }
        try {
            // Strictly: a character that was replaced would be written back so.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(value.asReadOnlyByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its value is not UTF-8", e);
        }
    }
}
