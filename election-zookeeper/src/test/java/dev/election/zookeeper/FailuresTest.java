package dev.election.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.spi.BackendException;
import dev.election.spi.BackendException.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.ErrorResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is certain and what is not (S2). */
class FailuresTest {

    private static final Set<Code> CERTAIN = EnumSet.of(
            Code.NONODE,
            Code.NODEEXISTS,
            Code.BADVERSION,
            Code.NOTEMPTY,
            Code.NOAUTH,
            Code.INVALIDACL,
            Code.BADARGUMENTS,
            Code.UNIMPLEMENTED,
            Code.NOTREADONLY,
            Code.NOCHILDRENFOREPHEMERALS,
            Code.QUOTAEXCEEDED,
            Code.SESSIONMOVED,
            Code.SESSIONCLOSEDREQUIRESASLAUTH,
            Code.THROTTLEDOP);

    @ParameterizedTest
    @EnumSource(Code.class)
    void onlyWhatAServerSaysThatDidNotApplyItIsCertain(Code code) {
        Outcome outcome = Failures.ofTransaction("cannot: ", code.intValue(), null);
        if (CERTAIN.contains(code)) {
            assertThat(outcome).isEqualTo(new Outcome.Refused(code, -1));
        } else {
            assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void aCodeOfALaterServerIsNotCertain() {
        assertThat(Failures.ofTransaction("cannot: ", -4711, null)).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void aCodeOfALaterServerMayPass() {
        assertThat(Failures.refusal("cannot: ", -4711, "READ on /a").kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void theOperationThatFailedIsTold() {
        List<OpResult> results = List.of(
                new ErrorResult(Code.OK.intValue()),
                new ErrorResult(Code.BADVERSION.intValue()),
                new ErrorResult(Code.RUNTIMEINCONSISTENCY.intValue()));
        assertThat(Failures.ofTransaction("cannot: ", Code.BADVERSION.intValue(), results))
                .isEqualTo(new Outcome.Refused(Code.BADVERSION, 1));
    }

    @Test
    void whetherTryingAgainHelpsIsSaid() {
        assertThat(refusal(Code.CONNECTIONLOSS).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(refusal(Code.SESSIONEXPIRED).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(refusal(Code.NOAUTH)).hasMessageContaining("READ on /a").hasMessageContaining("setAcl");
        assertThat(refusal(Code.NOAUTH).kind()).isEqualTo(Kind.DENIED);
        assertThat(refusal(Code.AUTHFAILED).kind()).isEqualTo(Kind.DENIED);
        assertThat(refusal(Code.QUOTAEXCEEDED).kind()).isEqualTo(Kind.REFUSED);
        assertThat(refusal(Code.THROTTLEDOP).retryAfter()).isEqualTo(Duration.ofSeconds(1));
    }

    private static BackendException refusal(Code code) {
        return Failures.refusal("cannot: ", code.intValue(), "READ on /a");
    }
}
