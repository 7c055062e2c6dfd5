package dev.election.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import io.grpc.Status;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailuresTest {

    private static final ElectionKey KEY = new ElectionKey("election/", "nightly");

    private static CallFailure failure(Status.Code code, String description, boolean sent) {
        return new CallFailure(code.toStatus().withDescription(description), sent, "etcd-0:2379");
    }

    private static BackendException definite(CallFailure failure) {
        return catchThrowableOfType(BackendException.class, () -> Failures.write(KEY, "swap", failure));
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, etcdserver: request is too large, REFUSED",
        "INVALID_ARGUMENT, etcdserver: user name is empty, DENIED",
        "PERMISSION_DENIED, etcdserver: permission denied, DENIED",
        "INVALID_ARGUMENT, etcdserver: revision of auth store is old, TRANSIENT",
        "UNAUTHENTICATED, etcdserver: invalid auth token, DENIED",
        "FAILED_PRECONDITION, whatever, REFUSED",
        "OUT_OF_RANGE, whatever, REFUSED",
        "RESOURCE_EXHAUSTED, etcdserver: too many requests, TRANSIENT",
        "UNAVAILABLE, etcdserver: no leader, TRANSIENT"
    })
    void aWriteThatEtcdRefusedWasNotApplied(Status.Code code, String description, BackendException.Kind kind) {
        assertThat(definite(failure(code, description, true)).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, io exception",
        "UNAVAILABLE, etcdserver: request timed out",
        "UNAVAILABLE, etcdserver: leader changed",
        "UNAVAILABLE, etcdserver: server stopped",
        "DEADLINE_EXCEEDED, deadline exceeded after 1 s",
        "CANCELLED, whatever",
        "UNKNOWN, whatever",
        "INTERNAL, whatever",
        "DATA_LOSS, whatever",
        "ABORTED, whatever",
        "UNIMPLEMENTED, whatever"
    })
    void whatEtcdMayHaveAppliedIsUnknown(Status.Code code, String description) throws Exception {
        assertThat(Failures.write(KEY, "swap", failure(code, description, true)))
                .isInstanceOf(CasOutcome.Unknown.class);
    }

    /** gRPC uses the code for answers beyond its own limits, too. */
    @Test
    void anAnswerThatIsTooLargeForUsIsUnknownAndNotARefusalByEtcd() throws Exception {
        CallFailure failure =
                failure(Status.Code.RESOURCE_EXHAUSTED, "gRPC message exceeds maximum size 16777216: 17000000", true);
        assertThat(Failures.write(KEY, "swap", failure)).isInstanceOf(CasOutcome.Unknown.class);
    }

    /** etcd's quotaApplierV3 applies a transaction first, and answers so if that filled the quota. */
    @Test
    void aWriteThatFillsTheQuotaIsUnknownAsEtcdAppliesItAndThenComplains() throws Exception {
        CallFailure failure =
                failure(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded", true);
        CasOutcome outcome = Failures.write(KEY, "swap", failure);
        assertThat(outcome).isInstanceOf(CasOutcome.Unknown.class);
        assertThat(((CasOutcome.Unknown) outcome).cause()).hasMessageContaining("etcdctl alarm disarm");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK"},
            mode = EnumSource.Mode.EXCLUDE)
    void whatWasNotSentWasNotApplied(Status.Code code) {
        assertThat(definite(failure(code, "whatever", false))).isNotNull();
    }

    @Test
    void aRefusalNamesTheKeyThePermissionAndTheCure() {
        assertThat(definite(failure(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied", true)))
                .hasMessage(
                        "cannot swap etcd key election/nightly: not permitted; our user (the option user, or who our"
                                + " certificate names) needs a role with the permission readwrite on keys that begin with election/: etcdctl role grant-permission ROLE"
                                + " readwrite --prefix=true election/ and etcdctl user grant-role USER ROLE"
                                + " (PERMISSION_DENIED: etcdserver: permission denied)");
    }

    @Test
    void aFailureTellsItsInnermostReasonOnOneLine() {
        Status status = Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new RuntimeException(new IOException("Connection refused:\n127.0.0.1")));
        assertThat(Failures.refusal(KEY, "read", new CallFailure(status, false, "etcd-0:2379")))
                .hasMessage("cannot read etcd key election/nightly: UNAVAILABLE: io exception"
                        + " (Connection refused: 127.0.0.1), from etcd-0:2379");
    }

    @Test
    void aKeyIsQuotedForTheShellWhereThatTakesIt() {
        assertThat(new ElectionKey("it's/", "x").quoted()).isEqualTo("'it'\\''s/x'");
        assertThat(KEY.quoted()).isEqualTo("election/nightly");
    }
}
