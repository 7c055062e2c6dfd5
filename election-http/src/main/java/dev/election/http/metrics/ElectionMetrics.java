package dev.election.http.metrics;

import dev.election.ElectionTiming;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import dev.election.http.ObservedBackend;
import dev.election.http.RenewalLog;
import dev.election.http.RenewalLog.Renewal;
import dev.election.http.StoreCall;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Keeps the {@linkplain Metric metrics} of the elections of a process, and writes them as text for Prometheus.
 *
 * <pre>{@code
 * RenewalLog renewals = new RenewalLog();
 * ElectionMetrics metrics = new ElectionMetrics(List.of("example"), timing);
 * Elections elections = Elections.of(metrics.observing(backend, renewals));
 * LeaderElector elector = ...
 * metrics.candidates(List.of(elector));
 * LeaderHttpServer.of(List.of(elector)).renewals(renewals).metrics(metrics::text).start("localhost:4040");
 * }</pre>
 *
 * <p>What is so at the moment is asked of the candidates when it is written; the rest is counted as it happens, by what
 * stands before the backend. Neither ever waits for the store. Thread-safe.
 */
public final class ElectionMetrics {

    private final ElectionTiming timing;
    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private volatile Map<String, List<LeaderElector>> candidates = Map.of();

    /**
     * Begins to count at zero.
     *
     * @param elections the names of those there will be; others are not counted
     * @param timing that of the candidates, for the margins
     */
    public ElectionMetrics(Collection<String> elections, ElectionTiming timing) {
        this.timing = timing;
        elections.forEach(election -> tallies.put(election, new Tally()));
    }

    /**
     * Puts the observers before a backend that is to be counted.
     *
     * @param backend closed together with the one returned
     * @param renewals observes it as well
     */
    public ElectionBackend observing(ElectionBackend backend, RenewalLog renewals) {
        renewals.onRenewal(this::renewed);
        return new SeenTerms(ObservedBackend.of(backend, this::called, renewals), this::saw);
    }

    /** Whom to ask, from now on, for what is so at the moment. */
    public void candidates(Collection<LeaderElector> electors) {
        Map<String, List<LeaderElector>> grouped = new LinkedHashMap<>();
        tallies.keySet()
                .forEach(election -> grouped.put(
                        election,
                        electors.stream()
                                .filter(elector -> elector.election().equals(election))
                                .toList()));
        candidates = grouped;
    }

    private void called(StoreCall call) {
        Tally tally = tallies.get(call.election());
        if (tally != null) {
            tally.add(call);
        }
    }

    private void renewed(Renewal renewal) {
        Tally tally = tallies.get(renewal.election());
        if (tally != null) {
            tally.renewals.add(renewal.took());
            tally.margins.add(renewal.margin(timing));
        }
    }

    private void saw(String election, LockRecord record) {
        Tally tally = tallies.get(election);
        if (tally != null) {
            tally.saw(record);
        }
    }

    /** All metrics in Prometheus's text format, version 0.0.4. */
    public String text() {
        Exposition to = new Exposition();
        for (Metric metric : Metric.values()) {
            to.family(metric.id(), metric.type().name().toLowerCase(Locale.ROOT), metric.help());
            switch (metric) {
                case LEADER_ELECTION_MASTER_STATUS ->
                    ofCandidates((name, electors) -> to.sample(metric.id(), isLeading(electors) ? 1 : 0, "name", name));
                case LEADER_ELECTION_SLOWPATH_TOTAL ->
                    counted((name, tally) -> to.sample(metric.id(), tally.slowPaths.sum(), "name", name));
                case ELECTION_TRANSITIONS_TOTAL ->
                    counted((name, tally) -> to.sample(metric.id(), tally.transitions.sum(), "name", name));
                case ELECTION_LEADER_INFO ->
                    ofLeader((name, leader) -> to.sample(metric.id(), 1, "name", name, "leader", leader.identity()));
                case ELECTION_FENCING_TOKEN ->
                    ofLeader((name, leader) ->
                            leader.fencingToken().ifPresent(token -> to.sample(metric.id(), token, "name", name)));
                case ELECTION_HEALTHY ->
                    ofCandidates((name, electors) -> to.sample(metric.id(), isHealthy(electors) ? 1 : 0, "name", name));
                case ELECTION_LEASE_REMAINING_SECONDS ->
                    ofCandidates((name, electors) ->
                            to.sample(metric.id(), remaining(electors).toNanos() / 1e9, "name", name));
                case ELECTION_RENEWAL_SECONDS ->
                    counted((name, tally) -> tally.renewals.write(to, metric.id(), "name", name));
                case ELECTION_RENEWAL_MARGIN_SECONDS ->
                    counted((name, tally) -> tally.margins.write(to, metric.id(), "name", name));
                case ELECTION_STORE_ERRORS_TOTAL ->
                    counted((name, tally) -> tally.errors()
                            .forEach((kind, count) -> to.sample(
                                    metric.id(),
                                    count.sum(),
                                    "name",
                                    name,
                                    "kind",
                                    kind.name().toLowerCase(Locale.ROOT))));
                case ELECTION_UNKNOWN_OUTCOMES_TOTAL ->
                    counted((name, tally) -> to.sample(metric.id(), tally.unknown.sum(), "name", name));
            }
        }
        return to.toString();
    }

    private void counted(BiConsumer<String, Tally> each) {
        tallies.forEach(each);
    }

    private void ofCandidates(BiConsumer<String, List<LeaderElector>> each) {
        candidates.forEach(each);
    }

    private void ofLeader(BiConsumer<String, LeaderView.Known> each) {
        candidates.forEach((name, electors) -> electors.stream()
                .map(LeaderElector::leader)
                .filter(view -> view instanceof LeaderView.Known)
                .findFirst()
                .ifPresent(view -> each.accept(name, (LeaderView.Known) view)));
    }

    private static boolean isLeading(List<LeaderElector> electors) {
        return electors.stream().anyMatch(LeaderElector::isLeader);
    }

    private static boolean isHealthy(List<LeaderElector> electors) {
        return electors.stream().allMatch(elector -> elector.health().isHealthy());
    }

    private static Duration remaining(List<LeaderElector> electors) {
        return electors.stream()
                .flatMap(elector -> elector.leadership().stream())
                .map(Leadership::remaining)
                .reduce(Duration.ZERO, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }
}
