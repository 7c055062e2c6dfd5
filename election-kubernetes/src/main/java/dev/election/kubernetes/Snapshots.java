package dev.election.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.BackendException;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;

/** Reads the objects that the API server gives as snapshots of their records. */
final class Snapshots {

    /** A positive 64-bit number as Kubernetes writes it, and nothing that merely looks like one. */
    private static final String RESOURCE_VERSION = "[1-9][0-9]{0,18}";

    private Snapshots() {}

    /**
     * Reads an object.
     *
     * @throws BackendException of kind {@code UNREADABLE} when it holds what is no record (S12), and of kind
     *     {@code REFUSED} when something else owns it; the message names the object and the cure
     */
    static Snapshot of(ObjectRef object, JsonNode json) throws BackendException {
        String uid = json.path("metadata").path("uid").asText("");
        if (!(json instanceof ObjectNode node) || uid.isEmpty()) {
            throw BackendException.unreadable(
                    "what the API server gave for " + object + " is no object of Kubernetes", null);
        }
        long revision = revision(object, node);
        try {
            LockRecord record = object.kind().read(node);
            return new Snapshot(record, new KubernetesVersion(uid, revision, record, node));
        } catch (LockObject.Malformed e) {
            throw BackendException.unreadable(
                    object + " cannot be read, so it counts as held by someone unknown: " + e.getMessage()
                            + ". Once no candidate leads, mend it: kubectl " + e.cure(object),
                    e);
        } catch (LockObject.NotOurs e) {
            throw BackendException.refused("no election is held on " + object + ": " + e.getMessage(), e);
        }
    }

    private static long revision(ObjectRef object, ObjectNode json) throws BackendException {
        String text = json.path("metadata").path("resourceVersion").asText("");
        if (text.matches(RESOURCE_VERSION)) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                // beyond 64 bits
            }
        }
        throw BackendException.unreadable(
                object + " has resourceVersion \"" + text
                        + "\", which is no positive 64-bit number, so nothing orders the fencing tokens; no election can"
                        + " be held on this API server",
                null);
    }
}
