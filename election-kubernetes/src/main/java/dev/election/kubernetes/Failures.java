package dev.election.kubernetes;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import java.io.IOException;
import java.time.Duration;

/** Sorts what went wrong: what is certain, what is not, and what the operator can do (rule S2). */
final class Failures {

    private Failures() {}

    /**
     * A refusal of what changes nothing, or of a write that was certainly not applied.
     *
     * @param verb the verb of the RBAC rule, such as {@code get}
     */
    static BackendException refusal(ObjectRef object, String verb, Answer answer) {
        String what = "cannot " + verb + " " + object + ": ";
        return switch (answer.code()) {
            case 401 ->
                BackendException.denied(
                        what
                                + "the API server does not accept our credentials; the token or certificate is missing, expired,"
                                + " or for another cluster (" + answer.describe() + ")",
                        null);
            case 403 ->
                answer.hasCause("NamespaceTerminating")
                        ? BackendException.refused(
                                what + "its namespace is being deleted (" + answer.describe() + ")", null)
                        : BackendException.denied(
                                what + missingRule(object, verb) + " (" + answer.describe() + ")", null);
            case 404 ->
                BackendException.refused(
                        what + "not found; is there a namespace \"" + object.namespace()
                                + "\", and does this server know the resource? (" + answer.describe() + ")",
                        null);
            case 400, 405, 406, 413, 415, 422 -> BackendException.refused(what + answer.describe(), null);
            case 429 -> overloaded(what, answer);
            default ->
                answer.retryAfter().isZero()
                        ? BackendException.transientFailure(what + answer.describe(), null)
                        : overloaded(what, answer);
        };
    }

    /**
     * What became of a write that was answered by neither success, 404 nor 409.
     *
     * @throws BackendException when it is certain that it was not applied
     */
    static CasOutcome write(ObjectRef object, String verb, Answer answer) throws BackendException {
        switch (answer.code()) {
            case 400, 401, 403, 404, 405, 413, 415, 422, 429 -> throw refusal(object, verb, answer);
            // A 5xx, or one of a proxy's own: the API server may have applied the write before, or may still.
            default -> {
                return new CasOutcome.Unknown(
                        new IOException("cannot " + verb + " " + object + " for certain: " + answer.describe()));
            }
        }
    }

    /** No answer to what changes nothing. */
    static BackendException noAnswer(ObjectRef object, String verb, IOException cause) {
        return BackendException.transientFailure("cannot " + verb + " " + object + ": " + cause.getMessage(), cause);
    }

    private static BackendException overloaded(String what, Answer answer) {
        Duration wait = answer.retryAfter();
        return BackendException.overloaded(what + "the API server is busy (" + answer.describe() + ")", null, wait);
    }

    private static String missingRule(ObjectRef object, String verb) {
        return "not permitted; it takes an RBAC rule in namespace \"" + object.namespace() + "\" with apiGroups [\""
                + object.kind().apiGroup() + "\"], resources [\""
                + object.kind().resource() + "\"], verbs [\"" + verb
                + "\"]";
    }
}
