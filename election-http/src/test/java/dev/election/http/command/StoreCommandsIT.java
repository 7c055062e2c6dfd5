package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.election.etcd.EtcdServer;
import dev.election.kubernetes.KubeServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The commands that look at elections, as they are shipped, while a sidecar leads two of them. */
@Timeout(300)
class StoreCommandsIT {

    enum Store {
        FILE(directory -> List.of("--backend=file:" + directory.resolve("store"))),
        LEASE(directory -> List.of(
                "--backend=kubernetes:", "--kubeconfig=" + KubeServer.shared().kubeconfig())),
        ETCD(directory -> List.of("--backend=" + EtcdServer.shared().uri("commands/")));

        private final Function<Path, List<String>> options;

        Store(Function<Path, List<String>> options) {
            this.options = options;
        }
    }

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d";

    private final String first = "first-" + UUID.randomUUID();
    private final String second = "second-" + UUID.randomUUID();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void who_leads_is_shown_and_watched(Store store) throws Exception {
        try (SidecarProcess sidecar = start(store, "run", "--id=a", "--ttl=3s", "--http=localhost:0");
                SidecarProcess watch = start(store, "watch", "--output=json")) {
            for (String election : List.of(first, second)) {
                watch.await("the leader of " + election, () -> out(watch).contains(line(election, "known", "\"a\"")));
            }
            assertThat(sidecar.get("/v1/elections"))
                    .contains("\"election\":\"" + first)
                    .contains("\"election\":\"" + second);
            try (SidecarProcess status = start(store, "status")) {
                assertThat(status.exitCode()).as(status.toString()).isZero();
                // Nothing is said of the age of renewals: the clock of this machine may be set meanwhile.
                assertThat(status.out().lines())
                        .satisfiesExactly(
                                line -> assertThat(line)
                                        .matches("ELECTION +LEADER +SINCE +TOKEN +LEASE +RENEWED +STATE"),
                                line -> assertThat(line)
                                        .matches(first + " +a +" + TIME + "Z +\\d+ +3s +\\S.* +leads.*"),
                                line -> assertThat(line)
                                        .matches(second + " +a +" + TIME + "Z +\\d+ +3s +\\S.* +leads.*"));
                assertThat(status.err()).isEmpty();
            }
            sidecar.signal("TERM");
            assertThat(sidecar.exitCode()).isZero();
            for (String election : List.of(first, second)) {
                watch.await("the end of " + election, () -> out(watch).contains(line(election, "none", "null")));
            }
            try (SidecarProcess status = start(store, "status", "--output=json")) {
                assertThat(status.exitCode()).isEqualTo(ExitCode.NOBODY_LEADS.code());
                assertThat(status.out())
                        .isEqualTo("{\"elections\":[{\"election\":\"" + first
                                + "\",\"state\":\"none\",\"leader\":null,\"remark\":\"the lock is free\"},{\"election\":\""
                                + second
                                + "\",\"state\":\"none\",\"leader\":null,\"remark\":\"the lock is free\"}]}\n");
            }
            watch.signal("TERM");
            assertThat(watch.exitCode()).isZero();
            assertThat(watch.err()).isEmpty();
        }
    }

    @Test
    void a_leader_that_was_killed_leads_no_more_once_its_lease_ran_out() throws Exception {
        try (SidecarProcess sidecar = start(Store.FILE, "run", "--id=a", "--ttl=3s", "--http=localhost:0")) {
            sidecar.await("leadership", sidecar::isLeader);
            sidecar.kill();
        }
        try (SidecarProcess watch = start(Store.FILE, "watch", "--output=json")) {
            // It saw the record only now, so it waits for a lease. Then another may lead that it has not seen yet.
            watch.await("the end of the lease", () -> out(watch).contains(line(first, "unknown", "null")));
        }
        try (SidecarProcess status = start(Store.FILE, "status")) {
            assertThat(status.exitCode()).isEqualTo(ExitCode.NOBODY_LEADS.code());
            assertThat(status.out()).contains("nobody leads: the lease of a ran out");
        }
    }

    @Test
    void a_store_that_is_away_leaves_it_unknown() throws Exception {
        try (SidecarProcess status = SidecarProcess.start(
                directory, "status", "--election=a", "--backend=etcd://127.0.0.1:1", "--timeout=2s")) {
            assertThat(status.exitCode()).isEqualTo(ExitCode.NOT_KNOWN.code());
            assertThat(status.out()).contains("not known: cannot read etcd key");
        }
    }

    @Test
    void colours_are_for_terminals_unless_they_are_not_wanted() throws Exception {
        assertThat(onTerminal("")).contains("\u001b[1mSTATE\u001b[0m").contains("\u001b[33mnobody leads");
        assertThat(onTerminal("NO_COLOR=1 ")).contains("STATE").doesNotContain("\u001b[");
        try (SidecarProcess status = start(Store.FILE, "status")) {
            assertThat(status.exitCode()).isEqualTo(ExitCode.NOBODY_LEADS.code());
            assertThat(status.out()).doesNotContain("\u001b");
        }
    }

    /** What a person sees who runs status: script(1) has a terminal. */
    private String onTerminal(String environment) throws Exception {
        String command = environment + "TERM=xterm "
                + Path.of("target/election/bin/election").toAbsolutePath() + " status --election=" + first
                + " --backend=file:" + directory.resolve("store");
        Path seen = directory.resolve("seen");
        Process script;
        try {
            script = new ProcessBuilder("script", "-q", "-c", command, "/dev/null")
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(seen.toFile())
                    .start();
        } catch (IOException notThere) {
            System.err.println("SKIPPED, because there is no script(1) on the PATH: StoreCommandsIT");
            assumeTrue(false, "there is no script(1) on the PATH");
            throw notThere;
        }
        script.waitFor();
        return Files.readString(seen);
    }

    private SidecarProcess start(Store store, String command, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command, "--election=" + first + "," + second));
        arguments.addAll(store.options.apply(directory));
        arguments.addAll(List.of(more));
        return SidecarProcess.start(directory, arguments.toArray(String[]::new));
    }

    /** The middle of a line that watch prints. */
    private static String line(String election, String state, String leader) {
        String members = leader.equals("null") ? "null" : "{\"name\":" + leader;
        return "\"election\":\"" + election + "\",\"state\":\"" + state + "\",\"leader\":" + members;
    }

    private static String out(SidecarProcess process) {
        try {
            return process.out();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
