package dev.election.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one object over one connection: whatever ends that ends the watch, with {@link WatchListener#lost} (rule S9).
 *
 * <p>It asks for no {@code resourceVersion}, so the server begins with the object as it is, or as it was a moment ago,
 * and goes on with every change from there. It answers only once it listens, so that no change after {@link #open}
 * is missed.
 */
final class ObjectWatch implements Watch {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectWatch.class);

    /**
     * The server ends a watch after this; left alone it would after 30 to 60 minutes. It bounds how long a connection
     * that died without a word goes unnoticed.
     */
    private static final Duration LIFE = Duration.ofMinutes(5);

    /** What the server may take longer than it was asked to. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final ObjectRef object;
    private final WatchListener listener;
    private final Consumer<ObjectWatch> onEnd;

    private ApiServer.@Nullable Stream stream;
    private boolean ended;

    /** @param onEnd told once, when the watch has ended in whatever way */
    ObjectWatch(ObjectRef object, WatchListener listener, Consumer<ObjectWatch> onEnd) {
        this.object = object;
        this.listener = listener;
        this.onEnd = onEnd;
    }

    /**
     * Begins to watch.
     *
     * @throws BackendException when the server refuses or does not answer; this watch is then of no further use
     */
    void open(ApiServer server, Deadline deadline) throws BackendException, InterruptedException {
        String path = object.collectionPath() + "?watch=true&fieldSelector=metadata.name%3D" + object.name()
                + "&timeoutSeconds=" + LIFE.toSeconds();
        ApiServer.Stream opened;
        try {
            opened = server.stream(path, LIFE.plus(GRACE), this::onLine, this::onEnd, deadline);
        } catch (IOException e) {
            throw Failures.noAnswer(object, "watch", e);
        }
        if (!opened.answer().isSuccess()) {
            throw Failures.refusal(object, "watch", opened.answer());
        }
        synchronized (this) {
            stream = opened;
            if (ended) {
                opened.close();
            }
        }
    }

    private void onLine(byte[] line) {
        Snapshot current;
        try {
            JsonNode event = Json.parse(line);
            switch (event.path("type").asText()) {
                case "ADDED", "MODIFIED" -> current = decode(event.path("object"));
                case "DELETED" -> current = Snapshot.ABSENT;
                case "BOOKMARK" -> {
                    return;
                }
                default -> {
                    // ERROR, mostly 410: the server cannot go on from where it was.
                    end(new IOException("the API server ended the watch of " + object + ": "
                            + event.path("object").path("message").asText(event.toString())));
                    return;
                }
            }
        } catch (IOException e) {
            end(new IOException("the watch of " + object + " delivered what is not JSON", e));
            return;
        }
        tell(current);
    }

    /** What cannot be read is left to a read to complain about. */
    private @Nullable Snapshot decode(JsonNode json) {
        try {
            return Snapshots.of(object, json);
        } catch (BackendException e) {
            return null;
        }
    }

    private void onEnd(@Nullable Throwable failure) {
        end(new IOException("the connection that watched " + object + " has ended", failure));
    }

    /** Under the lock, so that nothing is told once {@link #close} has returned. A listener returns at once. */
    private synchronized void tell(@Nullable Snapshot current) {
        if (!ended) {
            try {
                listener.changed(current);
            } catch (RuntimeException e) {
                LOG.error("{}: a watch listener failed, against its contract", object, e);
            }
        }
    }

    private synchronized void end(IOException cause) {
        if (!ended) {
            close();
            try {
                listener.lost(cause);
            } catch (RuntimeException e) {
                LOG.error("{}: a watch listener failed, against its contract", object, e);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!ended) {
            ended = true;
            if (stream != null) {
                stream.close();
            }
            onEnd.accept(this);
        }
    }
}
