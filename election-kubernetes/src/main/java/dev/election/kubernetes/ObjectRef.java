package dev.election.kubernetes;

/** The object that holds one election's record: its kind, namespace and name, and so its place on the API server. */
record ObjectRef(LockObject kind, String namespace, String name) {

    /** Where objects of this kind are created and watched. */
    String collectionPath() {
        String root = kind.apiGroup().isEmpty() ? "/api/" : "/apis/";
        return root + kind.apiVersion() + "/namespaces/" + namespace + "/" + kind.resource();
    }

    /** Where this object is read, replaced and deleted. */
    String path() {
        return collectionPath() + "/" + name;
    }

    /** The object as arguments of kubectl, for the cures in our messages. */
    String kubectl() {
        String group = kind.apiGroup().isEmpty() ? "" : "." + kind.apiGroup();
        return "-n " + namespace + " " + kind.resource() + group + " " + name;
    }

    /** For people: {@code Lease default/my-election}. */
    @Override
    public String toString() {
        return kind.kind() + " " + namespace + "/" + name;
    }
}
