package dev.election;

import dev.election.spi.LockRecord;
import dev.election.spi.Version;
import org.jspecify.annotations.Nullable;

/**
 * The one call that may be on its way, those before it that were given up on without an answer (rule E12), and what was
 * heard meanwhile.
 */
final class CallSlot {

    /** A store that answers nothing at all gets no more than this many calls to keep. */
    private static final int MAX_UNANSWERED = 3;

    private long lastId;
    private int unanswered;
    private @Nullable Call inFlight;
    private long invokedAt;
    private boolean news;
    private boolean unseenNews;

    /** The id that the next call will have. */
    long nextId() {
        return lastId + 1;
    }

    Call read(long now, long deadline) {
        return begin(now, new Call.Read(nextId(), deadline));
    }

    Call swap(long now, long deadline, Version expected, LockRecord next) {
        return begin(now, new Call.Swap(nextId(), deadline, expected, next));
    }

    private Call begin(long now, Call call) {
        lastId = call.id();
        inFlight = call;
        invokedAt = now;
        news = false;
        unseenNews = false;
        unanswered++;
        return call;
    }

    /** Whether a call is on its way. */
    boolean isTaken() {
        return inFlight != null;
    }

    /** Whether what is on its way is a write. */
    boolean isWriting() {
        return inFlight instanceof Call.Swap;
    }

    /** Whether another call may be made. */
    boolean isFree() {
        return inFlight == null && unanswered < MAX_UNANSWERED;
    }

    /** When the call on its way is given up on; {@code Long.MAX_VALUE} if there is none. */
    long deadline() {
        return inFlight == null ? Long.MAX_VALUE : inFlight.deadline();
    }

    /** When the last call was made. */
    long invokedAt() {
        return invokedAt;
    }

    /** Waits for the call on its way no longer. */
    void giveUp() {
        inFlight = null;
    }

    /** A call was answered; says whether it was the one on its way, and not one that was given up on. */
    boolean answered(long id) {
        unanswered--;
        boolean current = inFlight != null && inFlight.id() == id;
        if (current) {
            inFlight = null;
        }
        return current;
    }

    /** Something was heard of the record that the answer to the call may not know yet. */
    void news() {
        news = true;
    }

    /** The same, of an event that did not show the record. */
    void unseenNews() {
        news = true;
        unseenNews = true;
    }

    boolean hadNews() {
        return news;
    }

    boolean hadUnseenNews() {
        return unseenNews;
    }
}
