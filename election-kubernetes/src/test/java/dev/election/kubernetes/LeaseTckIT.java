package dev.election.kubernetes;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

/** The compatibility kit on Leases, whose fields the API server checks, but not the annotations. */
@DisplayName("Lease")
class LeaseTckIT extends KubernetesTck {

    LeaseTckIT() {
        super(LockKind.LEASE);
    }

    @Override
    Map<String, Map<String, String>> unreadable() {
        return Map.of(
                "a negative fencing token", Map.of(TermAnnotations.FENCING_TOKEN, "-1"),
                "a fencing token out of range", Map.of(TermAnnotations.FENCING_TOKEN, "9223372036854775808"),
                "a word as fencing token", Map.of(TermAnnotations.FENCING_TOKEN, "seven"),
                "an empty fencing token", Map.of(TermAnnotations.FENCING_TOKEN, ""));
    }
}
