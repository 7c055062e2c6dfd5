package dev.election.zookeeper;

import dev.election.spi.BackendException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.AsyncCallback.MultiCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.ZooKeeper.States;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * The servers, as one client reaches them: sends each request once, and waits for its answer until the deadline and no
 * longer.
 *
 * <p>Curator keeps the session, and makes a new one when that expired. Requests go past its retry policy, on
 * ZooKeeper's own handle, because that policy repeats what may have been applied (rule S7), and its calls in the
 * foreground have no timeout (S6).
 */
final class Ensemble implements AutoCloseable {

    /** Short beside a call, and long enough for a thread of Curator to hear what the connection's knows. */
    private static final long LOOK_AGAIN_MILLIS = 5;

    /** How long a client that was refused rests before it tries its credentials again. */
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);

    private final CuratorFramework client;
    private final boolean owned;
    private final AtomicLong lastReset = new AtomicLong(System.nanoTime() - AFTER_REFUSAL.toNanos());

    /** @param owned whether the client is ended by {@link #close} */
    Ensemble(CuratorFramework client, boolean owned) {
        this.client = client;
        this.owned = owned;
    }

    /** What a node holds. */
    record Stored(byte @Nullable [] data, Stat stat) {}

    /**
     * Reads a node, after catching up with the leader; again when the connection was lost over it, as a read harms
     * nobody.
     *
     * @param what what is being done, for messages, ending in a colon and a space
     * @return what the node holds, or null when there is none
     */
    @Nullable
    Stored read(String path, String what, Deadline deadline) throws BackendException, InterruptedException {
        Answer answer = readOnce(path, what, deadline);
        while (answer.code() == Code.CONNECTIONLOSS.intValue() && !deadline.hasPassed()) {
            answer = readOnce(path, what, deadline);
        }
        if (answer.code() == Code.NONODE.intValue()) {
            return null;
        }
        if (answer.stored() == null) {
            throw Failures.refusal(what, answer.code(), "READ on " + path);
        }
        return answer.stored();
    }

    private record Answer(int code, @Nullable Stored stored) {}

    /** Two requests in one round trip, as ZooKeeper keeps the order of a session's requests. */
    private Answer readOnce(String path, String what, Deadline deadline) throws BackendException, InterruptedException {
        ZooKeeper zk = connected(what, deadline);
        CompletableFuture<Integer> synced = new CompletableFuture<>();
        CompletableFuture<Answer> answered = new CompletableFuture<>();
        zk.sync(path, (rc, p, ctx) -> synced.complete(rc), null);
        zk.getData(
                path,
                false,
                (rc, p, ctx, data, stat) ->
                        answered.complete(new Answer(rc, rc == Code.OK.intValue() ? new Stored(data, stat) : null)),
                null);
        int sync = await(synced, what, deadline);
        return sync == Code.OK.intValue() ? await(answered, what, deadline) : new Answer(sync, null);
    }

    /**
     * Reads the names of a node's children, after catching up with the leader.
     *
     * @return the names, or null when there is no such node
     */
    @Nullable
    List<String> children(String path, String what, Deadline deadline) throws BackendException, InterruptedException {
        ZooKeeper zk = connected(what, deadline);
        CompletableFuture<Integer> answered = new CompletableFuture<>();
        CompletableFuture<List<String>> children = new CompletableFuture<>();
        zk.sync(path, (rc, p, ctx) -> {}, null);
        zk.getChildren(
                path,
                false,
                (rc, p, ctx, names) -> {
                    if (rc == Code.OK.intValue()) {
                        children.complete(names);
                    }
                    answered.complete(rc);
                },
                null);
        int rc = await(answered, what, deadline);
        if (rc == Code.NONODE.intValue()) {
            return null;
        }
        if (rc != Code.OK.intValue()) {
            throw Failures.refusal(what, rc, "READ on " + path);
        }
        return children.join();
    }

    /** A node's ACL, in which hashes may be masked; null when we may not see it, or there is no node. */
    @Nullable
    List<ACL> acl(String path, Deadline deadline) throws BackendException, InterruptedException {
        String what = "cannot read the ACL of " + path + ": ";
        CompletableFuture<Optional<List<ACL>>> answered = new CompletableFuture<>();
        connected(what, deadline)
                .getACL(
                        path,
                        new Stat(),
                        (rc, p, ctx, acl, stat) -> answered.complete(
                                rc == Code.OK.intValue() ? Optional.ofNullable(acl) : Optional.empty()),
                        null);
        return await(answered, what, deadline).orElse(null);
    }

    /**
     * Who the server takes us for, by each scheme. Empty when it does not tell, as one before 3.7, and on a client that
     * is not ours: this request has no timeout of its own but the client's.
     */
    List<ClientInfo> identities(Deadline deadline) throws BackendException, InterruptedException {
        if (!owned) {
            return List.of();
        }
        List<ClientInfo> ours = connected("cannot ask who we are: ", deadline).whoAmI();
        return ours == null ? List.of() : ours;
    }

    private <T> T await(CompletableFuture<T> answer, String what, Deadline deadline)
            throws BackendException, InterruptedException {
        try {
            return answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw BackendException.transientFailure(what + "no answer from " + this + " in time", e);
        } catch (ExecutionException e) {
            throw new AssertionError("answers carry codes, not exceptions", e);
        }
    }

    /**
     * Applies all of the operations or none.
     *
     * @param operations makes them, given what stands before each path
     * @throws BackendException when they were not sent, and never will be
     */
    Outcome transact(Function<String, List<Op>> operations, String what, Deadline deadline)
            throws BackendException, InterruptedException {
        ZooKeeper zk = connected(what, deadline);
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        MultiCallback callback = (rc, path, ctx, results) -> answer.complete(Failures.ofTransaction(what, rc, results));
        TimedTransaction transaction;
        if (zk instanceof TimelyZooKeeper timely) {
            transaction = new TimedTransaction(
                    operations.apply(timely.chroot()), deadline, () -> timely.getState() == States.CONNECTED);
            timely.send(transaction, callback);
        } else {
            // A client that does not ask at the last moment: from here on it may send this.
            transaction = new TimedTransaction(operations.apply(""), deadline, () -> true);
            transaction.markSent();
            zk.multi(transaction, callback, null);
        }
        return await(answer, transaction, zk, what, deadline);
    }

    private Outcome await(
            CompletableFuture<Outcome> answer,
            TimedTransaction transaction,
            ZooKeeper zk,
            String what,
            Deadline deadline)
            throws BackendException, InterruptedException {
        Outcome outcome;
        try {
            outcome = answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            outcome = new Outcome.Unknown(
                    new IOException(what + "not for certain: no answer from " + this + " in time", e));
        } catch (InterruptedException e) {
            transaction.drop();
            throw e;
        } catch (ExecutionException e) {
            throw new AssertionError("answers carry codes, not exceptions", e);
        }
        // Also when an answer came: the client answers itself for what it had queued when a connection was lost.
        if (transaction.drop()) {
            throw notSent(what, zk);
        }
        return outcome;
    }

    private BackendException notSent(String what, ZooKeeper zk) {
        if (zk.getState() == States.AUTH_FAILED) {
            return Failures.notAuthenticated(what, Code.AUTHFAILED);
        }
        return BackendException.transientFailure(
                what + "not sent, as there was no connection to " + this + " in time (" + zk.getState() + ")", null);
    }

    /**
     * The current session's handle, as soon as it is connected; given a request earlier, it would queue it, and send it
     * however late.
     */
    ZooKeeper connected(String what, Deadline deadline) throws BackendException, InterruptedException {
        ZooKeeper zk = handle(what);
        while (!isConnected(zk) && zk.getState() != States.AUTH_FAILED && !deadline.hasPassed()) {
            long millis = Math.max(1, deadline.remaining().toMillis());
            client.blockUntilConnected((int) Math.min(millis, Integer.MAX_VALUE), TimeUnit.MILLISECONDS);
            zk = handle(what);
            if (!isConnected(zk)) { // it waits for what a thread of Curator tells, which may not know of a loss yet
                Thread.sleep(Math.min(millis, LOOK_AGAIN_MILLIS));
            }
        }
        if (!isConnected(zk) || deadline.hasPassed()) {
            throw notSent(what, zk);
        }
        return zk;
    }

    /**
     * Curator hears at once that a connection was lost; the handle shows it only when it looks for another. One to a
     * read-only server does not count, as that knows nothing of what the others decide.
     */
    private boolean isConnected(ZooKeeper zk) {
        return zk.getState() == States.CONNECTED && client.getZookeeperClient().isConnected();
    }

    /** The current session's handle, connected or not. */
    private ZooKeeper handle(String what) throws BackendException, InterruptedException {
        try {
            ZooKeeper zk = client.getZookeeperClient().getZooKeeper();
            if (zk == null) {
                throw new IllegalStateException("no session");
            }
            if (owned && zk.getState() == States.AUTH_FAILED && mayReset()) {
                // Neither ZooKeeper's client nor Curator ever tries again; but the operator may have mended it.
                client.getZookeeperClient().reset();
                return client.getZookeeperClient().getZooKeeper();
            }
            return zk;
        } catch (IllegalStateException e) {
            throw new IllegalStateException("the client of " + this + " was closed", e);
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw BackendException.transientFailure(
                    what + "cannot make a client of " + this + ": " + e.getMessage(), e);
        }
    }

    private boolean mayReset() {
        long last = lastReset.get();
        long now = System.nanoTime();
        return now - last >= AFTER_REFUSAL.toNanos() && lastReset.compareAndSet(last, now);
    }

    /** Ends the client if it is our own. */
    @Override
    public void close() {
        if (owned) {
            client.close();
        }
    }

    /** The servers' addresses. */
    @Override
    public String toString() {
        return client.getZookeeperClient().getCurrentConnectionString();
    }
}
