package dev.election.zookeeper;

import dev.election.spi.LockRecordJson;
import dev.election.spi.Version;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One state of one node. ZooKeeper's own versions restart at 0 when a node is deleted and created anew, so the
 * generation tells a node from another of the same path (rule S4): each creation has its own, by which its marker is
 * called.
 *
 * <p>Carries the record as it was read, with the fields that we do not know (rule S8).
 */
final class ZooKeeperVersion implements Version {

    private final String generation;
    private final int nodeVersion;
    private final long revision;
    private final LockRecordJson json;

    /** @param revision the node's {@code mzxid} */
    ZooKeeperVersion(String generation, int nodeVersion, long revision, LockRecordJson json) {
        this.generation = generation;
        this.nodeVersion = nodeVersion;
        this.revision = revision;
        this.json = json;
    }

    /** The number of the transaction that wrote this state; it grows over everything in the ensemble (rule S5). */
    @Override
    public long revision() {
        return revision;
    }

    String generation() {
        return generation;
    }

    /** What {@code setData} is told to expect; never -1, which would fit any. */
    int nodeVersion() {
        return nodeVersion;
    }

    LockRecordJson json() {
        return json;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ZooKeeperVersion that
                && revision == that.revision
                && nodeVersion == that.nodeVersion
                && generation.equals(that.generation);
    }

    @Override
    public int hashCode() {
        return Objects.hash(revision, generation);
    }

    @Override
    public String toString() {
        return generation + "/" + nodeVersion + "@0x" + Long.toHexString(revision);
    }
}
