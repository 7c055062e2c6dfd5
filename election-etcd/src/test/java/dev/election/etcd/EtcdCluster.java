package dev.election.etcd;

import dev.election.tck.servers.ServerProcess;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real etcd of three members on the loopback interface, which ends with the JVM. */
public final class EtcdCluster implements AutoCloseable {

    private static final int SIZE = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Integer> ports = new ArrayList<>();
    private final List<ServerProcess> members = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private volatile @Nullable String root;

    private EtcdCluster(List<String> flags) {
        Path dir = EtcdServer.newDirectory();
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            ports.add(ServerProcess.freePort());
            peers.add("http://127.0.0.1:" + ServerProcess.freePort());
            channels.add(Grpc.newChannelBuilder(endpoint(i), InsecureChannelCredentials.create())
                    .build());
        }
        String initial = "m0=" + peers.get(0) + ",m1=" + peers.get(1) + ",m2=" + peers.get(2);
        for (int i = 0; i < SIZE; i++) {
            String client = "http://" + endpoint(i);
            List<String> command = new ArrayList<>(List.of(
                    EtcdServer.program("etcd"),
                    "--unsafe-no-fsync",
                    "--name=m" + i,
                    "--data-dir=" + dir.resolve("m" + i),
                    "--listen-client-urls=" + client,
                    "--advertise-client-urls=" + client,
                    "--listen-peer-urls=" + peers.get(i),
                    "--initial-advertise-peer-urls=" + peers.get(i),
                    "--initial-cluster=" + initial));
            command.addAll(flags);
            members.add(ServerProcess.start(dir.resolve("m" + i + ".log"), command));
        }
    }

    /** Starts three members, and waits until all serve. */
    public static EtcdCluster start(String... flags) throws InterruptedException {
        EtcdServer.requirePrograms();
        EtcdCluster cluster = new EtcdCluster(List.of(flags));
        cluster.awaitAll();
        return cluster;
    }

    /** How many members there are. */
    public int size() {
        return SIZE;
    }

    /** The address of a member for clients: {@code 127.0.0.1:PORT}. */
    public String endpoint(int member) {
        return "127.0.0.1:" + ports.get(member);
    }

    /** The port of a member for clients. */
    public int port(int member) {
        return ports.get(member);
    }

    /** The addresses of all members. */
    public String[] endpoints() {
        return new String[] {endpoint(0), endpoint(1), endpoint(2)};
    }

    /** A URI of all members. */
    public String uri(String prefix) {
        return "etcd://" + String.join(",", endpoints()) + "/" + prefix;
    }

    /** The member that leads etcd; waits until the members that serve agree on one of them. */
    public int leader() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0) {
            OptionalInt leader = agreedLeader();
            if (leader.isPresent()) {
                return leader.getAsInt();
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new IllegalStateException("the members of etcd agree on no leader");
    }

    private OptionalInt agreedLeader() {
        long leader = 0;
        int index = -1;
        for (int i = 0; i < SIZE; i++) {
            StatusResponse status;
            try {
                status = status(i);
            } catch (StatusRuntimeException e) {
                continue; // it does not serve
            }
            if (status.getLeader() == 0 || (leader != 0 && status.getLeader() != leader)) {
                return OptionalInt.empty();
            }
            leader = status.getLeader();
            if (status.getHeader().getMemberId() == leader) {
                index = i;
            }
        }
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
    }

    private StatusResponse status(int member) {
        return MaintenanceGrpc.newBlockingStub(channels.get(member))
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .withWaitForReady() // rather than wait for gRPC's pause after a refusal
                .status(StatusRequest.getDefaultInstance());
    }

    /** Ends a member by SIGKILL. */
    public void kill(int member) throws InterruptedException {
        members.get(member).kill();
    }

    /** Starts a member again; does not wait for it. */
    public void restart(int member) {
        members.get(member).restart();
        channels.get(member).resetConnectBackoff();
    }

    /** Switches authentication on, with a user who may do everything, as whom etcdctl is run from now on. */
    public void enableAuth() {
        etcdctl("user", "add", "root:root-password");
        etcdctl("user", "grant-role", "root", "root");
        etcdctl("auth", "enable");
        root = "root:root-password";
    }

    /** Runs etcdctl as someone who may do everything. Fails if it does. */
    public void etcdctl(String... args) {
        etcdctl(endpoints(), args);
    }

    private void etcdctl(String[] endpoints, String... args) {
        List<String> command =
                new ArrayList<>(List.of(EtcdServer.program("etcdctl"), "--endpoints=" + String.join(",", endpoints)));
        String user = root;
        if (user != null) {
            command.add("--user=" + user);
        }
        command.addAll(List.of(args));
        EtcdServer.run(command);
    }

    /** Waits until all members serve. */
    public void awaitAll() throws InterruptedException {
        for (int i = 0; i < SIZE; i++) {
            String[] member = {endpoint(i)};
            members.get(i).await(PATIENCE, () -> {
                etcdctl(member, "endpoint", "health");
                return true;
            });
            channels.get(i).resetConnectBackoff();
        }
    }

    /** Stops a member by SIGSTOP. */
    public void freeze(int member) throws InterruptedException {
        members.get(member).freeze();
    }

    /** Lets a member go on. */
    public void thaw(int member) throws InterruptedException {
        members.get(member).thaw();
    }

    /** Kills all members. */
    @Override
    public void close() {
        members.forEach(ServerProcess::close);
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
