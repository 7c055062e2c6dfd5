package dev.election.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.LockRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records a change of holder as a Kubernetes Event, in client-go's words, so that {@code kubectl get events} shows it.
 *
 * <p>Best effort, on a thread of its own: a write is never held up or failed by it, events beyond a short queue are
 * dropped, and without permission to create events none are sent.
 */
final class HolderEvents implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HolderEvents.class);

    /** The name under which client-go's recorder would put us. */
    private static final String COMPONENT = "election";

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);
    private static final int QUEUE = 64;

    /** A record for people can wait until the hand-over that it tells of is done; it would take its server's time. */
    private static final Duration DELAY = Duration.ofMillis(100);

    private final ApiServer server;
    private final ThreadPoolExecutor thread;
    private volatile boolean permitted = true;

    HolderEvents(ApiServer server) {
        this.server = server;
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                task -> {
                    Thread created = new Thread(task, "election-kubernetes-events");
                    created.setDaemon(true);
                    return created;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Records what a write has changed. Returns at once.
     *
     * @param written the object's state after the write
     */
    void swapped(ObjectRef object, LockRecord before, KubernetesVersion written) {
        LockRecord after = written.record();
        if (!permitted || after.holder().equals(before.holder())) {
            return;
        }
        String message = after.isFree() ? before.holder() + " stopped leading" : after.holder() + " became leader";
        ObjectNode event = event(object, written, message, Instant.now());
        long due = System.nanoTime() + DELAY.toNanos();
        thread.execute(() -> post(object, event, due));
    }

    private void post(ObjectRef object, ObjectNode event, long due) {
        try {
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            Answer answer = server.send(
                    "POST", "/api/v1/namespaces/" + object.namespace() + "/events", event, Deadline.in(TIMEOUT));
            if (answer.code() == 403) {
                permitted = false;
            }
            if (!answer.isSuccess()) {
                LOG.debug("{}: no event recorded: {}", object, answer.describe());
            }
        } catch (IOException e) {
            LOG.debug("{}: no event recorded", object, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As client-go's {@code record.EventRecorder} writes it, down to the form of the name. */
    static ObjectNode event(ObjectRef object, KubernetesVersion version, String message, Instant now) {
        long nanos = ChronoUnit.NANOS.between(Instant.EPOCH, now);
        String second = now.truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode event = Json.object();
        event.put("apiVersion", "v1").put("kind", "Event");
        event.putObject("metadata")
                .put("name", object.name() + "." + Long.toHexString(nanos))
                .put("namespace", object.namespace());
        event.putObject("involvedObject")
                .put("apiVersion", object.kind().apiVersion())
                .put("kind", object.kind().kind())
                .put("namespace", object.namespace())
                .put("name", object.name())
                .put("uid", version.uid())
                .put("resourceVersion", Long.toString(version.revision()));
        event.put("type", "Normal").put("reason", "LeaderElection").put("message", message);
        event.putObject("source").put("component", COMPONENT);
        event.put("firstTimestamp", second).put("lastTimestamp", second).put("count", 1);
        return event;
    }

    /** Lets events under way go out, for at most a second: the last one tells that this process stopped leading. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
