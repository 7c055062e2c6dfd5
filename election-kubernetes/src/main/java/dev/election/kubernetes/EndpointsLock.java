package dev.election.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import java.time.Duration;
import java.time.Instant;

/** The record as JSON in an annotation of an Endpoints object, as client-go's former {@code EndpointsLock} kept it. */
final class EndpointsLock implements LockObject {

    static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

    // What the endpoints controller puts on the objects it keeps; the first two of them since 1.16 and 1.33.
    private static final String CHANGED = "endpoints.kubernetes.io/last-change-trigger-time";
    private static final String MANAGED = "endpoints.kubernetes.io/managed-by";
    private static final String HEADLESS = "service.kubernetes.io/headless";

    /** An object without the annotation: free, and never held so far. */
    private static final LockRecord FREE = new LockRecord("", Duration.ZERO, Instant.EPOCH, Instant.EPOCH, 0, 0, "");

    @Override
    public String apiGroup() {
        return "";
    }

    @Override
    public String apiVersion() {
        return "v1";
    }

    @Override
    public String kind() {
        return "Endpoints";
    }

    @Override
    public String resource() {
        return "endpoints";
    }

    @Override
    public LockRecord read(ObjectNode endpoints) throws NotOurs, Malformed {
        refuseThoseOfAService(endpoints);
        return TermAnnotations.read(endpoints, leader(endpoints).record());
    }

    @Override
    public void write(ObjectNode endpoints, LockRecord next) {
        LockRecordJson current;
        try {
            current = leader(endpoints);
        } catch (Malformed e) {
            throw new IllegalStateException("a version was given out for what is no record", e);
        }
        TermAnnotations.write(endpoints, next);
        TermAnnotations.annotations(endpoints).put(LEADER, current.with(next).toClientGoJson());
    }

    private static LockRecordJson leader(ObjectNode endpoints) throws Malformed {
        String json =
                endpoints.path("metadata").path("annotations").path(LEADER).asText("");
        if (json.isEmpty()) {
            return LockRecordJson.of(FREE);
        }
        try {
            return LockRecordJson.parse(json);
        } catch (IllegalArgumentException e) {
            throw new Malformed(
                    "annotation " + LEADER + " is no lock record: " + e.getMessage(), "annotate %s " + LEADER + "-", e);
        }
    }

    /**
     * Keeps off the Endpoints of a Service: its addresses would be served stale while we hold them, and the endpoints
     * controller would write over our annotations. Told from the object alone, because reading Services would need
     * one more permission.
     */
    private static void refuseThoseOfAService(ObjectNode endpoints) throws NotOurs {
        JsonNode annotations = endpoints.path("metadata").path("annotations");
        JsonNode labels = endpoints.path("metadata").path("labels");
        String sign = !endpoints.path("subsets").isEmpty()
                ? "addresses"
                : annotations.has(CHANGED)
                        ? CHANGED
                        : labels.has(MANAGED) ? MANAGED : labels.has(HEADLESS) ? HEADLESS : "";
        if (!sign.isEmpty()) {
            throw new NotOurs("it belongs to a Service, for it has " + sign + "; give the election another name");
        }
    }
}
