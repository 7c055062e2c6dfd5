package dev.election.http.wire;

/** A request that cannot be taken, with the answer to it; the connection ends after that. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    Refusal(int status, String detail) {
        super(detail, null, false, false); // no stack trace: it is an answer, and attackers can have many
        this.status = status;
    }

    Answer answer() {
        return Answer.problem(status, String.valueOf(getMessage()));
    }
}
