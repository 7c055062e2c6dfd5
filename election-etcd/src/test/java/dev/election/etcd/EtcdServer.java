package dev.election.etcd;

import dev.election.tck.servers.Programs;
import dev.election.tck.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd of one member, for the tests of this module and of those above it. It ends with the JVM. Where there is
 * none, tests are skipped with a line that says so, and fail if {@code CI=true}.
 */
public final class EtcdServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private static final class Shared {
        private static final EtcdServer SERVER = start();
    }

    private final Path dir = newDirectory();
    private final int port = ServerProcess.freePort();
    private final @Nullable TestCertificates certificates;
    private final ServerProcess process;
    private volatile @Nullable String root;

    private EtcdServer(@Nullable TestCertificates certificates, List<String> flags) {
        this.certificates = certificates;
        String client = (certificates == null ? "http" : "https") + "://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + ServerProcess.freePort();
        List<String> command = new ArrayList<>(List.of(
                program("etcd"),
                "--unsafe-no-fsync",
                "--data-dir=" + dir.resolve("data"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer,
                // Passwords are checked as slowly as they have to be, and no slower.
                "--bcrypt-cost=4"));
        if (certificates != null) {
            command.add("--cert-file=" + certificates.serverCert());
            command.add("--key-file=" + certificates.serverKey());
        }
        command.addAll(flags);
        process = ServerProcess.start(dir.resolve("etcd.log"), command);
        awaitReady();
    }

    /** The server of this JVM, without TLS and authentication, started by the first call. Leave it as it is. */
    public static EtcdServer shared() {
        requirePrograms();
        return Shared.SERVER;
    }

    /** Another server, of the caller's own. */
    public static EtcdServer start(String... flags) {
        requirePrograms();
        return new EtcdServer(null, List.of(flags));
    }

    /** A server that speaks TLS only. */
    public static EtcdServer startWithTls(TestCertificates certificates, String... flags) {
        requirePrograms();
        return new EtcdServer(certificates, List.of(flags));
    }

    static void requirePrograms() {
        if (Programs.directoryOf("etcd", "etcdctl").isEmpty()) {
            Programs.missing("ETCD", "run script/servers, or put etcd and etcdctl on the PATH.");
        }
    }

    static String program(String name) {
        return Programs.directoryOf("etcd", "etcdctl")
                .orElseThrow()
                .resolve(name)
                .toString();
    }

    static Path newDirectory() {
        try {
            String name = ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
            return Files.createDirectories(
                    Path.of("target", "etcd-server", name).toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address for clients, without a scheme: {@code 127.0.0.1:PORT}. */
    public String endpoint() {
        return "127.0.0.1:" + port;
    }

    /** The port for clients. */
    public int port() {
        return port;
    }

    /** A URI of this server; what keys begin with is the caller's business. */
    public String uri(String prefix) {
        return "etcd://" + endpoint() + "/" + prefix;
    }

    /** Ends it by SIGKILL. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** Starts it again with the same data, and waits until it serves. */
    public void restart() {
        process.restart();
        awaitReady();
    }

    /** Stops it by SIGSTOP. */
    public void freeze() throws InterruptedException {
        process.freeze();
    }

    /** Lets it go on. */
    public void thaw() throws InterruptedException {
        process.thaw();
    }

    /** Switches authentication on, with a user who may do everything, as whom etcdctl is run from now on. */
    public void enableAuth() {
        etcdctl("user", "add", "root:root-password");
        etcdctl("user", "grant-role", "root", "root");
        etcdctl("auth", "enable");
        root = "root:root-password";
    }

    /** Switches authentication off again. */
    public void disableAuth() {
        etcdctl("auth", "disable");
        root = null;
    }

    /** Runs etcdctl as someone who may do everything, and returns what it prints. Fails if it does. */
    public String etcdctl(String... args) {
        List<String> command = new ArrayList<>(List.of(
                program("etcdctl"),
                "--endpoints=" + (certificates == null ? "http" : "https") + "://" + endpoint(),
                "--command-timeout=10s"));
        if (certificates != null) {
            command.add("--cacert=" + certificates.ca());
            command.add("--cert=" + certificates.clientCert());
            command.add("--key=" + certificates.clientKey());
        }
        String user = root;
        if (user != null) {
            command.add("--user=" + user);
        }
        command.addAll(List.of(args));
        return run(command);
    }

    static String run(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("ETCDCTL_API", "3");
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void awaitReady() {
        try {
            process.await(START, () -> {
                etcdctl("endpoint", "health");
                return true;
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while etcd started", e);
        }
    }

    /** Kills it. */
    @Override
    public void close() {
        process.close();
    }
}
