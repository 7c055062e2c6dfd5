package dev.election.http.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.LeadershipListener;
import dev.election.http.RenewalLog;
import dev.election.spi.ElectionBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ElectionMetricsTest {

    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofMillis(50));

    private final String store = "memory:" + UUID.randomUUID();
    private final RenewalLog renewals = new RenewalLog();
    private final ElectionMetrics metrics = new ElectionMetrics(List.of("one", "two"), TIMING);

    private PrometheusText written() {
        return PrometheusText.parse(metrics.text());
    }

    private static LeaderElector candidate(Elections elections, String election, String id) {
        return elections.elector(election).identity(id).timing(TIMING).build();
    }

    @Test
    void every_metric_is_written_in_the_format_before_there_is_anything_to_tell() {
        assertThat(written().types.keySet())
                .containsExactlyElementsOf(
                        List.of(Metric.values()).stream().map(Metric::id).toList());
    }

    @Test
    void a_leader_shows_with_its_renewals_and_a_follower_with_whom_it_follows() throws Exception {
        CountDownLatch threeRenewals = new CountDownLatch(3);
        try (Elections others = Elections.open(store);
                LeaderElector other = candidate(others, "two", "some\"body\\").start();
                Elections ours = Elections.of(metrics.observing(ElectionBackend.open(store), renewals))) {
            renewals.onRenewal(renewal -> threeRenewals.countDown()); // told after the metrics were
            assertThat(other.awaitLeadership(Duration.ofSeconds(30))).isPresent();
            LeaderElector leader = candidate(ours, "one", "a");
            CountDownLatch seen = new CountDownLatch(1);
            LeaderElector follower = ours.elector("two")
                    .identity("a")
                    .timing(TIMING)
                    .listener(new LeadershipListener() {
                        @Override
                        public void onNewLeader(LeaderView view) {
                            if (view instanceof LeaderView.Known) {
                                seen.countDown();
                            }
                        }
                    })
                    .build();
            metrics.candidates(List.of(leader, follower));
            leader.start();
            follower.start();
            assertThat(threeRenewals.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
            long token = leader.leadership().orElseThrow().fencingToken();

            PrometheusText text = written();
            assertThat(text.value("leader_election_master_status{name=\"one\"}"))
                    .isEqualTo(1);
            assertThat(text.value("leader_election_master_status{name=\"two\"}"))
                    .isZero();
            assertThat(text.value("election_transitions_total{name=\"one\"}")).isEqualTo(1);
            assertThat(text.value("election_transitions_total{name=\"two\"}")).isEqualTo(1);
            assertThat(text.value("election_leader_info{name=\"one\",leader=\"a\"}"))
                    .isEqualTo(1);
            assertThat(text.value("election_leader_info{name=\"two\",leader=\"some\\\"body\\\\\"}"))
                    .isEqualTo(1);
            assertThat(text.value("election_fencing_token{name=\"one\"}")).isEqualTo(token);
            assertThat(text.value("election_healthy{name=\"one\"}")).isEqualTo(1);
            assertThat(text.value("election_lease_remaining_seconds{name=\"one\"}"))
                    .isBetween(0.0, 1.0);
            assertThat(text.value("election_lease_remaining_seconds{name=\"two\"}"))
                    .isZero();
            assertThat(text.value("election_renewal_seconds_count{name=\"one\"}"))
                    .isGreaterThanOrEqualTo(3);
            assertThat(text.value("election_renewal_margin_seconds_count{name=\"one\"}"))
                    .isGreaterThanOrEqualTo(3);
            assertThat(text.value("election_renewal_seconds_count{name=\"two\"}"))
                    .isZero();
            assertThat(text.value("election_store_errors_total{name=\"one\",kind=\"denied\"}"))
                    .isZero();
            assertThat(text.value("election_unknown_outcomes_total{name=\"one\"}"))
                    .isZero();
            assertThat(text.value("leader_election_slowpath_total{name=\"one\"}"))
                    .isZero();
        }
    }

    @Test
    void the_leader_of_the_past_is_gone_from_the_text() throws Exception {
        try (Elections elections = Elections.of(metrics.observing(ElectionBackend.open(store), renewals))) {
            LeaderElector first = candidate(elections, "one", "first");
            LeaderElector second = candidate(elections, "one", "second");
            metrics.candidates(List.of(first, second));
            first.start();
            assertThat(first.awaitLeadership(Duration.ofSeconds(30))).isPresent();
            first.close();
            second.start();
            assertThat(second.awaitLeadership(Duration.ofSeconds(30))).isPresent();
            PrometheusText text = written();
            assertThat(text.samples.keySet())
                    .contains("election_leader_info{name=\"one\",leader=\"second\"}")
                    .noneMatch(sample -> sample.contains("first"));
            assertThat(text.value("election_transitions_total{name=\"one\"}")).isEqualTo(2);
        }
    }

    /** The table of the page, and every name like ours elsewhere on it. */
    @Test
    void the_metrics_on_the_page_are_those_of_the_code() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("../docs/sidecar.md"));
        int mark = lines.indexOf("<!-- table: metrics -->");
        assertThat(mark).isNotNegative();
        List<String> rows = new ArrayList<>();
        for (String line : lines.subList(mark + 3, lines.size())) {
            if (line.isEmpty()) {
                break;
            }
            rows.add(line);
        }
        List<String> expected = List.of(Metric.values()).stream()
                .map(metric ->
                        "| `" + metric.id() + "` | " + metric.type().name().toLowerCase(Locale.ROOT) + " | "
                                + String.join(", ", metric.labels()) + " | " + metric.help() + " |")
                .toList();
        assertThat(rows).isEqualTo(expected);
        Map<String, Metric> known =
                List.of(Metric.values()).stream().collect(Collectors.toMap(Metric::id, metric -> metric));
        Pattern name = Pattern.compile("\\b(?:leader_)?election_[a-z_]+[a-z]\\b");
        assertThat(String.join("\n", lines)
                        .lines()
                        .flatMap(line -> name.matcher(line).results())
                        .map(match -> match.group().replaceFirst("_(bucket|sum|count)$", "")))
                .allMatch(known::containsKey);
    }
}
