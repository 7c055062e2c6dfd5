package dev.election.etcd;

import com.google.protobuf.ByteString;
import dev.election.spi.ElectionBackend;
import dev.election.tck.BackendTck;
import dev.election.tck.RawRecords;
import dev.election.tck.StoreFaults;
import dev.election.tck.TcpProxy;
import dev.election.tck.TextRecords;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;

/** The compatibility kit on an etcd, through a network that can fail. */
abstract class EtcdKit extends BackendTck {

    private static String server;
    private static TcpProxy network;
    private static ManagedChannel raw;

    /** For the whole class: the kit tidies up through them after each test. */
    static void connect(String host, int port) throws IOException {
        server = host + ":" + port;
        network = new TcpProxy(host, port);
        raw = Grpc.newChannelBuilder(server, InsecureChannelCredentials.create())
                .build();
    }

    @AfterAll
    static void disconnect() throws IOException {
        if (network != null) {
            raw.shutdownNow();
            network.close();
            network = null;
        }
    }

    @Override
    protected ElectionBackend open() {
        return EtcdBackend.connect(EtcdOptions.of("127.0.0.1:" + network.port()));
    }

    @Override
    protected Optional<String> uri() {
        return Optional.of("etcd://" + server);
    }

    @Override
    protected Optional<StoreFaults> faults() {
        return Optional.of(StoreFaults.of(network));
    }

    @Override
    protected Optional<RawRecords> rawRecords() {
        return Optional.of(new TextRecords() {
            @Override
            protected Optional<String> get(String election) {
                return KVGrpc.newBlockingStub(raw)
                        .range(RangeRequest.newBuilder().setKey(key(election)).build())
                        .getKvsList()
                        .stream()
                        .map(found -> found.getValue().toStringUtf8())
                        .findFirst();
            }

            @Override
            protected void put(String election, String text) {
                KVGrpc.newBlockingStub(raw)
                        .put(PutRequest.newBuilder()
                                .setKey(key(election))
                                .setValue(ByteString.copyFromUtf8(text))
                                .build());
            }
        });
    }

    private static ByteString key(String election) {
        return new ElectionKey(EtcdOptions.DEFAULT_PREFIX, election).bytes();
    }
}
