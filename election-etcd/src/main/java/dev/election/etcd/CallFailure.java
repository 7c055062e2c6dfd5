package dev.election.etcd;

import io.grpc.Status;

/** A call to etcd was not answered by a success. */
final class CallFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Status status;

    private final boolean sent;
    private final String endpoint;

    /**
     * A failure.
     *
     * @param sent whether anything of the call may have been handed to the network
     */
    CallFailure(Status status, boolean sent, String endpoint) {
        super(describe(status), status.getCause());
        this.status = status;
        this.sent = sent;
        this.endpoint = endpoint;
    }

    Status status() {
        return status;
    }

    Status.Code code() {
        return status.getCode();
    }

    boolean wasSent() {
        return sent;
    }

    String endpoint() {
        return endpoint;
    }

    /** Whether etcd itself said this, word for word: where it has no code of its own for what it means. */
    boolean says(Status.Code code, String description) {
        return status.getCode() == code && description.equals(status.getDescription());
    }

    /** Code, description and the innermost reason in one line, for people. */
    private static String describe(Status status) {
        StringBuilder line = new StringBuilder(status.getCode().name());
        if (status.getDescription() != null) {
            line.append(": ").append(status.getDescription());
        }
        Throwable reason = status.getCause();
        while (reason != null && reason.getCause() != null && reason.getCause() != reason) {
            reason = reason.getCause();
        }
        if (reason != null) {
            line.append(" (")
                    .append(reason.getMessage() == null ? reason : reason.getMessage())
                    .append(')');
        }
        return line.toString().replaceAll("\\p{Cntrl}+", " ");
    }
}
