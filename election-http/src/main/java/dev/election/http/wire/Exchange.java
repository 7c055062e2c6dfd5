package dev.election.http.wire;

import org.jspecify.annotations.Nullable;

/**
 * A request that is to be answered: at once, later, or by a stream. All methods but {@link #execute} are called on the
 * server's thread, and do nothing when the client is gone.
 */
public interface Exchange {

    /** Takes the exchanges of a server, each on the server's thread; never waits. */
    @FunctionalInterface
    interface Handler {
        void handle(Exchange exchange);
    }

    /** What a stream is fed from, as fast as its client reads: nothing is queued for it. */
    interface Source {

        /** The next bytes to send, or null when there are none until {@link Exchange#more()} is called. */
        byte @Nullable [] next();
    }

    Request request();

    /** Answers, once. */
    void answer(Answer answer);

    /**
     * Announces that the answer comes later, from this thread.
     *
     * @param onGone called if the client ends the connection before it was answered
     * @return false if too many wait already, and then it was answered so; or if the client is gone
     */
    boolean hold(Runnable onGone);

    /**
     * Answers with a stream that has no end.
     *
     * @param contentType of the stream
     * @param onGone called when the client is gone, or does not read
     * @return false if there are too many already, and then it was answered so; or if the client is gone
     */
    boolean stream(String contentType, Source source, Runnable onGone);

    /** The source of the stream has more. */
    void more();

    /** Runs a task soon on the server's thread. From any thread. */
    void execute(Runnable task);
}
