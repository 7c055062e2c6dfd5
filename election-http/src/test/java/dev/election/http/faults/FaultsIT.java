package dev.election.http.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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

    /** A run that could find nothing would prove nothing. */
    @Test
    void candidates_that_believe_what_they_were_told_last_are_found_out() throws Exception {
        Faults.Result result = faults("--backend=file:", "--faults=3", "--seed=5", "--belief=told");
        assertThat(result.unsafe()).anyMatch(each -> each.contains("at the same time"));
    }
}
