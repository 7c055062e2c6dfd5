package dev.election.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries once in the life of a backend, while another candidate leads, what a take-over will need: it sends the object
 * back as it was read, and as a dry run, so that nothing changes.
 *
 * <p>A follower may wait for months before it writes for the first time. This way a missing permission is said at its
 * start and not when it is needed, and the first write does not wait for classes to be loaded, so a hand-over is quicker.
 */
final class Rehearsal {

    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ApiServer server;
    private final AtomicBoolean due = new AtomicBoolean(true);

    Rehearsal(ApiServer server) {
        this.server = server;
    }

    /** Never mind: this backend has written. */
    void cancel() {
        due.set(false);
    }

    /** A watch saw this. Returns at once. */
    void saw(ObjectRef object, @Nullable Snapshot seen) {
        LockRecord record = seen == null ? null : seen.record();
        if (record != null && !record.isFree() && due.compareAndSet(true, false)) {
            KubernetesVersion version = (KubernetesVersion) seen.version();
            Thread thread = new Thread(() -> rehearse(object, version), "election-kubernetes-rehearsal");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void rehearse(ObjectRef object, KubernetesVersion version) {
        ObjectNode unchanged = version.copyObject();
        object.kind().write(version.copyObject(), version.record()); // as a take-over would
        try {
            Answer answer = server.send("PUT", object.path() + "?dryRun=All", unchanged, Deadline.in(PATIENCE));
            if (answer.code() == 403) {
                LOG.info(
                        "this process can look on, but never lead: {}",
                        Failures.refusal(object, "update", answer).getMessage());
            } else {
                LOG.debug("{}: a dry run of an update was answered {}", object, answer.code());
            }
        } catch (IOException e) {
            LOG.debug("{}: a dry run of an update failed", object, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
