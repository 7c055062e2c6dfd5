package dev.election.zookeeper;

import dev.election.spi.BackendException;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * The node of one election: its path, and what its data mean.
 *
 * <p>The data are the record's JSON with one field more, {@code generation}, a UUID. The node has an empty child {@code
 * g-<generation>}, its marker, which is created and deleted together with it. A swap demands that child, so it fails
 * on a node that was deleted and created anew in the meantime, whatever its version.
 */
record RecordNode(String path) {

    private static final String GENERATION = "generation";

    private static final Pattern QUOTED_UUID =
            Pattern.compile("\"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\"");

    private static final String MARKER_PREFIX = "g-";

    /** The path of the marker of a generation of this node. */
    String marker(String generation) {
        return path + "/" + MARKER_PREFIX + generation;
    }

    /** Whether a child of such a node is a marker of ours. */
    static boolean isMarker(String child) {
        return child.startsWith(MARKER_PREFIX);
    }

    /** A generation that never was. */
    static String newGeneration() {
        return UUID.randomUUID().toString();
    }

    /** The data of a node to be created. */
    static LockRecordJson created(LockRecord record, String generation) {
        return new LockRecordJson(record, Map.of(GENERATION, "\"" + generation + "\""));
    }

    /**
     * The data to write.
     *
     * @throws BackendException of kind {@code REFUSED} when what others put into the record makes it too large to be
     *     read again
     */
    byte[] encode(LockRecordJson json) throws BackendException {
        byte[] data = json.toJson().getBytes(StandardCharsets.UTF_8);
        if (data.length > LockRecordJson.MAX_LENGTH) {
            throw BackendException.refused(
                    this + " would have " + data.length + " bytes, and a record has at most "
                            + LockRecordJson.MAX_LENGTH + "; someone filled it with fields of their own: zkCli.sh get "
                            + path,
                    null);
        }
        return data;
    }

    /** What this node holds by a write of ours. */
    static Snapshot written(LockRecordJson json, String generation, Stat stat) {
        return new Snapshot(json.record(), new ZooKeeperVersion(generation, stat.getVersion(), stat.getMzxid(), json));
    }

    /**
     * Reads what the node holds.
     *
     * @throws BackendException of kind {@code UNREADABLE} when it is no record of ours (S12); the message names the
     *     node, what is wrong with it, and the cure
     */
    Snapshot decode(byte @Nullable [] data, Stat stat) throws BackendException {
        if (data == null || data.length == 0) {
            throw unreadable("it is empty, as if made by hand", null);
        }
        if (data.length > LockRecordJson.MAX_LENGTH) {
            throw unreadable(
                    "it has " + data.length + " bytes, and a record at most " + LockRecordJson.MAX_LENGTH, null);
        }
        LockRecordJson json;
        try {
            json = LockRecordJson.parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString());
        } catch (CharacterCodingException e) {
            throw unreadable("it is not UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw unreadable(e.getMessage(), e);
        }
        String raw = json.unknownFields().getOrDefault(GENERATION, "");
        Matcher generation = QUOTED_UUID.matcher(raw);
        if (!generation.matches()) {
            throw unreadable(
                    raw.isEmpty()
                            ? "it has no generation, so it was made by hand or by another program"
                            : "its generation is " + abridged(raw) + " and no UUID",
                    null);
        }
        return new Snapshot(
                json.record(), new ZooKeeperVersion(generation.group(1), stat.getVersion(), stat.getMzxid(), json));
    }

    private static String abridged(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    /** What is stored here is not a record of ours, or was taken apart. */
    BackendException unreadable(@Nullable String what, @Nullable Throwable cause) {
        return BackendException.unreadable(
                this + " cannot be read, so it counts as held by someone unknown: " + what
                        + ". Once no candidate leads, remove it: zkCli.sh deleteall " + path,
                cause);
    }

    @Override
    public String toString() {
        return "node " + path;
    }
}
