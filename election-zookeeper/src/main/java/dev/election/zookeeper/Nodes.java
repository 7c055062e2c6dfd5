package dev.election.zookeeper;

import dev.election.spi.BackendException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.CreateOptions;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;

/**
 * Creates and deletes whole nodes, each together with its marker. Here alone something is sent a second time, and only
 * after the server said that the first was not applied.
 */
final class Nodes {

    /** How often a node may come and go under our feet before we leave it for another call. */
    private static final int ATTEMPTS = 3;

    /** Given explicitly, as Curator and others write the local address where there is none. */
    private static final byte[] NO_DATA = {};

    private final Ensemble ensemble;
    private final String parent;
    private final ZooKeeperAcl acl;

    Nodes(Ensemble ensemble, String parent, ZooKeeperAcl acl) {
        this.ensemble = ensemble;
        this.parent = parent;
        this.acl = acl;
    }

    /**
     * Creates a node and its marker, and the parent where that is missing.
     *
     * @return done, with the node's result first; refused, because the node exists; or unknown
     */
    Outcome create(RecordNode node, String generation, byte[] data, Deadline deadline)
            throws BackendException, InterruptedException {
        String what = "cannot create " + node + ": ";
        for (int attempt = 1; ; attempt++) {
            Outcome outcome = withAcl(
                    entries -> chroot -> List.of(
                            create(chroot + node.path(), data, entries),
                            create(chroot + node.marker(generation), NO_DATA, entries)),
                    what,
                    deadline);
            if (!(outcome instanceof Outcome.Refused refused) || refused.code() == Code.NODEEXISTS) {
                return outcome;
            }
            if (refused.code() != Code.NONODE || attempt == ATTEMPTS) {
                String needs = "CREATE on " + (refused.operation() == 1 ? node.path() : parent);
                throw Failures.refusal(what, refused.code().intValue(), needs);
            }
            createPath(parent, deadline);
        }
    }

    /**
     * Tries whether a node could be created below another one, together with what never holds, so that nothing is.
     *
     * @param above the other one; empty for the root
     * @return refused: its operation 1 if it could be
     */
    Outcome tryCreate(String above, Deadline deadline) throws BackendException, InterruptedException {
        String path = above + "/" + RecordNode.newGeneration();
        return withAcl(
                entries -> chroot -> List.of(create(chroot + path, NO_DATA, entries), never(chroot, above)),
                "cannot try to create below " + above + ": ",
                deadline);
    }

    /** An operation that cannot succeed: it takes a node of a name that nobody knows. */
    Op never(String chroot, String above) {
        return Op.check(chroot + above + "/" + RecordNode.newGeneration(), -1);
    }

    /** Creates a node without data and all that is missing above it; somebody else may do so at the same time. */
    private void createPath(String path, Deadline deadline) throws BackendException, InterruptedException {
        String what = "cannot create node " + path + ": ";
        String above = path.substring(0, path.lastIndexOf('/'));
        for (int attempt = 1; ; attempt++) {
            Outcome outcome =
                    withAcl(entries -> chroot -> List.of(create(chroot + path, NO_DATA, entries)), what, deadline);
            if (outcome instanceof Outcome.Unknown unknown) {
                throw BackendException.transientFailure(unknown.cause().getMessage(), unknown.cause());
            }
            if (!(outcome instanceof Outcome.Refused refused) || refused.code() == Code.NODEEXISTS) {
                return;
            }
            if (refused.code() != Code.NONODE || attempt == ATTEMPTS) {
                String needs = "CREATE on " + (above.isEmpty() ? "/" : above);
                throw Failures.refusal(what, refused.code().intValue(), needs);
            }
            if (above.isEmpty()) {
                throw BackendException.refused(
                        what + "the chroot of the client does not exist; create it: zkCli.sh create", null);
            }
            createPath(above, deadline);
        }
    }

    private Outcome withAcl(Function<List<ACL>, Function<String, List<Op>>> operations, String what, Deadline deadline)
            throws BackendException, InterruptedException {
        Outcome outcome = ensemble.transact(operations.apply(acl.entries()), what, deadline);
        return outcome instanceof Outcome.Refused refused
                        && refused.code() == Code.INVALIDACL
                        && acl.openWithoutIdentity()
                ? ensemble.transact(operations.apply(ZooKeeperAcl.open().entries()), what, deadline)
                : outcome;
    }

    /** The kind of creation that is answered by the new node's numbers. */
    private static Op create(String path, byte[] data, List<ACL> entries) {
        return Op.create(
                path,
                data,
                CreateOptions.newBuilder(entries, CreateMode.PERSISTENT).build());
    }

    /**
     * Deletes a node, whatever it holds, and its markers; a child that is not ours keeps it.
     *
     * @return whether there was one
     */
    boolean delete(RecordNode node, Deadline deadline) throws BackendException, InterruptedException {
        String what = "cannot delete " + node + ": ";
        for (int attempt = 1; ; attempt++) {
            List<String> children = ensemble.children(node.path(), what, deadline);
            if (children == null) {
                return false;
            }
            List<String> markers = children.stream()
                    .filter(RecordNode::isMarker)
                    .map(child -> node.path() + "/" + child)
                    .toList();
            Outcome outcome = ensemble.transact(
                    chroot -> Stream.concat(markers.stream(), Stream.of(node.path()))
                            .map(path -> Op.delete(chroot + path, -1))
                            .toList(),
                    what,
                    deadline);
            if (outcome instanceof Outcome.Done) {
                return true;
            }
            if (!(outcome instanceof Outcome.Refused refused)) {
                Outcome.Unknown unknown = (Outcome.Unknown) outcome;
                throw BackendException.transientFailure(unknown.cause().getMessage(), unknown.cause());
            }
            boolean changedMeanwhile = refused.code() == Code.NONODE
                    || (refused.code() == Code.NOTEMPTY && children.size() == markers.size());
            if (!changedMeanwhile || attempt == ATTEMPTS) {
                String needs = "DELETE on " + (refused.operation() < markers.size() ? node.path() : parent);
                throw Failures.refusal(what, refused.code().intValue(), needs);
            }
        }
    }
}
