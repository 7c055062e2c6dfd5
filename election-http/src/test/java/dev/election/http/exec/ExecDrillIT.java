package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code script/exec-drill}, shortly. */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
class ExecDrillIT {

    @TempDir
    private Path directory;

    private ExecDrill.Result drill(String... arguments) throws Exception {
        ExecDrill.Result result = ExecDrill.run(ExecDrill.Plan.parse(List.of(arguments)), directory);
        System.out.println(result.line());
        return result;
    }

    @Test
    void at_fifty_moments_no_command_outlives_its_term() throws Exception {
        ExecDrill.Result result = drill("--moments=50");
        assertThat(result.problems()).as(result.line()).isEmpty();
        assertThat(result.line())
                .startsWith("exec_drill backend=file moments=50 orphans=0 overlaps=0 outlived=0 stale_stamps=0 ");
    }

    @Test
    void nor_where_the_lock_is_on_a_server() throws Exception {
        ExecDrill.Result result = drill("--backend=etcd", "--moments=10");
        assertThat(result.problems()).as(result.line()).isEmpty();
        assertThat(result.line())
                .startsWith("exec_drill backend=etcd moments=10 orphans=0 overlaps=0 outlived=0 stale_stamps=0 ");
    }

    /** A drill that could find nothing would prove nothing. */
    @Test
    void without_guardians_it_finds_commands_that_outlive_their_term() throws Exception {
        ExecDrill.Result result = drill("--guarded=false", "--pairs=1", "--seed=1", "--lease=10s");
        assertThat(result.problems())
                .anyMatch(each -> each.startsWith("overlap"))
                .anyMatch(each -> each.startsWith("outlived"))
                .anyMatch(each -> each.startsWith("orphans"));
    }
}
