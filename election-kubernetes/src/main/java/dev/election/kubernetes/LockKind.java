package dev.election.kubernetes;

/** The kind of object that holds a lock record. Candidates of one election all use the same kind. */
public enum LockKind {
    /** A {@code Lease} of {@code coordination.k8s.io/v1}: what everybody uses today, and the default. */
    LEASE,
    /**
     * The annotation {@code control-plane.alpha.kubernetes.io/leader} of an {@code Endpoints} object, for a fleet that
     * still holds its lock there. Kubernetes deprecated v1 Endpoints in 1.33.
     */
    ENDPOINTS
}
