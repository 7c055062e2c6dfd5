package dev.election.http.faults;

import dev.election.etcd.EtcdCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An etcd of three members, of our own. Candidates are a user who may use the keys of the election and no others; the
 * token of each expires every few seconds, and he has to get another.
 */
final class EtcdSite implements Site {

    private static final String PREFIX = "faults/";
    private static final String USER = "candidate";
    private static final String PASSWORD = "candidate-password";
    private static final String TOKEN_LIFE = "10s";

    private final EtcdCluster cluster;
    private final Path password;
    private int last;

    /** @param directory for files of ours */
    EtcdSite(Path directory) throws InterruptedException, IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        Path priv = pem(directory.resolve("jwt.key"), "PRIVATE KEY", keys.getPrivate());
        Path pub = pem(directory.resolve("jwt.pub"), "PUBLIC KEY", keys.getPublic());
        cluster = EtcdCluster.start(
                "--auth-token=jwt,pub-key=" + pub + ",priv-key=" + priv + ",sign-method=RS256,ttl=" + TOKEN_LIFE,
                "--bcrypt-cost=4");
        cluster.etcdctl("role", "add", USER);
        cluster.etcdctl("role", "grant-permission", USER, "readwrite", "--prefix=true", PREFIX);
        cluster.etcdctl("user", "add", USER + ":" + PASSWORD);
        permit();
        cluster.enableAuth();
        this.password = Files.writeString(directory.resolve("password"), PASSWORD);
    }

    private static Path pem(Path file, String kind, Key key) throws IOException {
        String base64 = Base64.getMimeEncoder().encodeToString(key.getEncoded());
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }

    @Override
    public Access access(String candidate) throws IOException, InterruptedException {
        Link link = Link.toOwnStore();
        List<String> servers = new ArrayList<>();
        for (int i = 0; i < cluster.size(); i++) {
            servers.add("127.0.0.1:" + link.to("127.0.0.1", cluster.port(i)));
        }
        return new Access(
                "etcd://" + String.join(",", servers) + "/" + PREFIX + "?user=" + USER + "&passwordFile=" + password,
                link);
    }

    @Override
    public List<StoreFault> faults() {
        return List.of(
                new StoreFault("member-kill", () -> cluster.kill(next()), this::restart),
                new StoreFault("leader-kill", () -> cluster.kill(leader()), this::restart),
                new StoreFault("member-stop", () -> cluster.freeze(next()), () -> cluster.thaw(last)),
                new StoreFault("quorum-stop", this::freezeTwo, this::thawTwo),
                new StoreFault("restart-all", this::killAll, this::restartAll),
                new StoreFault("role-withdrawn", this::forbid, this::permit));
    }

    private void forbid() {
        cluster.etcdctl("user", "revoke-role", USER, USER);
    }

    private void permit() {
        cluster.etcdctl("user", "grant-role", USER, USER);
    }

    private int next() {
        last = (last + 1) % cluster.size();
        return last;
    }

    private int leader() throws InterruptedException {
        last = cluster.leader();
        return last;
    }

    private void restart() throws InterruptedException {
        cluster.restart(last);
        cluster.awaitAll();
    }

    private void freezeTwo() throws InterruptedException {
        cluster.freeze(next());
        cluster.freeze((last + 1) % cluster.size());
    }

    private void thawTwo() throws InterruptedException {
        cluster.thaw(last);
        cluster.thaw((last + 1) % cluster.size());
    }

    private void killAll() throws InterruptedException {
        for (int i = 0; i < cluster.size(); i++) {
            cluster.kill(i);
        }
    }

    private void restartAll() throws InterruptedException {
        IntStream.range(0, cluster.size()).forEach(cluster::restart);
        cluster.awaitAll();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
