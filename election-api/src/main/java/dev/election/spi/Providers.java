package dev.election.spi;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The kinds of backends that are on the class path or module path. */
final class Providers {

    /** Where the schemes live that are not at hand; for the error message only. */
    private static final Map<String, String> KNOWN_MODULES = Map.of(
            "kubernetes", "election-kubernetes",
            "etcd", "election-etcd",
            "zookeeper", "election-zookeeper");

    private Providers() {}

    static ElectionBackend open(BackendUri uri) {
        Map<String, ElectionBackendProvider> atHand = new TreeMap<>();
        ServiceLoader.load(ElectionBackendProvider.class).forEach(provider -> atHand.put(provider.scheme(), provider));
        ElectionBackendProvider provider = atHand.get(uri.scheme());
        if (provider == null) {
            String module = KNOWN_MODULES.get(uri.scheme());
            throw new IllegalArgumentException("no backend for \"" + uri.scheme() + ":\" is on the class path; "
                    + (module == null ? "" : "it is in the module dev.election:" + module + "; ")
                    + "at hand are "
                    + String.join(
                            ", ", atHand.keySet().stream().map(s -> s + ":").toList()));
        }
        return provider.open(uri);
    }
}
