package dev.election.zookeeper;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import dev.election.zookeeper.Ensemble.Stored;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each election's record in one persistent node of ZooKeeper, named like the election, below a parent that is
 * created when it is missing.
 *
 * <p>A swap is one transaction: the marker of the node's generation is there, and its data are at the version that was
 * read. It is sent once, in time or never. A read catches up with ZooKeeper's leader first, in the same round trip.
 *
 * <p>No node is ephemeral, and no session holds anything: a session that expires costs its watches, and no leadership.
 *
 * <p>The fencing tokens come from ZooKeeper's transaction numbers, so they start anew if its data are restored from a
 * backup.
 */
public final class ZooKeeperBackend implements ElectionBackend {

    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperBackend.class);

    private final Ensemble ensemble;
    private final String parent;
    private final Nodes nodes;
    private final ThreadPoolExecutor tellers;
    private final Set<NodeWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ZooKeeperBackend(Ensemble ensemble, String parent, ZooKeeperAcl acl) {
        this.ensemble = ensemble;
        this.parent = parent;
        this.nodes = new Nodes(ensemble, parent, acl);
        this.tellers = newTellers();
        LOG.info("elections are held below {} of ZooKeeper at {}", parent, ensemble);
    }

    /** Opens a backend with a session of its own, which its {@link #close} ends. Waits for no server. */
    public static ZooKeeperBackend connect(ZooKeeperOptions options) {
        CuratorFramework client = Clients.newClient(options);
        client.start();
        return new ZooKeeperBackend(new Ensemble(client, true), options.parent(), options.acl());
    }

    /** As {@link #of(CuratorFramework, String, ZooKeeperAcl)}, with {@link ZooKeeperAcl#automatic()}. */
    public static ZooKeeperBackend of(CuratorFramework client, String parent) {
        return of(client, parent, ZooKeeperAcl.automatic());
    }

    /**
     * Opens a backend on a client that stays its caller's, and open. Waits for no server.
     *
     * <p>Requests go over its session, but are never repeated, whatever its retry policy. Build it with {@link
     * #zookeeperFactory()}: ZooKeeper's client otherwise keeps a request that it was given in the very moment in which
     * it lost a connection, and sends it on the next one, perhaps after its timeout. Other requests are refused while
     * there is no connection.
     *
     * @param client a client that was started; its namespace and chroot come before {@code parent}
     * @param parent the path below which the elections are, such as {@code /election}
     * @param acl for nodes that are created
     */
    public static ZooKeeperBackend of(CuratorFramework client, String parent, ZooKeeperAcl acl) {
        if (client.getState() != CuratorFrameworkState.STARTED) {
            throw new IllegalArgumentException("the client must have been started, and is " + client.getState());
        }
        String namespace = client.getNamespace();
        String path = ZooKeeperOptions.requireParent(parent);
        return new ZooKeeperBackend(
                new Ensemble(client, false), namespace.isEmpty() ? path : "/" + namespace + path, acl);
    }

    /** What {@code CuratorFrameworkFactory.builder().zookeeperFactory(…)} wants, for a client that sends in time or never. */
    public static ZookeeperFactory zookeeperFactory() {
        return new TimelyZooKeeper.Factory();
    }

    /** One thread for the listeners of all watches, so that ZooKeeper's own has nothing to wait for. */
    private static ThreadPoolExecutor newTellers() {
        ThreadPoolExecutor tellers = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "election-zookeeper-watch");
                    thread.setDaemon(true);
                    return thread;
                },
                // What comes once this is closed is for nobody.
                new ThreadPoolExecutor.DiscardPolicy());
        tellers.allowCoreThreadTimeOut(true);
        return tellers;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.WATCH, Capability.DELETE, Capability.SEVERAL_PROCESSES);
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        return read(node(election), Deadline.in(timeout));
    }

    private Snapshot read(RecordNode node, Deadline deadline) throws BackendException, InterruptedException {
        Stored stored = ensemble.read(node.path(), "cannot read " + node + ": ", deadline);
        return stored == null ? Snapshot.ABSENT : node.decode(stored.data(), stored.stat());
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        requireOpen();
        RecordNode node = node(election);
        Deadline deadline = Deadline.in(timeout);
        if (expected.equals(Version.ABSENT)) {
            if (!next.isFree()) {
                throw new IllegalArgumentException("only a free record may be written where there is none (S4)");
            }
            return create(node, next, deadline);
        }
        if (!(expected instanceof ZooKeeperVersion version)) {
            throw new IllegalArgumentException("not a version of this backend: " + expected);
        }
        return swap(node, version, next, deadline);
    }

    private CasOutcome create(RecordNode node, LockRecord next, Deadline deadline)
            throws BackendException, InterruptedException {
        String generation = RecordNode.newGeneration();
        LockRecordJson json = RecordNode.created(next, generation);
        Outcome outcome = nodes.create(node, generation, node.encode(json), deadline);
        if (outcome instanceof Outcome.Done done) {
            Stat stat = ((OpResult.CreateResult) done.results().get(0)).getStat();
            return stat == null
                    ? created(node, generation, deadline)
                    : new CasOutcome.Applied(RecordNode.written(json, generation, stat));
        }
        return outcome instanceof Outcome.Unknown unknown
                ? new CasOutcome.Unknown(unknown.cause())
                : new CasOutcome.Conflict(current(node, deadline));
    }

    /**
     * Asks for the new node's numbers, which an old server does not give, nor a client with a chroot that is not ours: it
     * asks the server for less when it puts the chroot before the path.
     */
    private CasOutcome created(RecordNode node, String generation, Deadline deadline) {
        Snapshot current = current(node, deadline);
        return current != null
                        && current.version() instanceof ZooKeeperVersion version
                        && version.generation().equals(generation)
                        && version.nodeVersion() == 0
                ? new CasOutcome.Applied(current)
                : new CasOutcome.Unknown(new IOException(node + " was created, but has changed since"));
    }

    private CasOutcome swap(RecordNode node, ZooKeeperVersion expected, LockRecord next, Deadline deadline)
            throws BackendException, InterruptedException {
        String what = "cannot write " + node + ": ";
        String marker = node.marker(expected.generation());
        LockRecordJson json = expected.json().with(next);
        byte[] data = node.encode(json);
        Outcome outcome = ensemble.transact(
                chroot -> List.of(
                        // The name says it all: -1 takes the marker at any version of its own.
                        Op.check(chroot + marker, -1), Op.setData(chroot + node.path(), data, expected.nodeVersion())),
                what,
                deadline);
        if (outcome instanceof Outcome.Done done) {
            Stat stat = ((OpResult.SetDataResult) done.results().get(1)).getStat();
            return new CasOutcome.Applied(RecordNode.written(json, expected.generation(), stat));
        }
        if (!(outcome instanceof Outcome.Refused refused)) {
            return new CasOutcome.Unknown(((Outcome.Unknown) outcome).cause());
        }
        if (refused.code() == Code.BADVERSION || refused.code() == Code.NONODE) {
            Snapshot current = current(node, deadline);
            if (current != null && current.version().equals(expected)) {
                throw node.unreadable("its child " + marker + " is missing", null);
            }
            return new CasOutcome.Conflict(current);
        }
        String needs = refused.operation() == 0 ? "READ on " + marker : "WRITE on " + node.path();
        throw Failures.refusal(what, refused.code().intValue(), needs);
    }

    /** What won, if the rest of the time is enough to learn it; the conflict is a fact without it. */
    private @Nullable Snapshot current(RecordNode node, Deadline deadline) {
        try {
            return read(node, deadline);
        } catch (BackendException e) {
            LOG.debug("{}: a conflict, but not with what", node, e);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        requireOpen();
        RecordNode node = node(election);
        Deadline deadline = Deadline.in(timeout);
        NodeWatch watch = new NodeWatch(
                ensemble.connected("cannot watch " + node + ": ", deadline), node, listener, tellers, watches::remove);
        watches.add(watch);
        boolean opened = false;
        try {
            requireOpen(); // again, as close() may not have seen it
            watch.open(deadline);
            opened = true;
        } finally {
            if (!opened) {
                watch.close();
            }
        }
        return watch;
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        return nodes.delete(node(election), Deadline.in(timeout));
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        return new Checkup(ensemble, nodes, parent, node(election), Deadline.in(timeout)).findings();
    }

    private RecordNode node(String election) {
        return new RecordNode(parent + "/" + election);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("closed: " + this);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            watches.forEach(NodeWatch::close);
            tellers.shutdown();
            ensemble.close();
        }
    }

    @Override
    public String toString() {
        return "ZooKeeper at " + ensemble + ", below " + parent;
    }
}
