package dev.election.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what with the nodes that an election creates. Nodes that are there keep what they have.
 *
 * <p>Every candidate needs to read and write its election's node and its child, and to create nodes below the parent.
 */
public final class ZooKeeperAcl {

    private static final ZooKeeperAcl OPEN = new ZooKeeperAcl("open", Ids.OPEN_ACL_UNSAFE, false);
    private static final ZooKeeperAcl CREATOR = new ZooKeeperAcl("creator", Ids.CREATOR_ALL_ACL, false);
    private static final ZooKeeperAcl AUTOMATIC = new ZooKeeperAcl("automatic", Ids.CREATOR_ALL_ACL, true);

    private final String text;
    private final List<ACL> entries;
    private final boolean openWithoutIdentity;

    private ZooKeeperAcl(String text, List<ACL> entries, boolean openWithoutIdentity) {
        this.text = text;
        this.entries = List.copyOf(entries);
        this.openWithoutIdentity = openWithoutIdentity;
    }

    /** Anybody may do anything. */
    public static ZooKeeperAcl open() {
        return OPEN;
    }

    /** Whoever proves to be who created the node may do anything, and nobody else. */
    public static ZooKeeperAcl creator() {
        return CREATOR;
    }

    /** {@link #creator()} for a client that the server knows by name, and else {@link #open()}. */
    public static ZooKeeperAcl automatic() {
        return AUTOMATIC;
    }

    /**
     * These entries.
     *
     * @throws IllegalArgumentException when there are none
     */
    public static ZooKeeperAcl of(List<ACL> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("an ACL without entries lets nobody in");
        }
        return new ZooKeeperAcl(entries.toString(), entries, false);
    }

    /** {@code open}, {@code creator}, or identities that may do anything, as {@code scheme:id;scheme:id}. */
    static ZooKeeperAcl parse(String text) {
        switch (text) {
            case "open":
                return OPEN;
            case "creator":
                return CREATOR;
            default:
                List<ACL> entries = new ArrayList<>();
                for (String part : text.split(";", -1)) {
                    int colon = part.indexOf(':');
                    if (colon <= 0 || colon == part.length() - 1) {
                        throw new IllegalArgumentException("option acl is \"open\", \"creator\", or who may do"
                                + " anything as scheme:id;scheme:id, such as sasl:alice;sasl:bob; and not \"" + text
                                + "\"");
                    }
                    entries.add(new ACL(Perms.ALL, new Id(part.substring(0, colon), part.substring(colon + 1))));
                }
                return of(entries);
        }
    }

    List<ACL> entries() {
        return entries;
    }

    /** Whether nodes are to be open when the server says that it does not know who we are. */
    boolean openWithoutIdentity() {
        return openWithoutIdentity;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ZooKeeperAcl that
                && entries.equals(that.entries)
                && openWithoutIdentity == that.openWithoutIdentity;
    }

    @Override
    public int hashCode() {
        return Objects.hash(entries, openWithoutIdentity);
    }

    @Override
    public String toString() {
        return text;
    }
}
