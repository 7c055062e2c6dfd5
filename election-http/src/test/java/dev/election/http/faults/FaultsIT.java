package dev.election.http.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code script/faults}, shortly. What it measures in time is not judged here: the machine may be busy. */
@Timeout(180)
class FaultsIT {

    @TempDir
    private Path directory;

    private Faults.Result faults(String... arguments) throws Exception {
        Faults.Result result = Faults.run(FaultSettings.parse(arguments), directory);
        assertThat(result.line()).contains("faults=");
        return result;
    }

    @Test
    void never_two_lead_on_a_directory() throws Exception {
        assertThat(faults("--backend=file:", "--faults=6", "--seed=8").unsafe()).isEmpty();
    }

    @Test
    void never_two_lead_on_etcd() throws Exception {
        assertThat(faults("--backend=etcd:", "--faults=8", "--seed=6").unsafe()).isEmpty();
    }

    /** As {@code script/faults} runs it: in a network of its own, with wires to candidates that the kernel cuts. */
    @Test
    void never_two_lead_where_the_kernel_cuts_candidates_off() throws Exception {
        List<String> apart = new ArrayList<>(List.of("unshare", "--net"));
        if (!System.getProperty("user.name").equals("root")) {
            apart.addAll(List.of("--user", "--map-root-user"));
        }
        apart.addAll(List.of("sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
        if (!succeeds(apart, List.of("iptables", "-w", "-t", "nat", "-L"))) {
            System.err.println("SKIPPED: no network namespaces here, or no ip and iptables");
            Assumptions.abort("no network namespaces");
        }
        List<String> program = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Delection.faults.network=own",
                "-cp",
                System.getProperty("java.class.path"),
                Faults.class.getName(),
                directory.toString(),
                "--backend=etcd:",
                "--faults=4",
                "--seed=1",
                "--kinds=cut,cut-requests,cut-answers");
        Process process = start(apart, program);
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        assertThat(told).contains("by_kind=cut:", "cut-answers:", "cut-requests:", "left_out=none");
        assertThat(told).doesNotContain("UNSAFE");
    }

    private static boolean succeeds(List<String> apart, List<String> command) throws InterruptedException {
        try {
            Process process = start(apart, command);
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    private static Process start(List<String> apart, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>(apart);
        whole.addAll(command);
        return new ProcessBuilder(whole).redirectErrorStream(true).start();
    }

    /** A run that could find nothing would prove nothing. */
    @Test
    void candidates_that_believe_what_they_were_told_last_are_found_out() throws Exception {
        Faults.Result result = faults("--backend=file:", "--faults=3", "--seed=5", "--belief=told");
        assertThat(result.unsafe()).anyMatch(each -> each.contains("at the same time"));
    }
}
