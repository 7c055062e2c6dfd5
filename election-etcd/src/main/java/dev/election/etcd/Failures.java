package dev.election.etcd;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import io.grpc.Status;
import java.io.IOException;

/**
 * Sorts what went wrong: what is certain, what is not, and what the operator can do (rule S2).
 *
 * <p>gRPC's code decides. In a few cases etcd uses one code for what must be told apart, and its fixed description
 * decides; what it does not match counts as not known.
 */
final class Failures {

    /** Told by a member that was asked with {@code hasleader}, before it looks at the call. */
    private static final String NO_LEADER = "etcdserver: no leader";

    /** Told by a member that has too many proposals under way, before it makes another. */
    private static final String TOO_MANY_REQUESTS = "etcdserver: too many requests";

    /** Told as well by the very write that fills the quota, which is applied. */
    private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";

    /** Told where authentication is switched on, and we come without a token. */
    private static final String NO_USER = "etcdserver: user name is empty";

    /** Told where a user or role was changed between the check of a call and its turn. */
    private static final String OLD_REVISION = "etcdserver: revision of auth store is old";

    private Failures() {}

    /**
     * What became of a write that was not answered by a success.
     *
     * @throws BackendException when it is certain that it was not applied
     */
    static CasOutcome write(ElectionKey key, String verb, CallFailure failure) throws BackendException {
        if (!failure.wasSent() || isRefusal(failure)) {
            throw refusal(key, verb, failure);
        }
        return new CasOutcome.Unknown(
                new IOException("cannot " + verb + " " + key + " for certain: " + explain(failure), failure));
    }

    /** Whether etcd says that it did not, and will not, carry out a write. */
    static boolean isRefusal(CallFailure failure) {
        return switch (failure.code()) {
            case INVALID_ARGUMENT, PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION, OUT_OF_RANGE -> true;
            case RESOURCE_EXHAUSTED -> failure.says(Status.Code.RESOURCE_EXHAUSTED, TOO_MANY_REQUESTS);
            case UNAVAILABLE -> failure.says(Status.Code.UNAVAILABLE, NO_LEADER);
            default -> false;
        };
    }

    /** A failure of what changes nothing, or of a write that was certainly not applied. */
    static BackendException refusal(ElectionKey key, String verb, CallFailure failure) {
        String what = "cannot " + verb + " " + key + ": ";
        return switch (failure.code()) {
            case PERMISSION_DENIED -> notPermitted(key, verb, failure);
            case UNAUTHENTICATED ->
                BackendException.denied(
                        what + "etcd does not know who we are; are the options user and passwordFile set, and right? ("
                                + explain(failure) + ")",
                        failure);
            case INVALID_ARGUMENT -> invalid(what, failure);
            case FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED ->
                BackendException.refused(what + explain(failure), failure);
            default -> BackendException.transientFailure(what + explain(failure), failure);
        };
    }

    private static BackendException invalid(String what, CallFailure failure) {
        if (failure.says(Status.Code.INVALID_ARGUMENT, NO_USER)) {
            return BackendException.denied(
                    what + "authentication is switched on in etcd; set the options user and passwordFile, or certFile"
                            + " and keyFile (" + explain(failure) + ")",
                    failure);
        }
        return failure.says(Status.Code.INVALID_ARGUMENT, OLD_REVISION)
                ? BackendException.transientFailure(what + explain(failure), failure)
                : BackendException.refused(what + explain(failure), failure);
    }

    static BackendException notPermitted(ElectionKey key, String verb, Exception cause) {
        return BackendException.denied(
                "cannot " + verb + " " + key + ": not permitted; our user (the option user, or who our certificate"
                        + " names) needs a role with the permission readwrite on keys that begin with " + key.prefix()
                        + ": etcdctl role grant-permission ROLE readwrite"
                        + " --prefix=true " + key.quotedPrefix() + " and etcdctl user grant-role USER ROLE ("
                        + cause.getMessage() + ")",
                cause);
    }

    /** No token, so that the call which needed it was not made. */
    static BackendException noToken(Credentials who, CallFailure failure) {
        return switch (failure.code()) {
            case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED ->
                BackendException.denied(
                        "etcd does not accept " + who + " with the password it was given; set another by: etcdctl user"
                                + " passwd " + ElectionKey.quote(who.user()) + " (" + explain(failure) + ")",
                        failure);
            default ->
                BackendException.transientFailure(
                        "cannot get a token of etcd for " + who + ": " + explain(failure), failure);
        };
    }

    private static String explain(CallFailure failure) {
        String cure = failure.says(Status.Code.RESOURCE_EXHAUSTED, NO_SPACE)
                ? "; compact and defragment etcd, then clear the alarm: etcdctl alarm disarm"
                : "";
        return failure.getMessage() + ", from " + failure.endpoint() + cure;
    }
}
