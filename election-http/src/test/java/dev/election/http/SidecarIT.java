package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.command.SidecarProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sidecar as it is shipped, on the {@code file:} backend. */
@Timeout(180)
class SidecarIT {

    @TempDir
    private Path directory;

    private final List<SidecarProcess> sidecars = new ArrayList<>();

    private SidecarProcess candidate(String id, String ttl) throws Exception {
        SidecarProcess sidecar = SidecarProcess.start(
                directory,
                "--election=example",
                "--id=" + id,
                "--http=localhost:0",
                "--backend=file:" + directory.resolve("store"),
                "--ttl=" + ttl);
        sidecars.add(sidecar);
        return sidecar;
    }

    private List<SidecarProcess> threeCandidates(String ttl) throws Exception {
        List<SidecarProcess> candidates = List.of(candidate("a", ttl), candidate("b", ttl), candidate("c", ttl));
        leaderAmong(candidates);
        return candidates;
    }

    private static SidecarProcess leaderAmong(List<SidecarProcess> candidates) {
        candidates.get(0).await("a leader", () -> candidates.stream().anyMatch(SidecarProcess::isLeader));
        return candidates.stream().filter(SidecarProcess::isLeader).findFirst().orElseThrow();
    }

    private static List<SidecarProcess> without(List<SidecarProcess> candidates, SidecarProcess one) {
        return candidates.stream().filter(each -> each != one).toList();
    }

    @AfterEach
    void killAll() {
        sidecars.forEach(SidecarProcess::kill);
    }

    @Test
    void answers_who_leads() throws Exception {
        SidecarProcess sidecar = candidate("a", "10s");
        sidecar.await("leadership", sidecar::isLeader);
        assertThat(sidecar.get("/")).isEqualTo("{\"name\":\"a\"}");
        assertThat(sidecar.get("/v1/elections/example"))
                .matches("\\{\"election\":\"example\",\"revision\":\\d+,\"state\":\"known\","
                        + "\"leader\":\\{\"name\":\"a\",\"fencingToken\":\\d+,\"since\":\"[^\"]+\",\"ageMillis\":\\d+},"
                        + "\"candidates\":\\[\\{\"name\":\"a\",\"leading\":true,\"fencingToken\":\\d+,"
                        + "\"remainingMillis\":\\d+}],"
                        + "\"timing\":\\{\"leaseMillis\":10000,\"renewDeadlineMillis\":5000,\"retryMillis\":2500,"
                        + "\"stopBudgetMillis\":4047},\"problem\":null}");
        for (String probe : List.of("/livez", "/readyz", "/leading", "/openapi.json")) {
            assertThat(sidecar.request(probe).statusCode()).as(probe).isEqualTo(200);
        }
        assertThat(sidecar.out()).isEmpty();
    }

    @Test
    void says_at_the_start_what_it_does_and_then_what_changes() throws Exception {
        SidecarProcess sidecar = candidate("a", "10s");
        sidecar.await("leadership", sidecar::isLeader);
        String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  ";
        assertThat(sidecar.err().lines().limit(4))
                .satisfiesExactly(
                        line -> assertThat(line).matches(time + "election \\d\\S+: candidate a in election example"),
                        line -> assertThat(line).matches(time + "backend file:\\S+/store"),
                        line -> assertThat(line)
                                .matches(time + "lease duration 10s, renew deadline 5s, retry period 2\\.5s;"
                                        + " after a loss, work has 4\\.047s to stop"),
                        line -> assertThat(line)
                                .matches(time
                                        + "answering at http://127\\.0\\.0\\.1:\\d+/( and http://\\[::1]:\\d+/)?"));
        assertThat(sidecar.err()).containsPattern("started leading example as a \\(fencing token \\d+\\)\n");
    }

    @Test
    void of_three_candidates_one_leads_and_all_name_it() throws Exception {
        List<SidecarProcess> candidates = threeCandidates("60s");
        SidecarProcess leader = leaderAmong(candidates);
        String name = leader.get("/");
        for (SidecarProcess follower : without(candidates, leader)) {
            follower.await("the leader's name", () -> follower.get("/").equals(name));
            assertThat(follower.isLeader()).isFalse();
        }
    }

    @Test
    void when_the_leader_is_killed_another_leads_with_a_greater_token() throws Exception {
        List<SidecarProcess> candidates = threeCandidates("3s");
        SidecarProcess leader = leaderAmong(candidates);
        long token = leader.fencingToken();
        leader.kill();
        SidecarProcess next = leaderAmong(without(candidates, leader));
        assertThat(next.fencingToken()).isGreaterThan(token);
    }

    /** The lease outlasts the test: whoever leads next was not waiting for its end. */
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void when_the_leader_is_told_to_end_another_leads_without_waiting_for_the_lease(String signal) throws Exception {
        List<SidecarProcess> candidates = threeCandidates("50m");
        SidecarProcess leader = leaderAmong(candidates);
        long token = leader.fencingToken();
        leader.signal(signal);
        SidecarProcess next = leaderAmong(without(candidates, leader));
        assertThat(next.fencingToken()).isGreaterThan(token);
        assertThat(leader.exitCode()).isZero();
        assertThat(leader.err()).contains("stopped leading example as ");
        assertThat(leader.out()).isEmpty();
    }

    @Test
    void the_last_candidate_leaves_the_lock_free() throws Exception {
        SidecarProcess sidecar = candidate("a", "50m");
        sidecar.await("leadership", sidecar::isLeader);
        sidecar.signal("TERM");
        assertThat(sidecar.exitCode()).isZero();
        assertThat(Files.readString(directory.resolve("store/example.json"))).contains("\"holderIdentity\":\"\"");
    }
}
