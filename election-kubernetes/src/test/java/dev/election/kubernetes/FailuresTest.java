package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.spi.BackendException;
import dev.election.spi.BackendException.Kind;
import dev.election.spi.CasOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers are certain (S2). */
class FailuresTest {

    private final ObjectRef object = new ObjectRef(new LeaseLock(), "default", "mine");

    private static Answer answer(int code, String body) {
        return new Answer(code, Duration.ofSeconds(2), null, body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "400, REFUSED",
        "401, DENIED",
        "403, DENIED",
        "404, REFUSED",
        "405, REFUSED",
        "413, REFUSED",
        "415, REFUSED",
        "422, REFUSED",
        "429, TRANSIENT"
    })
    void aWriteThatWasRefusedWasCertainlyNotApplied(int code, Kind kind) {
        assertThatThrownBy(() -> Failures.write(object, "update", answer(code, "")))
                .hasMessageStartingWith("cannot update Lease default/mine: ")
                .extracting(e -> ((BackendException) e).kind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 300, 302, 408, 410, 418, 499, 500, 501, 502, 503, 504, 507, 599})
    void anythingElseIsUnknown(int code) throws Exception {
        assertThat(Failures.write(object, "update", answer(code, ""))).isInstanceOf(CasOutcome.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({"429", "500", "503"})
    void aServerThatIsBusySaysForHowLong(int code) {
        BackendException refusal = Failures.refusal(object, "get", answer(code, ""));
        assertThat(refusal.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aNamespaceThatIsBeingDeletedIsNotTakenForAMissingRule() {
        String body = "{\"kind\":\"Status\",\"details\":{\"causes\":[{\"reason\":\"NamespaceTerminating\"}]}}";
        BackendException refusal = Failures.refusal(object, "create", answer(403, body));
        assertThat(refusal.kind()).isEqualTo(Kind.REFUSED);
        assertThat(refusal).hasMessageContaining("namespace is being deleted");
    }
}
