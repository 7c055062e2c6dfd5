package dev.election.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes in the body of one answer, whole or line by line. It can be cancelled at any time, even before the answer is
 * there, and the connection with it.
 */
final class Download implements AsyncBody.Consumer<List<ByteBuffer>> {

    /** etcd keeps no object of more than 1.5 MiB; JSON and a watch event's envelope make it somewhat longer. */
    private static final int MAX_LENGTH = 4 * 1024 * 1024;

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    /** What to do with a line; null while the body is wanted whole. Set before the first byte is asked for. */
    private volatile @Nullable Consumer<byte[]> onLine;

    private @Nullable AsyncBody body;
    private boolean cancelled;

    /** The whole body. */
    CompletableFuture<byte[]> whole(HttpResponse<AsyncBody> response) {
        return start(response).thenApply(ended -> taken.toByteArray());
    }

    /**
     * Hands on each line as it comes, without its end.
     *
     * @return completes when the body ends
     */
    CompletableFuture<Void> lines(HttpResponse<AsyncBody> response, Consumer<byte[]> lineConsumer) {
        onLine = lineConsumer;
        return start(response);
    }

    /** Asks for the first bytes outside of the lock, because they may be handed on right here. */
    private CompletableFuture<Void> start(HttpResponse<AsyncBody> response) {
        AsyncBody arrived = response.body();
        boolean givenUp;
        synchronized (this) {
            body = arrived;
            givenUp = cancelled;
        }
        if (givenUp) {
            arrived.cancel();
        } else {
            arrived.consume();
        }
        return arrived.done();
    }

    /** Takes in no more, and gives up the connection. Idempotent. */
    void cancel() {
        AsyncBody arrived;
        synchronized (this) {
            cancelled = true;
            arrived = body;
        }
        if (arrived != null) {
            arrived.cancel();
        }
    }

    @Override
    public void consume(List<ByteBuffer> buffers, AsyncBody asyncBody) throws IOException {
        Consumer<byte[]> lineConsumer = onLine;
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            int from = 0;
            if (lineConsumer != null) {
                for (int i = 0; i < bytes.length; i++) {
                    if (bytes[i] == '\n') {
                        taken.write(bytes, from, i - from);
                        lineConsumer.accept(taken.toByteArray());
                        taken.reset();
                        from = i + 1;
                    }
                }
            }
            taken.write(bytes, from, bytes.length - from);
            if (taken.size() > MAX_LENGTH) {
                throw new IOException("the API server's answer is longer than " + MAX_LENGTH + " bytes");
            }
        }
        asyncBody.consume();
    }
}
