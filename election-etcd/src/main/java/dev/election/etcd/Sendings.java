package dev.election.etcd;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Watches how often one call is handed to a connection. Never is the proof that it was not sent at all; more than once,
 * that the channel repeats calls.
 */
final class Sendings extends ClientStreamTracer.Factory {

    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean any;

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            /** Called by a transport that is connected, before it writes anything of the call. */
            @Override
            public void streamCreated(Attributes transport, Metadata metadata) {
                any = true;
                // What gRPC repeats unasked, the server has certainly not looked at before.
                if (!info.isTransparentRetry()) {
                    count.incrementAndGet();
                }
            }
        };
    }

    /** Whether anything of the call may have been handed to the network. */
    boolean any() {
        return any;
    }

    /** Whether the call went out again although the server may have looked at it. */
    boolean repeated() {
        return count.get() > 1;
    }
}
