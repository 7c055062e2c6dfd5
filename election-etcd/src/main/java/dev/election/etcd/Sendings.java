package dev.election.etcd;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts how often one call was handed to a connection. None is the proof that it was not sent at all; more than one,
 * that the channel repeats calls.
 */
final class Sendings extends ClientStreamTracer.Factory {

    private final AtomicInteger count = new AtomicInteger();

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            /** Called by a transport that is connected, before it writes anything of the call. */
            @Override
            public void streamCreated(Attributes transport, Metadata metadata) {
                // What gRPC repeats unasked, the server has certainly not looked at.
                if (!info.isTransparentRetry()) {
                    count.incrementAndGet();
                }
            }
        };
    }

    int count() {
        return count.get();
    }
}
