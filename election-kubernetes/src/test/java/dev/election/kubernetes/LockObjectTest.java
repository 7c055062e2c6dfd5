package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.kubernetes.LockObject.Malformed;
import dev.election.kubernetes.LockObject.NotOurs;
import dev.election.spi.LockRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How objects hold records: adapters' mapping, S8, S12, and the binding of the token to its term (E6). */
class LockObjectTest {

    private static final Instant TAKEN = Instant.parse("2026-01-02T03:04:05.000006Z");
    private static final Instant RENEWED = Instant.parse("2026-01-02T03:04:15Z");
    private static final LockRecord OURS =
            new LockRecord("a_1", Duration.ofSeconds(15), TAKEN, RENEWED, 3, 99, "attempt-1");

    private final LockObject lease = new LeaseLock();
    private final LockObject endpoints = new EndpointsLock();

    private static ObjectNode json(String text) throws IOException {
        return (ObjectNode) Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode annotated(LockObject kind, String annotation, String value) {
        ObjectNode object = Json.object();
        kind.write(object, OURS);
        TermAnnotations.annotations(object).put(annotation, value);
        return object;
    }

    @Nested
    @DisplayName("a Lease")
    class OfLease {

        @Test
        void readsBackWhatWasWritten() throws Exception {
            ObjectNode object = Json.object();
            lease.write(object, OURS);
            assertThat(lease.read(object)).isEqualTo(OURS);
        }

        @Test
        void writesTimesWithExactlySixFractionDigits() {
            ObjectNode object = Json.object();
            lease.write(object, OURS);
            assertThat(object.path("spec").path("acquireTime").asText()).isEqualTo("2026-01-02T03:04:05.000006Z");
            assertThat(object.path("spec").path("renewTime").asText()).isEqualTo("2026-01-02T03:04:15.000000Z");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{'spec':null}",
                    "{'spec':{}}",
                    "{'spec':{'holderIdentity':null,'leaseDurationSeconds':null,'acquireTime':null,"
                            + "'renewTime':null,'leaseTransitions':null}}",
                    "{'spec':{'holderIdentity':''}}"
                })
        void isFreeWhenItsFieldsAreMissingOrNull(String object) throws Exception {
            LockRecord record = lease.read(json(object));
            assertThat(record).isEqualTo(new LockRecord("", Duration.ZERO, Instant.EPOCH, Instant.EPOCH, 0, 0, ""));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
        void withoutAPositiveDurationHoldsNoUsableOne(int seconds) throws Exception {
            LockRecord record =
                    lease.read(json("{'spec':{'holderIdentity':'x','leaseDurationSeconds':" + seconds + "}}"));
            assertThat(record.leaseDuration()).isZero();
            assertThat(record.holder()).isEqualTo("x");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'spec':{'renewTime':'yesterday'}}",
                    "{'spec':{'holderIdentity':7}}",
                    "{'spec':{'leaseDurationSeconds':99999999999}}",
                    "{'spec':{'leaseDurationSeconds':1.5}}",
                    "{'spec':{'leaseTransitions':-1}}"
                })
        void thatIsNoRecordIsMalformedAndNotFree(String object) {
            assertThatThrownBy(() -> lease.read(json(object))).isInstanceOf(Malformed.class);
        }

        @Test
        void onWhichTheServerElectsIsLeftAlone() {
            assertThatThrownBy(() -> lease.read(json("{'spec':{'strategy':'OldestEmulationVersion'}}")))
                    .isInstanceOf(NotOurs.class)
                    .hasMessageContaining("OldestEmulationVersion");
        }

        @Test
        void keepsWhatItDoesNotKnowDownToTheDigits() throws Exception {
            ObjectNode object =
                    json("{'apiVersion':'coordination.k8s.io/v1','extra':{'n':1.10,'big':123456789012345678901},"
                            + "'metadata':{'labels':{'l':'1'},'annotations':{'a':'b'},'managedFields':[{'manager':'kubectl'}]},"
                            + "'spec':{'preferredHolder':'p','strategy':null,'holderIdentity':'old'}}");
            lease.write(object, OURS);
            String text = new String(Json.bytes(object), StandardCharsets.UTF_8);
            assertThat(text)
                    .contains("\"n\":1.10,\"big\":123456789012345678901")
                    .contains("\"preferredHolder\":\"p\"")
                    .contains("\"l\":\"1\"")
                    .contains("\"a\":\"b\"")
                    .contains("\"manager\":\"kubectl\"")
                    .contains("\"holderIdentity\":\"a_1\"");
        }
    }

    @Nested
    @DisplayName("the token")
    class OfTerm {

        @Test
        void isAFloorOnceAnotherHolderWroteTheRecord() throws Exception {
            ObjectNode object = Json.object();
            lease.write(object, OURS);
            Json.child(object, "spec").put("holderIdentity", "theirs");
            assertThat(lease.read(object).attempt()).isEmpty();
            assertThat(lease.read(object).fencingToken()).isEqualTo(99);
        }

        @Test
        void isAFloorOnceTheAcquireTimeIsAnothers() throws Exception {
            ObjectNode object = Json.object();
            lease.write(object, OURS);
            Json.child(object, "spec").put("acquireTime", "2026-01-02T03:04:05.000007Z");
            assertThat(lease.read(object).isOurs()).isFalse();
        }

        @Test
        void isAFloorOnceClientGoReleasedOurFreeRecordAnew() throws Exception {
            ObjectNode object = Json.object();
            lease.write(object, new LockRecord("", Duration.ofSeconds(1), TAKEN, TAKEN, 3, 99, "attempt-2"));
            assertThat(lease.read(object).isOurs()).isTrue();
            Json.child(object, "spec").put("acquireTime", "2026-01-02T03:05:00.000000Z");
            assertThat(lease.read(object).isFree()).isTrue();
            assertThat(lease.read(object).isOurs()).isFalse();
            assertThat(lease.read(object).fencingToken()).isEqualTo(99);
        }

        @Test
        void isNotKnownWhereTheAnnotationWasRemoved() throws Exception {
            ObjectNode object = Json.object();
            lease.write(object, OURS);
            TermAnnotations.annotations(object).remove(TermAnnotations.FENCING_TOKEN);
            assertThat(lease.read(object).isOurs()).isFalse();
            assertThat(lease.read(object).fencingToken()).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", "-1", "+1", "1.0", "0x1", " 1", "9223372036854775808", "٣"})
        void thatIsNoNumberIsMalformed(String token) {
            for (LockObject kind : new LockObject[] {lease, endpoints}) {
                ObjectRef ref = new ObjectRef(kind, "prod", "mine");
                assertThatThrownBy(() -> kind.read(annotated(kind, TermAnnotations.FENCING_TOKEN, token)))
                        .isInstanceOfSatisfying(
                                Malformed.class,
                                e -> assertThat(e.cure(ref))
                                        .contains("-n prod ")
                                        .contains(" mine "))
                        .hasMessageContaining(TermAnnotations.FENCING_TOKEN);
            }
        }

        @Test
        void goesUpToTheLargestNumber() throws Exception {
            assertThat(lease.read(annotated(lease, TermAnnotations.FENCING_TOKEN, "" + Long.MAX_VALUE))
                            .fencingToken())
                    .isEqualTo(Long.MAX_VALUE);
        }
    }

    @Nested
    @DisplayName("an Endpoints object")
    class OfEndpoints {

        @Test
        void readsBackWhatWasWritten() throws Exception {
            ObjectNode object = Json.object();
            endpoints.write(object, OURS);
            assertThat(endpoints.read(object)).isEqualTo(OURS);
        }

        @Test
        void withoutTheAnnotationIsFreeWithTheFloorItHas() throws Exception {
            LockRecord record = endpoints.read(json("{'metadata':{'annotations':{'election.dev/fencing-token':'5'}}}"));
            assertThat(record).isEqualTo(new LockRecord("", Duration.ZERO, Instant.EPOCH, Instant.EPOCH, 0, 5, ""));
        }

        @Test
        void holdsNothingInTheRecordThatGoReadersWouldNotKnow() {
            ObjectNode object = Json.object();
            endpoints.write(object, OURS);
            assertThat(object.path("metadata")
                            .path("annotations")
                            .path(EndpointsLock.LEADER)
                            .asText())
                    .isEqualTo("{\"holderIdentity\":\"a_1\",\"leaseDurationSeconds\":15,"
                            + "\"acquireTime\":\"2026-01-02T03:04:05.000006Z\","
                            + "\"renewTime\":\"2026-01-02T03:04:15.000000Z\",\"leaderTransitions\":3}");
        }

        @Test
        void readsTheRecordOfClientGo() throws Exception {
            ObjectNode object = Json.object();
            TermAnnotations.annotations(object)
                    .put(
                            EndpointsLock.LEADER,
                            "{\"holderIdentity\":\"go\",\"leaseDurationSeconds\":15,\"acquireTime\":\"2026-01-02T03:04:05Z\","
                                    + "\"renewTime\":\"2026-01-02T03:04:15Z\",\"leaderTransitions\":2}");
            assertThat(endpoints.read(object))
                    .isEqualTo(new LockRecord(
                            "go", Duration.ofSeconds(15), Instant.parse("2026-01-02T03:04:05Z"), RENEWED, 2, 0, ""));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'subsets':[{'addresses':[{'ip':'10.0.0.1'}]}]}",
                    "{'metadata':{'annotations':{'endpoints.kubernetes.io/last-change-trigger-time':'x'}}}",
                    "{'metadata':{'labels':{'endpoints.kubernetes.io/managed-by':'endpoint-controller'}}}",
                    "{'metadata':{'labels':{'service.kubernetes.io/headless':''}}}"
                })
        void ofAServiceIsLeftAlone(String object) {
            assertThatThrownBy(() -> endpoints.read(json(object)))
                    .isInstanceOf(NotOurs.class)
                    .hasMessageContaining("Service");
        }
    }
}
