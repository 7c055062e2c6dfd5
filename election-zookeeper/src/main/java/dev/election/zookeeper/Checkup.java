package dev.election.zookeeper;

import dev.election.spi.BackendException;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/**
 * Looks for what keeps an election from being held on one node. What we may do, ZooKeeper tells when it prepares a
 * transaction, one operation after the other; and the last one can never hold, so none is ever applied.
 */
final class Checkup {

    private static final byte[] NO_DATA = {};

    /** Versions of data count from 0, and -1 fits any. */
    private static final int NO_VERSION = -2;

    private final Ensemble ensemble;
    private final Nodes nodes;
    private final String parent;
    private final RecordNode node;
    private final Deadline deadline;
    private final List<Finding> findings = new ArrayList<>();

    Checkup(Ensemble ensemble, Nodes nodes, String parent, RecordNode node, Deadline deadline) {
        this.ensemble = ensemble;
        this.nodes = nodes;
        this.parent = parent;
        this.node = node;
        this.deadline = deadline;
    }

    List<Finding> findings() throws BackendException, InterruptedException {
        List<String> children;
        try {
            children = ensemble.children(node.path(), "cannot examine " + node + ": ", deadline);
        } catch (BackendException e) {
            if (e.kind() != BackendException.Kind.DENIED) {
                throw e;
            }
            findings.add(mayNot("read", node.path(), "rw", true));
            findings.add(Finding.unknown(Topic.WATCH, "whoever may not read is told of no changes either"));
            return findings;
        }
        if (children == null) {
            creating(parent);
        } else {
            writing(children.stream().filter(RecordNode::isMarker).toList());
        }
        findings.add(Finding.unknown(
                Topic.CLOCK,
                "ZooKeeper does not tell its time; an election does not need it, for each candidate counts by its own"
                        + " clock"));
        return findings;
    }

    private void writing(List<String> markers) throws BackendException, InterruptedException {
        List<String> checked =
                markers.stream().map(marker -> node.path() + "/" + marker).toList();
        Outcome outcome = ensemble.transact(
                chroot -> {
                    List<Op> operations = new ArrayList<>();
                    checked.forEach(marker -> operations.add(Op.check(chroot + marker, -1)));
                    operations.add(Op.setData(chroot + node.path(), NO_DATA, NO_VERSION));
                    operations.add(nodes.never(chroot, node.path()));
                    return operations;
                },
                "cannot examine " + node + ": ",
                deadline);
        Code code = outcome instanceof Outcome.Refused refused ? refused.code() : Code.OK;
        switch (code) {
            case BADVERSION -> findings.add(Finding.ok(Topic.ACCESS, "we may read and write " + node));
            case NOAUTH -> findings.add(mayNot("write", node.path(), "rw", true));
            case NONODE -> // its marker or the node itself went away under our eyes
                findings.add(Finding.unknown(Topic.ACCESS, node + " is being deleted or created just now"));
            default -> findings.add(Finding.unknown(Topic.ACCESS, "whether we may write " + node + ": " + outcome));
        }
    }

    /** Whether we may create below a node that may not exist itself. */
    private void creating(String above) throws BackendException, InterruptedException {
        Outcome outcome = nodes.tryCreate(above, deadline);
        if (!(outcome instanceof Outcome.Refused refused)) {
            findings.add(Finding.unknown(Topic.ACCESS, "whether we may create " + node + ": " + outcome));
            return;
        }
        String shown = above.isEmpty() ? "/" : above;
        switch (refused.code()) {
            case NONODE -> {
                if (refused.operation() > 0) {
                    findings.add(Finding.ok(Topic.ACCESS, "we may create nodes below " + shown));
                } else if (above.isEmpty()) {
                    findings.add(Finding.problem(
                            Topic.ACCESS,
                            "the chroot of the client does not exist",
                            "Create it as a client without chroot: zkCli.sh create CHROOT"));
                } else {
                    creating(above.substring(0, above.lastIndexOf('/')));
                }
            }
            case NOAUTH -> findings.add(mayNot("create nodes below", shown, "cr", false));
            default ->
                findings.add(Finding.problem(
                        Topic.ACCESS,
                        String.valueOf(Failures.refusal(
                                        "cannot create " + node + ": ",
                                        refused.code().intValue(),
                                        "CREATE on " + shown)
                                .getMessage()),
                        ""));
        }
    }

    private Finding mayNot(String what, String path, String permissions, boolean withChildren)
            throws BackendException, InterruptedException {
        Grant grant = Grant.of(ensemble, path, permissions, withChildren, deadline);
        return Finding.problem(Topic.ACCESS, "we may not " + what + " " + path + grant.who(), grant.commands());
    }
}
