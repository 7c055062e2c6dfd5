package dev.election.spi;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A store could not do what was asked, and did <em>not</em> do it: after a {@code compareAndSet} this means that
 * nothing was, or ever will be, written (rule S2).
 *
 * <p>The {@linkplain #kind() kind} says whether trying again can help. The message is for the operator: it names the
 * record and, where there is one, the cure.
 */
public final class BackendException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Whether trying again can help, and who can help if not. */
    public enum Kind {
        /** A passing failure, such as a store that cannot be reached; trying again can help. */
        TRANSIENT,
        /** The store does not permit this to us; somebody has to grant it. */
        DENIED,
        /** The record cannot be read, so it counts as held by someone unknown (rule S12). */
        UNREADABLE,
        /** The store refuses the request itself, for instance because something else owns the name. */
        REFUSED
    }

    private final Kind kind;
    private final Duration retryAfter;

    private BackendException(Kind kind, String message, @Nullable Throwable cause, Duration retryAfter) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /** A passing failure. */
    public static BackendException transientFailure(String message, @Nullable Throwable cause) {
        return new BackendException(Kind.TRANSIENT, message, cause, Duration.ZERO);
    }

    /**
     * The store is overloaded and asks us to stay away for a while.
     *
     * @param retryAfter how long to stay away; not negative
     */
    public static BackendException overloaded(String message, @Nullable Throwable cause, Duration retryAfter) {
        return new BackendException(Kind.TRANSIENT, message, cause, retryAfter);
    }

    /** The store does not permit this; the message names the permission that is missing. */
    public static BackendException denied(String message, @Nullable Throwable cause) {
        return new BackendException(Kind.DENIED, message, cause, Duration.ZERO);
    }

    /** The record cannot be read; the message names the record, what is wrong with it, and the cure. */
    public static BackendException unreadable(String message, @Nullable Throwable cause) {
        return new BackendException(Kind.UNREADABLE, message, cause, Duration.ZERO);
    }

    /** The store refuses the request as it is. */
    public static BackendException refused(String message, @Nullable Throwable cause) {
        return new BackendException(Kind.REFUSED, message, cause, Duration.ZERO);
    }

    /** Whether trying again can help. */
    public Kind kind() {
        return kind;
    }

    /** How long the store asks us to stay away; zero when it did not ask. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
