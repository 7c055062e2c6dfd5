package dev.election.kubernetes;

import java.io.IOException;

/** A request failed of which it is certain that nothing, or too little to be applied, reached the server. */
final class NotSentException extends IOException {

    private static final long serialVersionUID = 1L;

    NotSentException(String message, Throwable cause) {
        super(message, cause);
    }

    NotSentException(String message) {
        super(message);
    }
}
