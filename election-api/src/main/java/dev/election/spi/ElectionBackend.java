package dev.election.spi;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A store of lock records, one per election, that can compare and swap: all that an election needs.
 *
 * <p>An implementation keeps the rules S1 to S12; the compatibility kit tests them. In short:
 *
 * <ul>
 *   <li>{@link #compareAndSet} is atomic, is sent at most once, and is never retried by the adapter or the client
 *       under it (S1, S7);
 *   <li>its outcome is a fact or {@link CasOutcome.Unknown}; a {@link BackendException} means that nothing was written
 *       (S2);
 *   <li>a read sees every write that was acknowledged before the read began (S3);
 *   <li>nothing is handed to the network after its timeout (S6).
 * </ul>
 *
 * <p><strong>Threads.</strong> All methods may be called from several threads at once. {@code read},
 * {@code compareAndSet}, {@code watch} and {@code delete} block, for at most about their timeout. They answer an
 * interrupt by {@link InterruptedException} or an {@code Unknown} outcome.
 *
 * <p><strong>Names.</strong> Election names were checked by the core ({@link Names}) before they get here: they are
 * lower-case DNS names of at most 200 characters.
 */
public interface ElectionBackend extends AutoCloseable {

    /** What a backend may or may not offer beyond {@code read} and {@code compareAndSet}. */
    enum Capability {
        /** {@link ElectionBackend#watch} works. Without it the elector polls. */
        WATCH,
        /** {@link ElectionBackend#delete} works. */
        DELETE,
        /** Several processes can open the same store. */
        SEVERAL_PROCESSES
    }

    /** A running watch. */
    interface Watch extends AutoCloseable {
        /** Ends the watch without waiting for it. Idempotent; afterwards its listener is told nothing more. */
        @Override
        void close();
    }

    /**
     * Opens the backend that a URI names by the provider of its scheme. Does no I/O that an unreachable store could
     * make fail.
     *
     * @throws IllegalArgumentException when the URI is not understood, saying what was expected; when there is no
     *     provider of its scheme, naming the schemes at hand and the module to add
     */
    static ElectionBackend open(String uri) {
        return Providers.open(BackendUri.parse(uri));
    }

    /** What this backend offers. Constant over its life. */
    Set<Capability> capabilities();

    /**
     * Reads the current record.
     *
     * @param election the election's name
     * @param timeout the longest this may take; positive
     * @return the record and its version, or {@link Snapshot#ABSENT}
     * @throws BackendException when it could not be read; of kind {@code UNREADABLE} when what is stored is no record
     */
    Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException;

    /**
     * Replaces the record if it is still at the expected version.
     *
     * <p>{@code next} carries an attempt that was never written before, so that no two writes are byte-identical.
     *
     * @param election the election's name
     * @param expected the version to be replaced, from this backend; {@link Version#ABSENT} to create
     * @param next what to write; free when {@code expected} is absent (S4), which an implementation enforces by
     *     {@link IllegalArgumentException}
     * @param timeout the longest this may take; positive. After it nothing is sent; what was sent and not answered is
     *     {@code Unknown}
     * @throws BackendException when nothing was written, nor will be
     */
    CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException;

    /**
     * Reports every change that is applied after this method returned, at least once, until the watch is closed or
     * lost (S9).
     *
     * @param timeout the longest that opening the watch may take; positive
     * @throws UnsupportedOperationException without {@link Capability#WATCH}
     * @throws BackendException when the watch could not be opened; of kind {@code DENIED} when it is not permitted
     */
    default Watch watch(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        throw new UnsupportedOperationException(this + " cannot watch");
    }

    /**
     * Deletes the record, whatever it holds. For tests and operators; no election ever calls it.
     *
     * @return whether there was a record
     * @throws UnsupportedOperationException without {@link Capability#DELETE}
     */
    default boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        throw new UnsupportedOperationException(this + " cannot delete");
    }

    /**
     * Returns a record as this store will hold it, which is how a lost answer is recognised later.
     *
     * <p>A pure function, without I/O. A store that keeps whole seconds rounds the lease up here (S11); never down.
     *
     * @param next what is about to be written
     * @param replaced the state that it replaces
     */
    default LockRecord asStored(LockRecord next, Snapshot replaced) {
        return next;
    }

    /**
     * Looks for what could keep an election from being held here, as far as it takes knowledge of this kind of store: a
     * permission that is missing, and how to grant it; a name that something else has taken. Optional; what can be told
     * from the other methods, {@code dev.election.Examination} finds out by itself.
     *
     * <p>Changes nothing: not the record, not its version, not what others see of it. What cannot be found out like that
     * is {@link Finding.Severity#UNKNOWN}.
     *
     * @param timeout the longest this may take; positive
     * @return what was found. A topic that is in it is left to it; the examination finds out nothing more about that
     * @throws BackendException when the store did not answer
     */
    default List<Finding> examine(String election, Duration timeout) throws BackendException, InterruptedException {
        return List.of();
    }

    /**
     * Ends watches and threads. Idempotent; later calls fail with {@link IllegalStateException}. A client that the
     * caller owns is left open (S10).
     */
    @Override
    void close();
}
