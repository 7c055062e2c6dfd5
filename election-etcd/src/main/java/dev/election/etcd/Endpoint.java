package dev.election.etcd;

import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One address of etcd, and the channel to it. */
final class Endpoint {

    /** Connections end at once when told to; this is for those that do not. */
    private static final long CLOSE_SECONDS = 2;

    private final String name;
    private final Channel channel;
    private final @Nullable ManagedChannel own;
    private final AtomicLong connection = new AtomicLong();

    /** Done when the connection that was given up last is out of the way. */
    private volatile CompletableFuture<?> givenUp = CompletableFuture.completedFuture(null);

    private Endpoint(String name, Channel channel, @Nullable ManagedChannel own) {
        this.name = name;
        this.channel = channel;
        this.own = own;
    }

    static Endpoint own(String name, ManagedChannel channel) {
        return new Endpoint(name, channel, channel);
    }

    /** A channel that stays its caller's: neither its connections nor its end are our business. */
    static Endpoint shared(Channel channel) {
        return new Endpoint(String.valueOf(channel.authority()), channel, null);
    }

    Channel channel() {
        return channel;
    }

    /** Names the connection of now, for {@link #giveUp}. */
    long connection() {
        return connection.get();
    }

    /**
     * Gives up a connection that failed a call: the next call gets a new one, at once. gRPC by itself would stay with
     * one that died silently until a ping fails, and after a refusal would not try again for up to two minutes. Calls
     * under way stay where they are.
     *
     * @param failed the connection that was taken for the call; if it was given up already, nothing is done
     */
    void giveUp(long failed) {
        if (own != null && connection.compareAndSet(failed, failed + 1)) {
            CompletableFuture<?> done = new CompletableFuture<>();
            givenUp = done;
            own.enterIdle();
            // The channel does one after the other, on some thread. Once idle, it is in another state than that.
            own.notifyWhenStateChanged(ConnectivityState.TRANSIENT_FAILURE, () -> done.complete(null));
        }
    }

    /** Waits for a channel that is just being sent to idle, which would answer a call with its last failure. */
    void awaitReadiness(Deadline deadline) throws InterruptedException {
        try {
            givenUp.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // then the call has no time left, either
        } catch (ExecutionException e) {
            throw new IllegalStateException("it never fails", e);
        }
    }

    void shutdown() {
        if (own != null) {
            own.shutdownNow();
        }
    }

    void awaitEnd() {
        try {
            if (own != null) {
                own.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
