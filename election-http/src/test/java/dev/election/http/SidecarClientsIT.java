package dev.election.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.election.http.command.SidecarProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The programs of {@code examples/sidecar-clients} beside the sidecar as it is shipped, over a hand-over and a restart. */
@Timeout(180)
class SidecarClientsIT {

    private static final Path EXAMPLES = Path.of("../examples/sidecar-clients").toAbsolutePath();

    private static final String OUR_JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    enum Client {
        SHELL("client.sh", "curl", "sh"),
        PYTHON("client.py", "python3", "python3"),
        NODE("client.mjs", "node", "node"),
        JAVA("Client.java", OUR_JAVA, OUR_JAVA);

        private final Path file;
        private final String needed;
        private final String interpreter;

        Client(String file, String needed, String interpreter) {
            this.file = EXAMPLES.resolve(file);
            this.needed = needed;
            this.interpreter = interpreter;
        }
    }

    @TempDir
    private Path directory;

    private final List<SidecarProcess> sidecars = new ArrayList<>();
    private final List<Process> clients = new ArrayList<>();

    /** The sidecars first: a request that a client starts in the last moment then ends by itself. */
    @AfterEach
    void killAll() {
        sidecars.forEach(SidecarProcess::kill);
        for (Process client : clients) {
            List<ProcessHandle> children = client.descendants().toList();
            client.destroyForcibly().onExit().join();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @ParameterizedTest
    @EnumSource
    void works_only_beside_the_leader_and_finds_a_sidecar_that_was_restarted(Client client) throws Exception {
        require(client);
        SidecarProcess a = sidecar("a", "127.0.0.1:0");
        URI address = a.address();
        a.await("leadership", a::isLeader);
        long token = a.fencingToken();
        SidecarProcess b = sidecar("b", "127.0.0.1:0");

        Path besideA = start(client, address);
        Path besideB = start(client, b.address());
        awaitLine(a, besideA, "works, fencing token " + token);
        awaitLine(b, besideB, "follows a");
        assertThat(worksOnlyBehind("leads, fencing token " + token, lines(besideA)))
                .isTrue();

        a.signal("TERM");
        assertThat(a.exitCode()).isZero();
        a.await("a client that noticed", () -> last(besideA).equals("knows no leader"));
        int soFar = lines(besideA).size();
        b.await("leadership", b::isLeader);
        awaitLine(b, besideB, "works, fencing token " + b.fencingToken());
        assertThat(worksOnlyBehind("leads, fencing token " + b.fencingToken(), lines(besideB)))
                .isTrue();

        SidecarProcess again = sidecar("a", "127.0.0.1:" + address.getPort());
        again.await("a client that came back", () -> last(besideA).equals("follows b"));
        assertThat(lines(besideA).subList(soFar, lines(besideA).size()))
                .noneMatch(line -> line.startsWith("works") || line.startsWith("leads"));
    }

    /** Before it, a client on a busy machine may have waited in vain for an answer, and knows no leader. */
    private static boolean worksOnlyBehind(String leads, List<String> lines) {
        int first = lines.indexOf(leads);
        return first >= 0 && lines.subList(0, first).stream().noneMatch(line -> line.startsWith("works"));
    }

    @Test
    void the_database_of_the_python_client_refuses_a_leader_of_the_past() throws Exception {
        require(Client.PYTHON);
        SidecarProcess a = sidecar("a", "127.0.0.1:0");
        a.await("leadership", a::isLeader);
        long token = a.fencingToken();
        Path said = start(Client.PYTHON, a.address());
        awaitLine(a, said, "works, fencing token " + token);
        assertThat(write(token + 1)).isEqualTo("True");
        awaitLine(a, said, "is refused, fencing token " + token);
        assertThat(write(token)).isEqualTo("False");
        assertThat(write(token + 1)).isEqualTo("True");
    }

    private SidecarProcess sidecar(String id, String address) throws IOException {
        SidecarProcess sidecar = SidecarProcess.start(
                directory,
                "--election=example",
                "--id=" + id,
                "--http=" + address,
                "--backend=file:" + directory.resolve("store"),
                "--ttl=60s");
        sidecars.add(sidecar);
        return sidecar;
    }

    /** Returns the file of what it prints. */
    private Path start(Client client, URI sidecar) throws IOException {
        Path out = Files.createTempFile(directory, "client", ".out");
        ProcessBuilder builder = new ProcessBuilder(
                client.interpreter,
                client.file.toString(),
                sidecar.resolve("/v1/elections/example").toString());
        builder.directory(directory.toFile()).redirectOutput(out.toFile());
        builder.redirectError(Files.createTempFile(directory, "client", ".err").toFile());
        clients.add(builder.start());
        return out;
    }

    /** Writes as {@code client.py} does, as if another leader did, and returns whether the database took it. */
    private String write(long token) throws Exception {
        Process python = new ProcessBuilder(
                        "python3",
                        "-Bc",
                        "import sys; sys.path.append(sys.argv[1]); import client;"
                                + " print(client.write('report.db', int(sys.argv[2]), 'of another'))",
                        EXAMPLES.toString(),
                        Long.toString(token))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        clients.add(python);
        return new String(python.getInputStream().readAllBytes(), US_ASCII).strip();
    }

    private static void awaitLine(SidecarProcess sidecar, Path out, String line) {
        sidecar.await("a client that says: " + line, () -> lines(out).contains(line));
    }

    private static String last(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Skips aloud: a test that did not run should not pass for one that did. */
    private static void require(Client client) throws Exception {
        boolean there = isThere(client.needed);
        if (!there) {
            System.err.println("SKIPPED, because there is no " + client.needed + " on the PATH: " + client.file);
        }
        assumeTrue(there, client.needed);
    }

    private static boolean isThere(String command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command, "--version").start();
            try {
                return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException notThere) {
            return false;
        }
    }
}
