package dev.election.etcd;

import dev.election.spi.BackendException;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** etcd as one user sees it: {@link Calls} with the user's token. */
final class Etcd {

    private final Endpoints endpoints;
    private final Calls calls;
    private final Tokens tokens;
    private final @Nullable String user;

    Etcd(Endpoints endpoints, @Nullable Credentials credentials) {
        this.endpoints = endpoints;
        this.calls = new Calls(endpoints);
        this.tokens = new Tokens(credentials, calls);
        this.user = credentials == null ? null : credentials.user();
    }

    /** The user's name; null for nobody, or for whom a client certificate names. */
    @Nullable
    String user() {
        return user;
    }

    /**
     * Sends a call, and waits for the answer.
     *
     * <p>If etcd turns the call down because of a token that it no longer knows, the call is sent again with a new one:
     * it was certainly not carried out, so this repeats nothing (rule S7).
     *
     * @throws CallFailure when there was no answer that counts
     * @throws BackendException when there was no token to be had, so that the call was not sent
     */
    <Q, R> R call(MethodDescriptor<Q, R> method, Q request, Deadline deadline)
            throws CallFailure, BackendException, InterruptedException {
        Tokens.Token token = tokens.get(deadline);
        try {
            return calls.send(method, request, token, deadline);
        } catch (CallFailure e) {
            if (e.code() == Status.Code.UNKNOWN) {
                // etcd 3.4 says so of a JWT from before a change of users or roles, and of other things.
                tokens.forget(token);
            }
            if (!tokens.mayHaveRefused(e)) {
                throw e;
            }
        }
        return calls.send(method, request, tokens.renew(token, deadline), deadline);
    }

    Calls calls() {
        return calls;
    }

    Tokens tokens() {
        return tokens;
    }

    /** Ends the connections, and with them all calls. */
    void close() {
        endpoints.close();
    }

    @Override
    public String toString() {
        return "etcd at " + endpoints;
    }
}
