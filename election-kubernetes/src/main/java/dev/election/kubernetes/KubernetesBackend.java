package dev.election.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.Durations;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each election's record in one object of a namespace: a Lease, or an annotation of an Endpoints object, named
 * like the election. client-go's candidates can take part in the same elections.
 *
 * <p>It takes the verbs {@code get}, {@code create} and {@code update} on that resource. With {@code watch} a change is
 * noticed at once rather than by polling; with {@code create} on {@code events}, changes of the leader are recorded as
 * client-go records them.
 *
 * <p>A swap is one PUT of the whole object with the {@code uid} and {@code resourceVersion} that were read, so that
 * what others put there survives. It is sent once, whatever happens.
 *
 * <p>The fencing tokens come from the resource version, so they start anew if etcd is restored from a backup.
 */
public final class KubernetesBackend implements ElectionBackend {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesBackend.class);

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** What a create replaces. */
    private static final LockRecord NOTHING = new LockRecord("", Duration.ZERO, Instant.EPOCH, Instant.EPOCH, 0, 0, "");

    private final ApiServer server;
    private final String namespace;
    private final LockObject kind;
    private final HolderEvents events;
    private final Rehearsal rehearsal;
    private final Set<ObjectWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private KubernetesBackend(ApiServer server, String namespace, LockKind lock) {
        this.server = server;
        this.namespace = namespace;
        this.kind = lock == LockKind.LEASE ? new LeaseLock() : new EndpointsLock();
        this.events = new HolderEvents(server);
        this.rehearsal = new Rehearsal(server);
        LOG.info("elections are held on {} of namespace {} at {}", kind.resource(), namespace, server.address());
        if (lock == LockKind.ENDPOINTS) {
            LOG.warn("v1 Endpoints is deprecated since Kubernetes 1.33; move to Leases once no candidate needs it");
        }
    }

    /**
     * Opens a backend with connections of its own, which its {@link #close} ends. Does no I/O.
     *
     * @param config where the API server is and who we are, such as {@code new ConfigBuilder().build()}; a rotated
     *     token is written back to it
     * @param namespace the namespace of the objects, or null for the configuration's own
     */
    public static KubernetesBackend connect(Config config, @Nullable String namespace, LockKind lock) {
        String inNamespace = namespaceOr(namespace, config.getNamespace());
        return new KubernetesBackend(ApiServer.connect(config), inNamespace, lock);
    }

    /**
     * Opens a backend on a client that stays its caller's, and open. Does no I/O.
     *
     * <p>Requests go over its connections and interceptors, but are never repeated, however the client is configured.
     * If it speaks HTTP/2, all of them share one connection, and fail together when that dies silently; so a client
     * with {@code http2Disable} set, or {@link #connect}, stays leader through more.
     *
     * @param namespace the namespace of the objects, or null for the client's own
     */
    public static KubernetesBackend on(KubernetesClient client, @Nullable String namespace, LockKind lock) {
        String inNamespace = namespaceOr(namespace, client.getNamespace());
        return new KubernetesBackend(ApiServer.shared(client), inNamespace, lock);
    }

    private static String namespaceOr(@Nullable String given, @Nullable String configured) {
        String namespace = given != null ? given : configured != null ? configured : "default";
        if (!namespace.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
            throw new IllegalArgumentException("a namespace has 1 to 63 lower-case letters, digits and '-', and begins"
                    + " and ends with a letter or digit; got \"" + namespace + "\"");
        }
        return namespace;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.WATCH, Capability.DELETE, Capability.SEVERAL_PROCESSES);
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        return read(ref(election), Deadline.in(timeout));
    }

    /** A GET without {@code resourceVersion}, which the server answers from etcd and not from its cache (S3). */
    private Snapshot read(ObjectRef object, Deadline deadline) throws BackendException, InterruptedException {
        Answer answer;
        try {
            answer = server.send("GET", object.path(), null, deadline);
        } catch (IOException e) {
            throw Failures.noAnswer(object, "get", e);
        }
        if (answer.saysAbsent(object)) {
            return Snapshot.ABSENT;
        }
        if (!answer.isSuccess()) {
            throw Failures.refusal(object, "get", answer);
        }
        try {
            return Snapshots.of(object, Json.parse(answer.body()));
        } catch (IOException e) {
            throw Failures.noAnswer(object, "get", new IOException("the answer is not JSON: " + answer.describe(), e));
        }
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        requireOpen();
        ObjectRef object = ref(election);
        Deadline deadline = Deadline.in(timeout);
        if (expected.equals(Version.ABSENT)) {
            if (!next.isFree()) {
                throw new IllegalArgumentException("only a free record may be written where there is none (S4)");
            }
            return write(object, "create", newObject(object), NOTHING, next, deadline);
        }
        if (!(expected instanceof KubernetesVersion version)) {
            throw new IllegalArgumentException("not a version of this backend: " + expected);
        }
        return write(object, "update", version.copyObject(), version.record(), next, deadline);
    }

    private CasOutcome write(
            ObjectRef object, String verb, ObjectNode json, LockRecord replaced, LockRecord next, Deadline deadline)
            throws BackendException, InterruptedException {
        rehearsal.cancel();
        kind.write(json, stored(next, replaced));
        Answer answer;
        try {
            answer = verb.equals("create")
                    ? server.send("POST", object.collectionPath(), json, deadline)
                    : server.send("PUT", object.path(), json, deadline);
        } catch (NotSentException e) {
            throw Failures.noAnswer(object, verb, e);
        } catch (IOException e) {
            return new CasOutcome.Unknown(
                    new IOException("cannot " + verb + " " + object + " for certain: " + e.getMessage(), e));
        }
        if (answer.code() == 409 || (verb.equals("update") && answer.saysAbsent(object))) {
            return new CasOutcome.Conflict(current(object, deadline));
        }
        if (!answer.isSuccess()) {
            return Failures.write(object, verb, answer);
        }
        Snapshot written;
        try {
            written = Snapshots.of(object, Json.parse(answer.body()));
        } catch (IOException | BackendException e) {
            return new CasOutcome.Unknown(e);
        }
        events.swapped(object, replaced, (KubernetesVersion) written.version());
        return new CasOutcome.Applied(written);
    }

    /** What won, if the rest of the time is enough to learn it; the conflict is a fact without it. */
    private @Nullable Snapshot current(ObjectRef object, Deadline deadline) {
        try {
            return read(object, deadline);
        } catch (BackendException e) {
            LOG.debug("{}: a conflict, but not with what", object, e);
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
        ObjectRef object = ref(election);
        ObjectWatch watch = new ObjectWatch(object, rehearsing(object, listener), watches::remove);
        watches.add(watch);
        boolean opened = false;
        try {
            watch.open(server, Deadline.in(timeout));
            opened = true;
        } finally {
            if (!opened || closed) {
                watch.close();
            }
        }
        return watch;
    }

    private WatchListener rehearsing(ObjectRef object, WatchListener listener) {
        return new WatchListener() {
            @Override
            public void changed(@Nullable Snapshot current) {
                rehearsal.saw(object, current);
                listener.changed(current);
            }

            @Override
            public void lost(Throwable cause) {
                listener.lost(cause);
            }
        };
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        ObjectRef object = ref(election);
        Answer answer;
        try {
            answer = server.send("DELETE", object.path(), null, Deadline.in(timeout));
        } catch (IOException e) {
            throw Failures.noAnswer(object, "delete", e);
        }
        if (!answer.isSuccess() && !answer.saysAbsent(object)) {
            throw Failures.refusal(object, "delete", answer);
        }
        return answer.isSuccess();
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        return new Checkup(server, ref(election), Deadline.in(timeout)).findings();
    }

    /**
     * Kubernetes keeps whole seconds, and at least one; the lease is rounded up.
     *
     * <p>client-go keeps whole seconds of the times too when it compares: to it a leader has renewed only if the renew
     * time moved on across a second. So a renewal within the same second is written as of the next.
     */
    @Override
    public LockRecord asStored(LockRecord next, Snapshot replaced) {
        return stored(next, replaced.record() == null ? NOTHING : replaced.record());
    }

    private static LockRecord stored(LockRecord next, LockRecord replaced) {
        Duration lease = Durations.roundUp(next.leaseDuration(), SECOND);
        boolean sameTerm =
                next.holder().equals(replaced.holder()) && next.acquired().equals(replaced.acquired());
        Instant before = replaced.renewed().truncatedTo(ChronoUnit.SECONDS);
        boolean moved = next.renewed().truncatedTo(ChronoUnit.SECONDS).isAfter(before);
        return new LockRecord(
                next.holder(),
                lease.isZero() ? SECOND : lease,
                next.acquired(),
                sameTerm && !moved ? before.plus(SECOND) : next.renewed(),
                next.transitions(),
                next.fencingToken(),
                next.attempt());
    }

    static ObjectNode newObject(ObjectRef object) {
        ObjectNode json = Json.object();
        json.put("apiVersion", object.kind().apiVersion())
                .put("kind", object.kind().kind());
        json.putObject("metadata").put("name", object.name()).put("namespace", object.namespace());
        return json;
    }

    private ObjectRef ref(String election) {
        return new ObjectRef(kind, namespace, election);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("closed: " + this);
        }
    }

    /** Also lets an event about the last change of holder go out, for at most a second. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            watches.forEach(ObjectWatch::close);
            events.close();
            server.close();
        }
    }

    @Override
    public String toString() {
        return kind.resource() + " of namespace " + namespace + " at " + server.address();
    }
}
