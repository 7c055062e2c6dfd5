package dev.election.http.failover;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measured times of one kind. */
public final class Figures {

    private final List<Double> millis = new ArrayList<>();

    /** Adds a time in nanoseconds. */
    public void add(long nanos) {
        millis.add(nanos / 1e6);
        Collections.sort(millis);
    }

    /** How many times were added. */
    public int count() {
        return millis.size();
    }

    /** In milliseconds, as all below; NaN without any measured time. */
    public double median() {
        return quantile(0.5);
    }

    /** What 99 % do not exceed. */
    public double p99() {
        return quantile(0.99);
    }

    /** The longest. */
    public double max() {
        return quantile(1);
    }

    /** The smallest measured time that at least this part of all does not exceed. */
    private double quantile(double part) {
        if (millis.isEmpty()) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(part * millis.size());
        return millis.get(Math.max(rank, 1) - 1);
    }
}
