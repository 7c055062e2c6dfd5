package dev.election.spi;

import java.util.Iterator;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The kinds of backends that are on the class path or module path. */
final class Providers {

    /** Where the schemes live that are not at hand; for the error message only. */
    private static final Map<String, String> KNOWN_MODULES = Map.of(
            "kubernetes", "election-kubernetes",
            "etcd", "election-etcd",
            "zookeeper", "election-zookeeper");

    /** The iterator goes on after one that is broken, but does not promise to. */
    private static final int MOST_BROKEN = 10;

    private Providers() {}

    static ElectionBackend open(BackendUri uri) {
        Map<String, ElectionBackendProvider> atHand = new TreeMap<>();
        String broken = find(atHand);
        ElectionBackendProvider provider = atHand.get(uri.scheme());
        if (provider == null) {
            String module = KNOWN_MODULES.get(uri.scheme());
            throw new IllegalArgumentException("no backend for \"" + uri.scheme() + ":\" is on the class path; "
                    + (module == null ? "" : "it is in the module dev.election:" + module + "; ")
                    + "at hand are "
                    + String.join(
                            ", ", atHand.keySet().stream().map(s -> s + ":").toList())
                    + broken);
        }
        return provider.open(uri);
    }

    /** Puts all that can be used by their schemes, and says which cannot: that concerns only who wants to use it. */
    private static String find(Map<String, ElectionBackendProvider> atHand) {
        Iterator<ElectionBackendProvider> all =
                ServiceLoader.load(ElectionBackendProvider.class).iterator();
        StringBuilder broken = new StringBuilder();
        for (int failures = 0; failures < MOST_BROKEN; ) {
            try {
                if (!all.hasNext()) {
                    break;
                }
                ElectionBackendProvider provider = all.next();
                atHand.put(provider.scheme(), provider);
            } catch (ServiceConfigurationError e) {
                failures++;
                broken.append("; one cannot be used: ").append(e.getMessage());
            }
        }
        return broken.toString();
    }
}
