package dev.election.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.LockRecord;

/**
 * How one kind of object holds a lock record. Stateless, and without I/O.
 *
 * <p>Objects are JSON trees as the API server gave them; {@link #write} changes what it knows and leaves the rest.
 */
interface LockObject {

    /** The API group as in an RBAC rule; empty for the core group. */
    String apiGroup();

    /** Group and version as in an object, such as {@code coordination.k8s.io/v1}. */
    String apiVersion();

    /** The kind as in an object, such as {@code Lease}. */
    String kind();

    /** The resource as in an RBAC rule, such as {@code leases}. */
    String resource();

    /**
     * Reads the record of an object. An object without one holds a free record.
     *
     * @throws NotOurs when something else owns the object
     * @throws Malformed when what is stored is no record
     */
    LockRecord read(ObjectNode object) throws NotOurs, Malformed;

    /** Puts a record into an object. */
    void write(ObjectNode object, LockRecord next);

    /** The object is there for something else, so that we keep off it. The message says what, and the cure. */
    final class NotOurs extends Exception {
        private static final long serialVersionUID = 1L;

        NotOurs(String message) {
            super(message);
        }
    }

    /** What is stored is no lock record (rule S12). */
    final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        /** What one types after {@code kubectl}, with {@code %s} for the object. */
        private final String cure;

        Malformed(String message, String cure, Throwable cause) {
            super(message, cause);
            this.cure = cure;
        }

        String cure(ObjectRef object) {
            return String.format(cure, object.kubectl());
        }
    }
}
