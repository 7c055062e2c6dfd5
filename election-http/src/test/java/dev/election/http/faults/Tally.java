package dev.election.http.faults;

import dev.election.http.failover.Figures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How often each kind of fault was, and what followed. */
final class Tally {

    private static final class Row {
        private int times;
        private int onLeader;
        private final Figures failover = new Figures();
        private final Figures recovery = new Figures();
    }

    private final Map<String, Row> rows = new TreeMap<>();
    private final Figures failover = new Figures();
    private final Figures oneWay = new Figures();
    private final Figures handOver = new Figures();
    private final Figures recovery = new Figures();
    private final List<String> late = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private int faults;
    private int withinAWrite;

    void happened(String kind, boolean onLeader) {
        faults++;
        row(kind).times++;
        row(kind).onLeader += onLeader ? 1 : 0;
    }

    /** This kind is not possible with this store or on this machine. */
    void leftOut(String kind) {
        leftOut.add(kind);
    }

    /** A stopped candidate kept the store's own lock, so that nobody could take over. */
    void stoppedWithinAWrite() {
        withinAWrite++;
    }

    int withinAWrite() {
        return withinAWrite;
    }

    /** The leader was killed, stopped or cut off; so long after that another led. */
    void failedOver(String kind, long nanos, Duration bound) {
        failover.add(nanos);
        checkFailover(kind, nanos, bound);
    }

    /** The leader's requests still came through, and no answer; so long after that another led. */
    void failedOverOneWay(String kind, long nanos, Duration bound) {
        oneWay.add(nanos);
        checkFailover(kind, nanos, bound);
    }

    private void checkFailover(String kind, long nanos, Duration bound) {
        row(kind).failover.add(nanos);
        if (nanos > bound.toNanos()) {
            late.add("after " + kind + " another led only after " + nanos / 1_000_000 + " ms; the bound is "
                    + bound.toMillis() + " ms");
        }
    }

    /** The leader was told to end; so long after that another led. */
    void handedOver(String kind, long nanos) {
        handOver.add(nanos);
        row(kind).failover.add(nanos);
    }

    /** So long after the end of a fault somebody led by a write sent after that end. */
    void recovered(String kind, long nanos) {
        recovery.add(nanos);
        row(kind).recovery.add(nanos);
    }

    int faults() {
        return faults;
    }

    /** Each time that another led too late. */
    List<String> late() {
        return late;
    }

    Figures failover() {
        return failover;
    }

    Figures oneWay() {
        return oneWay;
    }

    Figures handOver() {
        return handOver;
    }

    Figures recovery() {
        return recovery;
    }

    /** {@code kill:31,stop:17}. */
    String byKind() {
        return rows.entrySet().stream()
                .map(row -> row.getKey() + ":" + row.getValue().times)
                .collect(Collectors.joining(","));
    }

    /** {@code cut,cut-answers}, or {@code none}. */
    String leftOut() {
        return leftOut.isEmpty() ? "none" : String.join(",", leftOut);
    }

    /** For people. */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-15s %6s %10s   %-32s %s%n",
                "fault",
                "times",
                "on leader",
                "next leader, ms: median max",
                "leading again, ms: median max"));
        rows.forEach((kind, row) -> table.append(String.format(
                Locale.ROOT,
                "%-15s %6d %10d   %24.0f %7.0f %26.0f %7.0f%n",
                kind,
                row.times,
                row.onLeader,
                row.failover.median(),
                row.failover.max(),
                row.recovery.median(),
                row.recovery.max())));
        return table.toString().replace("NaN", "  -");
    }

    private Row row(String kind) {
        return rows.computeIfAbsent(kind, any -> new Row());
    }
}
