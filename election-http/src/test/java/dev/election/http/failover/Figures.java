package dev.election.http.failover;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measured times of one kind. */
final class Figures {

    private final List<Double> millis = new ArrayList<>();

    void add(long nanos) {
        millis.add(nanos / 1e6);
        Collections.sort(millis);
    }

    double median() {
        return quantile(0.5);
    }

    double p99() {
        return quantile(0.99);
    }

    double max() {
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
