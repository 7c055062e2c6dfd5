package dev.election;

import dev.election.spi.Names;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One candidate in one election. Made by {@link Elections#elector}; contends from {@link #start()} until
 * {@link #close()}, again and again, whatever happens to its store (rule E8).
 *
 * <p>Thread-safe. Only {@link #awaitLeadership} and {@link #close()} wait.
 */
public final class LeaderElector implements AutoCloseable {

    private final String election;
    private final String identity;
    private final ElectionTiming timing;
    private final UserCallbacks userCode;
    private final ElectionLoop loop;

    LeaderElector(String election, String identity, ElectionTiming timing, UserCallbacks userCode, ElectionLoop loop) {
        this.election = election;
        this.identity = identity;
        this.timing = timing;
        this.userCode = userCode;
        this.loop = loop;
    }

    /** Begins to contend. Idempotent; returns at once. */
    public LeaderElector start() {
        loop.start();
        return this;
    }

    /** The election's name. */
    public String election() {
        return election;
    }

    /** This candidate's identity. On the wire it carries a suffix that makes each process unique (rule E10). */
    public String identity() {
        return identity;
    }

    /** The times in force. */
    public ElectionTiming timing() {
        return timing;
    }

    /** Whether this candidate leads, by the clock, now. */
    public boolean isLeader() {
        return loop.leadership() != null;
    }

    /** The current term, if this candidate leads. */
    public Optional<Leadership> leadership() {
        return Optional.ofNullable(loop.leadership());
    }

    /** What is known of who leads, by the clock, now. */
    public LeaderView leader() {
        return loop.leader();
    }

    /** Whether the election can do its work, as far as this process knows. */
    public ElectionHealth health() {
        return loop.health();
    }

    /**
     * Has an action run whenever {@link #leadership()}, {@link #leader()} or {@link #health()} may answer something else
     * than before, be it that a term or a lease ended by the clock. The action asks again: changes are merged into the
     * last, and a run may come without one. How long a term or a view will last is no change.
     *
     * @param action run on the callback pool, once at a time, from the next change on until this candidate is closed.
     *     What it throws is logged. It has no part in a term, unlike a {@link LeadershipListener}: nothing waits for it,
     *     and it may take long
     */
    public Subscription onChange(Runnable action) {
        return userCode.subscribe(Objects.requireNonNull(action, "action"));
    }

    /** Ends what {@link #onChange} began. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        /** Ends it without waiting for a run that is under way. Idempotent. */
        @Override
        void close();
    }

    /**
     * By how much this candidate itself is late with what it was to do next, such as a renewal: zero, or milliseconds on
     * a busy machine. Much more, and growing, means that the thread which runs the election hangs or is dead; only a
     * restart of the process helps then. A store that fails or does not answer shows in {@link #health()}, and not here.
     */
    public Duration overdue() {
        return loop.overdue();
    }

    /**
     * Waits until this candidate leads.
     *
     * @param timeout the longest to wait, in real time
     * @return the term, or empty when the time passed or the elector was closed
     */
    public Optional<Leadership> awaitLeadership(Duration timeout) throws InterruptedException {
        return Optional.ofNullable(loop.awaitLeadership(timeout));
    }

    /**
     * Gives up the term, if there is one: {@link #isLeader()} is false at once, the work is told, and when it has
     * stopped the lock is released. The candidate then stands back until another one has led, or for one lease duration
     * if none does.
     *
     * @return completes with true when the lock is free of this candidate, and with false when its work did not stop,
     *     or the store did not answer, within the bound of about one lease duration; then the lock is left to expire.
     *     It is completed on the JVM's common pool, so what follows it may block
     */
    public CompletableFuture<Boolean> resign() {
        return loop.resign();
    }

    /**
     * Stops leading as {@link #resign()} does, stops contending, and waits until that is done: for at most about one
     * lease duration. Idempotent. Called by the listener, the task or an {@link #onChange} action of this very candidate,
     * it does not wait.
     */
    @Override
    public void close() {
        Waiting.forEnd(loop.close(), timing.leaseDuration(), userCode.isCurrentThread());
    }

    @Override
    public String toString() {
        return "LeaderElector[" + election + " as " + identity + "]";
    }

    /** What a candidate is to be. */
    public static final class Builder {

        private static final LeadershipListener NO_LISTENER = new LeadershipListener() {};

        private final Function<Builder, LeaderElector> factory;
        String identity;
        ElectionTiming timing = ElectionTiming.DEFAULT;
        LeadershipListener listener = NO_LISTENER;

        @Nullable
        LeadershipTask task;

        long minimumFencingToken = 1;

        Builder(String defaultIdentity, Function<Builder, LeaderElector> factory) {
            this.identity = defaultIdentity;
            this.factory = factory;
        }

        /**
         * Names the candidate, for people and views. Two candidates may have the same identity and still never both
         * lead. The default is the host's name.
         *
         * @throws IllegalArgumentException unless it has 1 to 200 printable ASCII characters without spaces
         */
        public Builder identity(String identity) {
            this.identity = Names.requireIdentity(identity);
            return this;
        }

        /** The times; the default is {@link ElectionTiming#DEFAULT}. Use the same for all candidates. */
        public Builder timing(ElectionTiming timing) {
            this.timing = Objects.requireNonNull(timing, "timing");
            return this;
        }

        /** Who is told of starts and stops. */
        public Builder listener(LeadershipListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** The work that runs while leading. */
        public Builder task(LeadershipTask task) {
            this.task = Objects.requireNonNull(task, "task");
            return this;
        }

        /**
         * The least fencing token to give out, for a store that was restored from a backup or replaced, and so begins
         * anew with small ones (rule S5).
         *
         * @param token positive
         */
        public Builder minimumFencingToken(long token) {
            if (token < 1) {
                throw new IllegalArgumentException("the minimum fencing token must be positive: " + token);
            }
            this.minimumFencingToken = token;
            return this;
        }

        /** Makes the candidate, which does nothing before it is started. */
        public LeaderElector build() {
            return factory.apply(this);
        }

        /** Makes the candidate and starts it. */
        public LeaderElector start() {
            return build().start();
        }
    }
}
