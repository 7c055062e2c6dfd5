package dev.election.tck;

import dev.election.spi.BackendException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can go wrong with one call to a store, for {@link FaultInjectingBackend}. Immutable.
 *
 * <p>Those that break a rule say so: no backend may do such a thing, so elections are not promised to bear it. All
 * others happen to every honest backend.
 */
public final class Fault {

    enum Kind {
        NONE,
        DROP_BEFORE,
        DROP_AFTER,
        DELAY,
        DELAY_ANSWER,
        LATE_APPLY,
        HANG,
        STALE_READ,
        FAIL,
        THROW,
        DELETE,
        RECREATE
    }

    private final Kind kind;
    private final Duration duration;
    private final @Nullable Supplier<? extends Exception> exception;

    private Fault(Kind kind, Duration duration, @Nullable Supplier<? extends Exception> exception) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a duration must not be negative: " + duration);
        }
        this.kind = kind;
        this.duration = duration;
        this.exception = exception;
    }

    private Fault(Kind kind) {
        this(kind, Duration.ZERO, null);
    }

    /** Nothing goes wrong; takes a place in a script. */
    public static Fault none() {
        return new Fault(Kind.NONE);
    }

    /** The request is lost, and its connection with it: a write is {@code Unknown}, a read fails. */
    public static Fault dropBefore() {
        return new Fault(Kind.DROP_BEFORE);
    }

    /** The request is carried out, and its answer lost: a write is {@code Unknown}, a read fails. */
    public static Fault dropAfter() {
        return new Fault(Kind.DROP_AFTER);
    }

    /**
     * The request waits before it is sent. If that takes its whole timeout it is never sent, and fails for sure.
     *
     * @param duration in the time source's time, as everywhere here
     */
    public static Fault delay(Duration duration) {
        return new Fault(Kind.DELAY, duration, null);
    }

    /** The request is carried out, and its answer takes time. After the timeout it is as good as lost. */
    public static Fault delayAnswer(Duration duration) {
        return new Fault(Kind.DELAY_ANSWER, duration, null);
    }

    /**
     * A write gets stuck on its way to the store: at its timeout it is {@code Unknown}, and after {@code duration} it
     * arrives. S2 allows for this. An adapter that held it back itself and sent it after its timeout would break S6, and
     * looks the same to elections. A read fails.
     */
    public static Fault lateApply(Duration duration) {
        return new Fault(Kind.LATE_APPLY, duration, null);
    }

    /**
     * The call does not come back for so long, whatever its timeout, and then reads as lost. <strong>Breaks the promise
     * that calls return after about their timeout</strong>; elections bear it all the same (rule E12).
     */
    public static Fault hang(Duration duration) {
        return new Fault(Kind.HANG, duration, null);
    }

    /**
     * A read answers what was there before the last change that this backend knows of. <strong>Breaks S3.</strong> Does
     * nothing to a write.
     */
    public static Fault staleRead() {
        return new Fault(Kind.STALE_READ);
    }

    /** The store refuses: nothing is read or written, for sure. */
    public static Fault fail(Supplier<BackendException> exception) {
        return new Fault(Kind.FAIL, Duration.ZERO, Objects.requireNonNull(exception));
    }

    /** The backend has a bug and throws; nothing is read or written. */
    public static Fault bug(Supplier<? extends RuntimeException> exception) {
        return new Fault(Kind.THROW, Duration.ZERO, Objects.requireNonNull(exception));
    }

    /** Somebody deletes the record just before; needs a backend that can. */
    public static Fault delete() {
        return new Fault(Kind.DELETE);
    }

    /** Somebody deletes the record just before and creates it again, free; needs a backend that can. */
    public static Fault recreate() {
        return new Fault(Kind.RECREATE);
    }

    Kind kind() {
        return kind;
    }

    Duration duration() {
        return duration;
    }

    Exception exception() {
        return Objects.requireNonNull(exception, "only failures have one").get();
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        return duration.isZero() ? name : name + " " + duration;
    }
}
