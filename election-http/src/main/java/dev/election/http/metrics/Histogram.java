package dev.election.http.metrics;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Durations by size. Thread-safe; a reader may miss what is added meanwhile. */
final class Histogram {

    private final double[] bounds;
    private final AtomicLongArray counts;
    private final LongAdder nanos = new LongAdder();

    /** @param bounds of the buckets in seconds, ascending, each inclusive; one for all that is greater follows */
    Histogram(double... bounds) {
        this.bounds = bounds.clone();
        this.counts = new AtomicLongArray(bounds.length + 1);
    }

    void add(Duration duration) {
        int at = Arrays.binarySearch(bounds, duration.toNanos() / 1e9);
        counts.incrementAndGet(at >= 0 ? at : -at - 1);
        nanos.add(duration.toNanos());
    }

    /** The samples of a histogram with a label. */
    void write(Exposition to, String metric, String label, String value) {
        long count = 0;
        for (int i = 0; i <= bounds.length; i++) {
            count += counts.get(i);
            double bound = i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY;
            to.sample(metric + "_bucket", count, label, value, "le", Exposition.number(bound));
        }
        to.sample(metric + "_sum", nanos.sum() / 1e9, label, value);
        to.sample(metric + "_count", count, label, value);
    }
}
