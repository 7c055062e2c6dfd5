package dev.election.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.LockRecord;
import dev.election.spi.Version;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One state of one object: its uid and its resource version. The uid tells an object from another of the same name, so
 * that no version fits again after deletion and re-creation (rule S4).
 *
 * <p>Carries the object as it was read, which the swap sends back changed, and so keeps what we do not know (rule S8).
 */
final class KubernetesVersion implements Version {

    private final String uid;
    private final long revision;
    private final LockRecord record;
    private final ObjectNode object;

    /** @param object never changed afterwards */
    KubernetesVersion(String uid, long revision, LockRecord record, ObjectNode object) {
        this.uid = uid;
        this.revision = revision;
        this.record = record;
        this.object = object;
    }

    /** The {@code resourceVersion}: a number that grows over all objects, by promise since Kubernetes 1.35. */
    @Override
    public long revision() {
        return revision;
    }

    LockRecord record() {
        return record;
    }

    String uid() {
        return uid;
    }

    /** The object as it was read, for the caller to change. */
    ObjectNode copyObject() {
        return object.deepCopy();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KubernetesVersion that && revision == that.revision && uid.equals(that.uid);
    }

    @Override
    public int hashCode() {
        return Objects.hash(uid, revision);
    }

    @Override
    public String toString() {
        return uid + "@" + revision;
    }
}
