package dev.election.etcd;

import dev.election.spi.BackendException;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The token that stands for user and password. etcd forgets tokens when they were not used for a while (five minutes,
 * by default), and when a member restarts; and a change of its users or roles makes some kinds of them worthless.
 *
 * <p>Thread-safe. One token is fetched at a time, because etcd takes long over a password on purpose.
 */
final class Tokens {

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    /** One token; each is another, even if its text is the same. */
    static final class Token {

        /** For calls of nobody in particular. */
        static final Token NONE = new Token("");

        private final String text;

        Token(String text) {
            this.text = text;
        }

        void addTo(Metadata headers) {
            if (!text.isEmpty()) {
                headers.put(TOKEN, text);
            }
        }
    }

    private final @Nullable Credentials credentials;
    private final Calls calls;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Token current;

    /** @param credentials null to call as nobody, or as whom a client certificate names */
    Tokens(@Nullable Credentials credentials, Calls calls) {
        this.credentials = credentials;
        this.calls = calls;
        this.current = credentials == null ? Token.NONE : null;
    }

    /** The token to use, fetched if there is none. */
    Token get(Deadline deadline) throws BackendException, InterruptedException {
        Token token = current;
        return token != null ? token : fetch(null, deadline);
    }

    /**
     * Whether etcd may have refused a call because of its token. A call with one of these codes was certainly not
     * carried out.
     */
    boolean mayHaveRefused(CallFailure failure) {
        // INVALID_ARGUMENT: "user name is empty", when authentication was just switched on, and "revision of auth
        // store is old", when a user or role was just changed.
        return credentials != null
                && (failure.code() == Status.Code.UNAUTHENTICATED || failure.code() == Status.Code.INVALID_ARGUMENT);
    }

    /** Uses this token no more. */
    void forget(Token token) {
        if (credentials != null && current == token) {
            current = null;
        }
    }

    /** Another token than this one, which was refused. */
    Token renew(Token refused, Deadline deadline) throws BackendException, InterruptedException {
        return fetch(refused, deadline);
    }

    private Token fetch(@Nullable Token refused, Deadline deadline) throws BackendException, InterruptedException {
        if (credentials == null) {
            return Token.NONE;
        }
        if (!fetching.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw BackendException.transientFailure(
                    "no token of etcd for " + credentials + " in time: another call is still waiting for it", null);
        }
        try {
            Token token = current;
            if (token == null || token == refused) {
                token = authenticate(credentials, deadline);
                current = token;
            }
            return token;
        } finally {
            fetching.unlock();
        }
    }

    private Token authenticate(Credentials who, Deadline deadline) throws BackendException, InterruptedException {
        try {
            AuthenticateRequest request = AuthenticateRequest.newBuilder()
                    .setName(who.user())
                    .setPassword(password(who))
                    .build();
            return new Token(calls.send(AuthGrpc.getAuthenticateMethod(), request, Token.NONE, deadline)
                    .getToken());
        } catch (CallFailure e) {
            if (e.code() == Status.Code.FAILED_PRECONDITION) {
                return new Token(""); // authentication is switched off
            }
            throw Failures.noToken(who, e);
        }
    }

    /** Whatever goes wrong in the code that was given to us, the call was not made. */
    private static String password(Credentials who) throws BackendException {
        try {
            return Objects.requireNonNull(who.password().read(), "there is none");
        } catch (IOException | RuntimeException e) {
            throw BackendException.transientFailure("cannot read the password of " + who + ": " + e, e);
        }
    }
}
