package dev.election.etcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A gRPC server in the place of etcd, which answers what a real one answers only in rare moments. */
final class FakeEtcd implements AutoCloseable {

    /** One call as it came. */
    record Call(String method, Metadata headers, Duration timeLeft) {}

    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Server server;

    /** Completed when a call that was not answered was cancelled by the caller or its deadline. */
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    private volatile Status answer = Status.UNAVAILABLE;
    private volatile boolean silent;
    private volatile BiConsumer<WatchRequest, StreamObserver<WatchResponse>> watch = (request, stream) -> {};

    FakeEtcd() throws IOException {
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new Kv())
                .addService(new Watches())
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, R> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                        var deadline = Context.current().getDeadline();
                        calls.add(new Call(
                                String.valueOf(call.getMethodDescriptor().getBareMethodName()),
                                headers,
                                deadline == null
                                        ? Duration.ofDays(1)
                                        : Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS))));
                        // Not by a handler: one may be cancelled before it comes to its handler.
                        return new SimpleForwardingServerCallListener<>(
                                Contexts.interceptCall(Context.current(), call, headers, next)) {
                            @Override
                            public void onCancel() {
                                cancelled.complete(null);
                                super.onCancel();
                            }
                        };
                    }
                })
                .build()
                .start();
    }

    String endpoint() {
        return "127.0.0.1:" + server.getPort();
    }

    /** Answers all reads and transactions so. */
    void fail(Status status) {
        answer = status;
    }

    /** Answers no read and no transaction any more. */
    void beSilent() {
        silent = true;
    }

    /** What to do with each message of a watch. */
    void onWatch(BiConsumer<WatchRequest, StreamObserver<WatchResponse>> handler) {
        watch = handler;
    }

    List<Call> calls() {
        return calls;
    }

    private <R> void respond(StreamObserver<R> stream) {
        if (!silent) {
            stream.onError(answer.asException());
        }
    }

    private final class Kv extends KVGrpc.KVImplBase {
        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> stream) {
            respond(stream);
        }

        @Override
        public void txn(TxnRequest request, StreamObserver<TxnResponse> stream) {
            respond(stream);
        }
    }

    private final class Watches extends WatchGrpc.WatchImplBase {
        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> stream) {
            return new StreamObserver<>() {
                @Override
                public void onNext(WatchRequest request) {
                    watch.accept(request, stream);
                }

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {}
            };
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
