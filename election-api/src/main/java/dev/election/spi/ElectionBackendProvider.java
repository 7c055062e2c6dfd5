package dev.election.spi;

import java.util.List;
import java.util.Optional;

/**
 * Makes a kind of backend known by a URI scheme. Found by {@link java.util.ServiceLoader}; has a public constructor
 * without parameters, which does nothing.
 */
public interface ElectionBackendProvider {

    /** The URI scheme in lower case, such as {@code etcd}. */
    String scheme();

    /** The form of its URIs with all options, for people: {@code file:/DIRECTORY}. */
    String uriForm();

    /** The options of its URIs, for people; none unless overridden. */
    default List<UriOption> options() {
        return List.of();
    }

    /**
     * Opens a backend. Does no I/O that an unreachable store could make fail: an election starts while its store is
     * down, and goes on when it returns.
     *
     * @param uri a URI of this provider's scheme
     * @throws IllegalArgumentException when the URI is not of the form, saying what was expected
     */
    ElectionBackend open(BackendUri uri);

    /**
     * The URI to use when the user named no backend and this provider recognises its surroundings, such as the inside
     * of a Kubernetes cluster.
     */
    default Optional<String> ambientUri() {
        return Optional.empty();
    }
}
