/**
 * Elections on Kubernetes: a Lease, or an annotation of an Endpoints object, as client-go keeps them.
 *
 * <p>{@link dev.election.kubernetes.KubernetesBackend} is the way in for programs; the URI {@code kubernetes:} leads to
 * it as well.
 */
@NullMarked
package dev.election.kubernetes;

import org.jspecify.annotations.NullMarked;
