package dev.election.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;
import java.time.Duration;
import java.time.Instant;

/** The record in the {@code spec} of a Lease, as client-go's {@code LeaseLock} keeps it. */
final class LeaseLock implements LockObject {

    @Override
    public String apiGroup() {
        return "coordination.k8s.io";
    }

    @Override
    public String apiVersion() {
        return "coordination.k8s.io/v1";
    }

    @Override
    public String kind() {
        return "Lease";
    }

    @Override
    public String resource() {
        return "leases";
    }

    @Override
    public LockRecord read(ObjectNode lease) throws NotOurs, Malformed {
        JsonNode spec = lease.path("spec");
        if (spec.hasNonNull("strategy")) {
            throw new NotOurs("spec.strategy is set (" + spec.path("strategy").asText()
                    + "), so the API server itself elects on it; give the election another name, or unset it");
        }
        LockRecord record;
        try {
            record = new LockRecord(
                    Json.text(spec, "holderIdentity"),
                    Duration.ofSeconds(Math.max(0, Json.number(spec, "leaseDurationSeconds"))),
                    time(spec, "acquireTime"),
                    time(spec, "renewTime"),
                    Json.number(spec, "leaseTransitions"),
                    0,
                    "");
        } catch (IllegalArgumentException e) {
            throw new Malformed("its spec is no lock record: " + e.getMessage(), "edit %s", e);
        }
        return TermAnnotations.read(lease, record);
    }

    @Override
    public void write(ObjectNode lease, LockRecord next) {
        Json.child(lease, "spec")
                .put("holderIdentity", next.holder())
                .put("leaseDurationSeconds", (int) next.leaseDuration().toSeconds())
                .put("acquireTime", LockRecordJson.formatTime(next.acquired()))
                .put("renewTime", LockRecordJson.formatTime(next.renewed()))
                .put("leaseTransitions", next.transitions());
        TermAnnotations.write(lease, next);
    }

    private static Instant time(JsonNode spec, String field) {
        String text = Json.text(spec, field);
        return text.isEmpty() ? Instant.EPOCH : LockRecordJson.parseTime(text);
    }
}
