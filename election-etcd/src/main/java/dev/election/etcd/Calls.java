package dev.election.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls to etcd, each with a deadline and each once (rules S6 and S7).
 *
 * <p>The deadline is gRPC's own: it goes to the server with the call, takes a call that is not sent yet from the queue,
 * and cancels one that is. Nothing waits for a connection to come back, either.
 */
final class Calls {

    /** Makes etcd refuse what comes to a member that is cut off from the others, instead of keeping it waiting. */
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final Endpoints endpoints;

    Calls(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    /**
     * Sends a call and waits for the answer.
     *
     * @throws CallFailure when there was none, or none that counts
     */
    <Q, R> R send(MethodDescriptor<Q, R> method, Q request, Tokens.Token token, Deadline deadline)
            throws CallFailure, InterruptedException {
        Endpoints.Use use = take(deadline);
        String endpoint = use.endpoint().toString();
        Sendings sendings = new Sendings();
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                .withoutWaitForReady()
                .withStreamTracerFactory(sendings);
        R answer;
        try {
            answer = ClientCalls.blockingUnaryCall(channel(use.endpoint(), token), method, options, request);
        } catch (StatusRuntimeException e) {
            if (Thread.interrupted()) {
                InterruptedException interrupt =
                        new InterruptedException("interrupted while waiting for etcd at " + endpoint);
                interrupt.initCause(e);
                throw interrupt;
            }
            if (isOfTheWay(e.getStatus().getCode())) {
                use.failed();
            }
            throw sendings.repeated()
                    ? repeated(endpoint, e)
                    : new CallFailure(e.getStatus(), sendings.any(), endpoint);
        }
        if (sendings.repeated()) {
            throw repeated(endpoint, null);
        }
        return answer;
    }

    /** The last answer says nothing of what became of the sendings before. */
    private static CallFailure repeated(String endpoint, @Nullable Exception cause) {
        Status status = Status.UNKNOWN
                .withDescription("this gRPC channel repeats calls, which makes their answers worthless; build it with"
                        + " disableRetry()")
                .withCause(cause);
        return new CallFailure(status, true, endpoint);
    }

    /** A call that both sides may go on with, begun by the caller. It has no deadline. */
    <Q, R> ClientCall<Q, R> open(
            Endpoints.Use use, MethodDescriptor<Q, R> method, Tokens.Token token, Executor listener) {
        CallOptions options = CallOptions.DEFAULT.withoutWaitForReady().withExecutor(listener);
        return channel(use.endpoint(), token).newCall(method, options);
    }

    /**
     * What a call is to use, when it is fit for that.
     *
     * @throws CallFailure when no time is left to call
     */
    Endpoints.Use take(Deadline deadline) throws CallFailure, InterruptedException {
        Endpoints.Use use = endpoints.take();
        use.endpoint().awaitReadiness(deadline);
        if (deadline.remainingNanos() <= 0) {
            throw new CallFailure(
                    Status.DEADLINE_EXCEEDED.withDescription("its time was over before it was sent"),
                    false,
                    use.endpoint().toString());
        }
        return use;
    }

    /** Whether a failure is one of the connection or the member, so that another may do better. */
    static boolean isOfTheWay(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL -> true;
            default -> false;
        };
    }

    private static Channel channel(Endpoint endpoint, Tokens.Token token) {
        Metadata headers = new Metadata();
        headers.put(HAS_LEADER, "true");
        token.addTo(headers);
        return ClientInterceptors.intercept(endpoint.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Override
    public String toString() {
        return endpoints.toString();
    }
}
