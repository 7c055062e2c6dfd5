package dev.election;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.LockRecord;
import dev.election.spi.Names;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a backend once, and runs any number of elections over it on a few shared threads. Thread-safe.
 *
 * <p>Closing it closes its electors, which release what they hold, then its threads, then the backend.
 */
public final class Elections implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Elections.class);

    /** Enough for a thousand elections on a store that answers within some milliseconds; hanging calls add more. */
    private static final int CALL_THREADS = 8;

    private static final int CALLBACK_THREADS = 4;

    /** How long a hanging call may hold up closing, after it was interrupted. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    private static final SecureRandom SEEDS = new SecureRandom();

    private final ElectionBackend backend;
    private final TimeSource time;
    private final ElasticPool calls;
    private final ElasticPool callbacks;
    private final Map<ElectionLoop, UserCode> running = new ConcurrentHashMap<>();
    private final AtomicReference<Duration> longestLease =
            new AtomicReference<>(ElectionTiming.DEFAULT.leaseDuration());
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private Elections(ElectionBackend backend, TimeSource time) {
        this.backend = backend;
        this.time = time;
        this.calls = new ElasticPool("election-call", CALL_THREADS, time);
        this.callbacks = new ElasticPool("election-callback", CALLBACK_THREADS, time);
    }

    /**
     * Opens the backend that a URI names, such as {@code file:/var/lib/election}, {@code memory:test} or {@code
     * kubernetes:}. A store that cannot be reached is no error: its elections go on when it can.
     *
     * @throws IllegalArgumentException when the URI is not understood, saying what was expected
     */
    public static Elections open(String uri) {
        return of(ElectionBackend.open(uri));
    }

    /** Runs elections over a backend, which is closed together with them. */
    public static Elections of(ElectionBackend backend) {
        return of(backend, new SystemTime("election-timer"));
    }

    /**
     * Runs elections over a backend in another time, such as the virtual one of a test.
     *
     * @param time closed together with the elections if it is {@link AutoCloseable}
     */
    public static Elections of(ElectionBackend backend, TimeSource time) {
        return new Elections(backend, time);
    }

    /**
     * Begins to describe a candidate.
     *
     * @param name the election's name: lower-case letters, digits, {@code -} and {@code .}
     * @throws IllegalArgumentException when the name is not allowed, stating the rule
     */
    public LeaderElector.Builder elector(String name) {
        Names.requireElection(name);
        return new LeaderElector.Builder(hostName(), builder -> newElector(name, builder));
    }

    /**
     * Looks on an election without contending, from now on.
     *
     * @throws IllegalArgumentException when the name is not allowed, stating the rule
     */
    public LeaderObserver observe(String name) {
        return observe(name, view -> {});
    }

    /**
     * Looks on an election without contending, from now on.
     *
     * @param onNewLeader told of each change as {@link LeadershipListener#onNewLeader} is
     */
    public LeaderObserver observe(String name, Consumer<LeaderView> onNewLeader) {
        Names.requireElection(name);
        LeadershipListener listener = new LeadershipListener() {
            @Override
            public void onNewLeader(LeaderView leader) {
                onNewLeader.accept(leader);
            }
        };
        Settings settings = settings("observer", ElectionTiming.DEFAULT, false, 1);
        UserCode userCode = new UserCallbacks(name, listener, null, callbacks);
        return new LeaderObserver(name, newLoop(name, settings, userCode));
    }

    private LeaderElector newElector(String name, LeaderElector.Builder builder) {
        Settings settings = settings(builder.identity, builder.timing, true, builder.minimumFencingToken);
        UserCallbacks userCode = new UserCallbacks(name, builder.listener, builder.task, callbacks);
        ElectionLoop loop = newLoop(name, settings, userCode);
        return new LeaderElector(name, builder.identity, builder.timing, userCode, loop);
    }

    private Settings settings(String identity, ElectionTiming timing, boolean contends, long minimumToken) {
        // 60 random bits; base 36, so without the underscore that sets them off
        String incarnation = Long.toString(SEEDS.nextLong() >>> 4, 36);
        Set<Capability> offered = backend.capabilities();
        return new Settings(
                identity,
                incarnation,
                timing,
                contends,
                offered.contains(Capability.WATCH),
                minimumToken,
                this::asStored);
    }

    private LockRecord asStored(LockRecord next, Snapshot replaced) {
        try {
            return Objects.requireNonNull(backend.asStored(next, replaced), "the backend answered null");
        } catch (RuntimeException e) { // a backend's mistake must not stop the timer that all elections share
            log.error("{} cannot tell how it stores a record", backend, e);
            return next;
        }
    }

    private ElectionLoop newLoop(String name, Settings settings, UserCode userCode) {
        Duration lease = settings.timing().leaseDuration();
        longestLease.accumulateAndGet(lease, (one, other) -> one.compareTo(other) > 0 ? one : other);
        Duration watchTimeout = settings.timing().retryPeriod();
        Store store = new BackendCalls(backend, name, watchTimeout, time, calls, calls::executeBehind);
        ElectionLoop loop =
                new ElectionLoop(name, settings, new SplittableRandom(SEEDS.nextLong()), time, store, userCode);
        running.put(loop, userCode);
        loop.closed().thenRun(() -> running.remove(loop));
        if (closing.get()) {
            running.remove(loop);
            throw new IllegalStateException("these elections are closed");
        }
        return loop;
    }

    /**
     * Closes the electors, the threads and the backend, in this order, and waits for it: for at most about one lease
     * duration. Idempotent. Called by a listener, a task or an action that is told of changes, it does not wait.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            List<CompletableFuture<Void>> ends =
                    running.keySet().stream().map(ElectionLoop::close).toList();
            CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]))
                    .whenComplete((none, failure) -> Threads.daemons("election-close")
                            .newThread(this::closeThreads)
                            .start());
        }
        boolean inUserCode = running.values().stream().anyMatch(UserCode::isCurrentThread);
        Waiting.forEnd(closed, longestLease.get(), inUserCode);
    }

    private void closeThreads() {
        try {
            calls.close();
            callbacks.close();
            if (!calls.awaitEnd(CLOSE_PATIENCE)) {
                log.warn("{}: calls still hang after they were interrupted", backend);
            }
            backend.close();
            if (time instanceof AutoCloseable closeable) {
                closeable.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) { // of the backend or of a given time source: nobody is left to handle it
            log.error("closing {} failed", backend, e);
        } finally {
            closed.complete(null);
        }
    }

    private static String hostName() {
        try {
            return Names.requireIdentity(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException | IllegalArgumentException e) {
            log.debug("the host has no usable name", e);
            return "unnamed";
        }
    }
}
