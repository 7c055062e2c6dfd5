package dev.election.kubernetes;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

/** The compatibility kit on annotations of Endpoints, which the API server does not check. */
@DisplayName("Endpoints")
class EndpointsTckIT extends KubernetesTck {

    EndpointsTckIT() {
        super(LockKind.ENDPOINTS);
    }

    @Override
    Map<String, Map<String, String>> unreadable() {
        return Map.of(
                "garbage", leader("no { record"),
                "a JSON array", leader("[]"),
                "half a record", leader("{\"holderIdentity\":\"someone\",\"leaseDurat"),
                "a number as holder", leader("{\"holderIdentity\":7}"),
                "a text as lease", leader("{\"holderIdentity\":\"someone\",\"leaseDurationSeconds\":\"15\"}"),
                "a time that is none", leader("{\"holderIdentity\":\"someone\",\"renewTime\":\"yesterday\"}"),
                "two holders", leader("{\"holderIdentity\":\"\",\"holderIdentity\":\"someone\"}"),
                "a negative fencing token", Map.of(TermAnnotations.FENCING_TOKEN, "-1"));
    }

    private static Map<String, String> leader(String json) {
        return Map.of(EndpointsLock.LEADER, json);
    }
}
