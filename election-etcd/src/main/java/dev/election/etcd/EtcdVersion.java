package dev.election.etcd;

import com.google.protobuf.ByteString;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Version;
import org.jspecify.annotations.Nullable;

/**
 * One state of one key: the revision at which it was written. etcd numbers all its writes with one counter, so no
 * revision comes again after deletion and re-creation (rule S4).
 *
 * <p>Carries the value as well, whose unknown fields the swap writes back (rule S8).
 */
final class EtcdVersion implements Version {

    private final long modRevision;
    private final LockRecordJson json;
    private final ByteString value;

    EtcdVersion(long modRevision, LockRecordJson json, ByteString value) {
        this.modRevision = modRevision;
        this.json = json;
        this.value = value;
    }

    @Override
    public long revision() {
        return modRevision;
    }

    LockRecordJson json() {
        return json;
    }

    ByteString value() {
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EtcdVersion that && modRevision == that.modRevision;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(modRevision);
    }

    @Override
    public String toString() {
        return "revision " + modRevision;
    }
}
