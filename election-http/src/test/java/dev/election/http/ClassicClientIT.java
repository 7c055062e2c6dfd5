package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.election.http.command.SidecarProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that was written for the classic sidecar (the tutorial of kubernetes/contrib, Apache-2.0) asks ours, unchanged. */
@Timeout(180)
class ClassicClientIT {

    /** Its ports are written into it. */
    private static final int SIDECAR_PORT = 4040;

    private static final int PROGRAM_PORT = 8080;

    @TempDir
    private Path directory;

    @Test
    void the_program_of_the_classic_sidecars_tutorial_finds_its_master() throws Exception {
        require(onPath("node"), "there is no node on the PATH");
        require(isFree(SIDECAR_PORT) && isFree(PROGRAM_PORT), "ports 4040 and 8080 are not both free");
        Path program = directory.resolve("server.js");
        Files.copy(getClass().getResourceAsStream("classic-client.js"), program);
        try (SidecarProcess sidecar = SidecarProcess.start(
                directory,
                "--election=example",
                "--id=elector-sidecar",
                "--http=localhost:" + SIDECAR_PORT,
                "--backend=file:" + directory.resolve("store"))) {
            sidecar.await("leadership", sidecar::isLeader);
            Process node = new ProcessBuilder("node", program.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("node.log").toFile())
                    .start();
            try {
                sidecar.await("the master's name", () -> masterIs().equals("Master is elector-sidecar"));
            } finally {
                node.destroyForcibly().waitFor();
            }
            assertThat(Files.readString(directory.resolve("node.log"))).isEmpty();
        }
    }

    private static String masterIs() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + PROGRAM_PORT + "/"))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
        } catch (ConnectException notYet) {
            return "";
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Skips aloud: a test that did not run should not pass for one that did. */
    private static void require(boolean met, String otherwise) {
        if (!met) {
            System.err.println("SKIPPED, because " + otherwise + ": " + ClassicClientIT.class.getSimpleName());
        }
        assumeTrue(met, otherwise);
    }

    private static boolean onPath(String command) throws InterruptedException {
        try {
            return new ProcessBuilder(command, "--version").start().waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    private static boolean isFree(int port) {
        try {
            new ServerSocket(port).close();
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
