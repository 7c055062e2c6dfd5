package dev.election.http.exec;

import dev.election.etcd.EtcdServer;
import dev.election.kubernetes.KubeServer;
import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.zookeeper.ZooKeeperServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the candidates of a pair elect, as the drill looks at it: a file it reads by itself, and real servers by a client of
 * its own.
 */
final class DrillStore implements AutoCloseable {

    /** The kinds of stores: each is a real server but the first. They start when they are first asked for. */
    enum Kind {
        FILE,
        ETCD,
        ZOOKEEPER,
        KUBERNETES;

        private String uri(Path directory) {
            return switch (this) {
                case FILE -> "file:" + directory.resolve("store");
                case ETCD -> EtcdServer.shared().uri("drill/");
                case ZOOKEEPER -> "zookeeper://" + ZooKeeperServer.shared().address() + "/drill";
                case KUBERNETES ->
                    "kubernetes:?kubeconfig=" + KubeServer.shared().kubeconfig();
            };
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String election;
    private final String uri;
    private final @Nullable Path file;
    private final @Nullable ElectionBackend client;

    /** @param directory for the file, if it is one */
    DrillStore(Kind kind, Path directory, String election) {
        this.election = election;
        this.uri = kind.uri(directory);
        this.file = kind == Kind.FILE ? directory.resolve("store").resolve(election + ".json") : null;
        this.client = kind == Kind.FILE ? null : ElectionBackend.open(uri);
    }

    /** For the candidates. */
    String uri() {
        return uri;
    }

    /** What it holds; empty before there is a record. */
    Optional<DrillRecord> read() throws IOException {
        if (client == null) {
            return DrillRecord.read(file);
        }
        try {
            LockRecord held = client.read(election, PATIENCE).record();
            return Optional.ofNullable(held)
                    .map(each -> new DrillRecord(each.holder(), each.fencingToken(), each.acquired(), each.renewed()));
        } catch (BackendException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException().initCause(e);
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }
}
