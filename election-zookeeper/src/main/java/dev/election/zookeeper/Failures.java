package dev.election.zookeeper;

import dev.election.spi.BackendException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.ErrorResult;
import org.jspecify.annotations.Nullable;

/** Sorts what went wrong: what is certain, what is not, and what the operator can do (rule S2). */
final class Failures {

    /** A server that throttles does not say for how long. */
    private static final Duration THROTTLED = Duration.ofSeconds(1);

    private Failures() {}

    /**
     * Sorts the answer to a transaction that was handed to the network.
     *
     * @param rc the code that ZooKeeper's client gave
     * @param results what it gave for the operations, or null
     */
    static Outcome ofTransaction(String what, int rc, @Nullable List<OpResult> results) {
        Code code = code(rc);
        if (code == Code.OK && results != null) {
            return new Outcome.Done(results);
        }
        if (results != null) {
            for (int i = 0; i < results.size(); i++) {
                // Those before the one that failed were rolled back, and have 0.
                if (results.get(i) instanceof ErrorResult error && error.getErr() != Code.OK.intValue()) {
                    return isRefusal(code)
                            ? new Outcome.Refused(code, i)
                            : new Outcome.Unknown(new IOException(what + "not for certain: " + describe(code, rc)));
                }
            }
        }
        return isRefusal(code)
                ? new Outcome.Refused(code, -1)
                : new Outcome.Unknown(new IOException(what + "not for certain: " + describe(code, rc)));
    }

    /**
     * Whether only a server that did not apply the request gives this code. ZooKeeper's client makes some others up
     * when it loses a connection, and whatever is not known here is not certain.
     */
    private static boolean isRefusal(@Nullable Code code) {
        if (code == null) {
            return false;
        }
        return switch (code) {
            case NONODE,
                    NODEEXISTS,
                    BADVERSION,
                    NOTEMPTY,
                    NOAUTH,
                    INVALIDACL,
                    BADARGUMENTS,
                    UNIMPLEMENTED,
                    NOTREADONLY,
                    NOCHILDRENFOREPHEMERALS,
                    QUOTAEXCEEDED,
                    SESSIONMOVED,
                    SESSIONCLOSEDREQUIRESASLAUTH,
                    THROTTLEDOP -> true;
            default -> false;
        };
    }

    /**
     * Says why something was certainly not done.
     *
     * @param what what could not be done, ending in a colon and a space
     * @param needs the permission that it takes, such as {@code READ on /election/a}
     */
    static BackendException refusal(String what, int rc, String needs) {
        Code code = code(rc);
        if (code == null) {
            return BackendException.transientFailure(what + describe(null, rc), null);
        }
        return switch (code) {
            case NOAUTH ->
                BackendException.denied(
                        what + "not permitted; it takes the permission " + needs
                                + ". Connect as who created the node, or let one of those grant it: zkCli.sh setAcl",
                        null);
            case INVALIDACL ->
                BackendException.denied(
                        what + "the server does not know who we are, or does not know an identity of the ACL; check the"
                                + " credentials, or choose another acl",
                        null);
            case AUTHFAILED, SESSIONCLOSEDREQUIRESASLAUTH -> notAuthenticated(what, code);
            case THROTTLEDOP -> BackendException.overloaded(what + "the server throttles us", null, THROTTLED);
            case QUOTAEXCEEDED -> BackendException.refused(what + "a quota is used up; see: zkCli.sh listquota", null);
            case UNIMPLEMENTED ->
                BackendException.refused(
                        what + "the server does not know the request; it takes ZooKeeper 3.6 or later", null);
            case NOTEMPTY ->
                BackendException.refused(
                        what + "it has children that are not ours; remove them by hand: zkCli.sh deleteall", null);
            case BADARGUMENTS, NOCHILDRENFOREPHEMERALS -> BackendException.refused(what + describe(code, rc), null);
            default -> BackendException.transientFailure(what + describe(code, rc), null);
        };
    }

    static BackendException notAuthenticated(String what, Code code) {
        return BackendException.denied(
                what
                        + "the server does not accept our credentials, or asks for some; check the user and password of the"
                        + " JAAS login configuration (" + describe(code, code.intValue()) + ")",
                null);
    }

    /** ZooKeeper's name for a code; null for one of a later server. */
    private static @Nullable Code code(int rc) {
        try {
            return Code.get(rc);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String describe(@Nullable Code code, int rc) {
        return code == null ? "ZooKeeper's code " + rc : "ZooKeeper's code " + code;
    }
}
