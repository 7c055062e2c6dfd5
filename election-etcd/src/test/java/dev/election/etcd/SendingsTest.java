package dev.election.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;

/** What is known of a call from the streams that gRPC made for it. */
class SendingsTest {

    private final Sendings sendings = new Sendings();

    private ClientStreamTracer stream(boolean transparentRetry) {
        return sendings.newClientStreamTracer(
                ClientStreamTracer.StreamInfo.newBuilder()
                        .setIsTransparentRetry(transparentRetry)
                        .build(),
                new Metadata());
    }

    private static void connect(ClientStreamTracer stream) {
        stream.streamCreated(Attributes.EMPTY, new Metadata());
    }

    @Test
    void aStreamThatStillWaitsForAConnectionWasNotSent() {
        stream(false);
        assertThat(sendings.any()).isFalse();
        assertThat(sendings.repeated()).isFalse();
    }

    @Test
    void aSecondStreamIsARepetition() {
        connect(stream(false));
        assertThat(sendings.any()).isTrue();
        assertThat(sendings.repeated()).isFalse();
        connect(stream(false));
        assertThat(sendings.repeated()).isTrue();
    }

    /** The server has not looked at the first one, which need not even have got as far as a connection. */
    @Test
    void whatGrpcRepeatsUnaskedIsNoRepetitionButWasSent() {
        stream(false);
        connect(stream(true));
        assertThat(sendings.any()).isTrue();
        assertThat(sendings.repeated()).isFalse();
    }
}
