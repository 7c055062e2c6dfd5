package dev.election.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.tck.RawRecords;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Objects in the default namespace, as {@code kubectl} would change them. */
final class RawObjects implements RawRecords {

    private final KubernetesClient client;
    private final LockObject kind;
    private final String path;
    private final Map<String, Map<String, String>> unreadable;

    /** @param unreadable what can be wrong, in some words, and the annotations that make it so */
    RawObjects(KubernetesClient client, LockKind lock, Map<String, Map<String, String>> unreadable) {
        this.client = client;
        this.kind = lock == LockKind.LEASE ? new LeaseLock() : new EndpointsLock();
        String group = kind.apiGroup().isEmpty() ? "/api/" : "/apis/";
        this.path = group + kind.apiVersion() + "/namespaces/default/" + kind.resource();
        this.unreadable = unreadable;
    }

    @Override
    public List<String> unreadableKinds() {
        return List.copyOf(unreadable.keySet());
    }

    @Override
    public void writeUnreadable(String election, String what) throws IOException {
        ObjectNode stored = get(election);
        ObjectNode object = stored == null ? Json.object() : stored;
        if (stored == null) {
            object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
            Json.child(object, "metadata").put("name", election);
        }
        unreadable.get(what).forEach(TermAnnotations.annotations(object)::put);
        if (stored == null) {
            client.raw(path, "POST", object.toString());
        } else {
            put(election, object);
        }
    }

    /** A label, and an annotation of the same name. */
    @Override
    public void addUnknownField(String election, String name, String value) throws IOException {
        ObjectNode object = get(election);
        if (object == null) {
            throw new IllegalStateException("there is no object of " + election);
        }
        Json.child(Json.child(object, "metadata"), "labels").put(name, value);
        TermAnnotations.annotations(object).put(name, value);
        put(election, object);
    }

    @Override
    public Optional<String> unknownField(String election, String name) throws IOException {
        ObjectNode object = get(election);
        if (object == null) {
            return Optional.empty();
        }
        String label = object.path("metadata").path("labels").path(name).asText("");
        boolean both = TermAnnotations.annotations(object).path(name).asText("").equals(label);
        return label.isEmpty() || !both ? Optional.empty() : Optional.of(label);
    }

    private void put(String election, ObjectNode object) {
        client.raw(path + "/" + election, "PUT", object.toString());
    }

    private @Nullable ObjectNode get(String election) throws IOException {
        String found = client.raw(path + "/" + election);
        return found == null ? null : (ObjectNode) Json.parse(found.getBytes(StandardCharsets.UTF_8));
    }
}
