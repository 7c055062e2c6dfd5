package dev.election.etcd;

import com.google.protobuf.ByteString;
import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Channel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each election's record in one key of etcd 3.4 or later, as JSON.
 *
 * <p>A swap is one transaction: if the key is as it was read, put the new record, else tell what there is. It is sent
 * once, to one member, with its deadline. Reads are linearizable. The key has no lease of etcd's: how long a leader's
 * term lasts is reckoned by the candidates, and a key that expired would take the fencing token along.
 *
 * <p>The fencing tokens come from etcd's revision, so they start anew if etcd is restored from a backup.
 */
public final class EtcdBackend implements ElectionBackend {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdBackend.class);

    /** While somebody leads, a watch hears of a renewal more often than this. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Etcd etcd;
    private final String prefix;
    private final Duration idle;
    private final ScheduledExecutorService watching = WatchThread.executor();
    private final Set<KeyWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    EtcdBackend(Etcd etcd, String prefix, Duration idle) {
        this.etcd = etcd;
        this.prefix = prefix;
        this.idle = idle;
        LOG.info("elections are held on keys {}NAME of {}", prefix, etcd);
    }

    /**
     * Opens a backend with connections of its own, which its {@link #close} ends. Does no I/O, except for reading the
     * files of certificates.
     *
     * @throws IllegalArgumentException when a certificate or key cannot be read or used
     */
    public static EtcdBackend connect(EtcdOptions options) {
        return new EtcdBackend(new Etcd(options.endpoints(), options.credentials()), options.prefix(), IDLE);
    }

    /**
     * Opens a backend on a gRPC channel that stays its caller's, and open, with whatever authentication its
     * interceptors add. Does no I/O.
     *
     * <p>The channel must not repeat calls: build it with {@code disableRetry()}. If it does, the answer to a call that
     * was repeated is not believed. If a connection of it dies silently, calls fail until it notices, so give it a
     * {@code keepAliveTime}; {@link #connect} takes a new one at once.
     *
     * @param prefix what the keys begin with, such as {@link EtcdOptions#DEFAULT_PREFIX}
     */
    public static EtcdBackend on(Channel channel, String prefix) {
        Endpoints endpoints = new Endpoints(List.of(Endpoint.shared(channel)));
        return new EtcdBackend(new Etcd(endpoints, null), EtcdOptions.requirePrefix(prefix), IDLE);
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.WATCH, Capability.DELETE, Capability.SEVERAL_PROCESSES);
    }

    /** A linearizable read: the member asks its leader first whether it is up to date (S3). */
    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        ElectionKey key = key(election);
        try {
            return Snapshots.of(
                    key,
                    etcd.call(KVGrpc.getRangeMethod(), get(key), Deadline.in(timeout))
                            .getKvsList());
        } catch (CallFailure e) {
            throw Failures.refusal(key, "read", e);
        }
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        requireOpen();
        ElectionKey key = key(election);
        Deadline deadline = Deadline.in(timeout);
        TxnRequest.Builder swap = TxnRequest.newBuilder();
        LockRecordJson json;
        String verb;
        if (expected.equals(Version.ABSENT)) {
            if (!next.isFree()) {
                throw new IllegalArgumentException("only a free record may be written where there is none (S4)");
            }
            verb = "create";
            json = LockRecordJson.of(next);
            swap.addCompare(compare(key, Compare.CompareTarget.CREATE).setCreateRevision(0));
        } else if (expected instanceof EtcdVersion version) {
            verb = "swap";
            json = version.json().with(next);
            swap.addCompare(compare(key, Compare.CompareTarget.MOD).setModRevision(version.revision()));
            // For an etcd that was restored from a backup, and counts the same revisions again.
            swap.addCompare(compare(key, Compare.CompareTarget.VALUE).setValue(version.value()));
        } else {
            throw new IllegalArgumentException("not a version of this backend: " + expected);
        }
        ByteString value = Snapshots.value(key, json);
        swap.addSuccess(RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key.bytes()).setValue(value)));
        swap.addFailure(RequestOp.newBuilder().setRequestRange(get(key)));
        TxnResponse answer;
        try {
            answer = etcd.call(KVGrpc.getTxnMethod(), swap.build(), deadline);
        } catch (CallFailure e) {
            return Failures.write(key, verb, e);
        }
        if (answer.getSucceeded()) {
            // A transaction's revision is that of all it wrote.
            long revision = answer.getHeader().getRevision();
            return new CasOutcome.Applied(new Snapshot(next, new EtcdVersion(revision, json, value)));
        }
        return new CasOutcome.Conflict(current(key, answer));
    }

    /** What won; the conflict is a fact even if that cannot be read. */
    private static @Nullable Snapshot current(ElectionKey key, TxnResponse conflict) {
        try {
            return Snapshots.of(key, conflict.getResponses(0).getResponseRange().getKvsList());
        } catch (BackendException e) {
            LOG.debug("{}: a conflict with what cannot be read", key, e);
            return null;
        }
    }

    @Override
    public Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        requireOpen();
        ElectionKey key = key(election);
        Deadline deadline = Deadline.in(timeout);
        Tokens.Token token = etcd.tokens().get(deadline);
        try {
            return open(key, listener, token, deadline);
        } catch (KeyWatch.TurnedDown e) {
            // Older versions tell of a token that they do not know as of a permission that is missing.
            Tokens.Token renewed = etcd.tokens().renew(token, deadline);
            if (renewed == token) {
                throw Failures.notPermitted(key, "watch", e);
            }
            try {
                return open(key, listener, renewed, deadline);
            } catch (KeyWatch.TurnedDown again) {
                throw Failures.notPermitted(key, "watch", again);
            }
        }
    }

    private Watch open(ElectionKey key, WatchListener listener, Tokens.Token token, Deadline deadline)
            throws BackendException, InterruptedException, KeyWatch.TurnedDown {
        KeyWatch watch = new KeyWatch(key, listener, watching, watches::remove);
        watches.add(watch);
        boolean opened = false;
        try {
            requireOpen(); // again, as close() may not have seen it
            watch.open(etcd.calls(), token, idle, deadline);
            opened = true;
        } catch (CallFailure e) {
            throw Failures.refusal(key, "watch", e);
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
        ElectionKey key = key(election);
        DeleteRangeRequest request =
                DeleteRangeRequest.newBuilder().setKey(key.bytes()).build();
        try {
            return etcd.call(KVGrpc.getDeleteRangeMethod(), request, Deadline.in(timeout))
                            .getDeleted()
                    > 0;
        } catch (CallFailure e) {
            throw Failures.refusal(key, "delete", e);
        }
    }

    @Override
    public List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        requireOpen();
        return new Checkup(etcd, key(election), Deadline.in(timeout)).findings();
    }

    private static Compare.Builder compare(ElectionKey key, Compare.CompareTarget target) {
        return Compare.newBuilder().setKey(key.bytes()).setTarget(target).setResult(Compare.CompareResult.EQUAL);
    }

    private static RangeRequest get(ElectionKey key) {
        return RangeRequest.newBuilder().setKey(key.bytes()).build();
    }

    private ElectionKey key(String election) {
        return new ElectionKey(prefix, election);
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
            watches.forEach(KeyWatch::close);
            watching.shutdown();
            etcd.close();
        }
    }

    @Override
    public String toString() {
        return "keys " + prefix + "NAME of " + etcd;
    }
}
