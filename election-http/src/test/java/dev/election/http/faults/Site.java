package dev.election.http.faults;

import dev.election.spi.BackendUri;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A store and all that can happen to it. Closing it ends what it started. */
interface Site extends AutoCloseable {

    /** Something that may fail. */
    interface Step {
        void run() throws Exception;
    }

    /**
     * A fault of the store itself.
     *
     * @param begin makes it
     * @param end undoes it, and returns when the store serves again or is about to
     */
    record StoreFault(String kind, Step begin, Step end) {}

    /** A way to the store for one more candidate. */
    Access access(String candidate) throws Exception;

    /**
     * How a candidate reaches the store.
     *
     * @param uri for its backend
     * @param link what can be disturbed
     */
    record Access(String uri, Link link) {}

    /** What can happen to the store, beside its network. */
    List<StoreFault> faults();

    /** Whether nobody can write because of a candidate that was stopped just now; then nobody can take over from it. */
    default boolean isHeldUp() throws Exception {
        return false;
    }

    @Override
    void close() throws IOException;

    /**
     * The store that a URI names; one of our own if it names only a scheme: {@code file:}, {@code etcd:}, {@code
     * zookeeper:} or {@code kubernetes:}.
     *
     * @param directory for files of ours
     * @param election the name of the one that will be held
     */
    static Site of(String uri, Path directory, String election) throws Exception {
        BackendUri parsed = BackendUri.parse(uri);
        boolean own = uri.endsWith(":");
        return switch (parsed.scheme()) {
            case "file" -> new FileSite(own ? "file:" + directory.resolve("store") : uri, election);
            case "etcd" -> own ? new EtcdSite(directory) : new HostsSite(uri);
            case "zookeeper" -> own ? new ZooKeeperSite() : new HostsSite(uri);
            case "kubernetes" -> own ? new KubernetesSite(directory) : new HostsSite(uri);
            default -> new HostsSite(uri);
        };
    }
}
