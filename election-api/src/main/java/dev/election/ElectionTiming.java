package dev.election;

import dev.election.spi.Durations;
import java.time.Duration;
import java.util.Locale;

/**
 * The times of an election. Values that could let two candidates lead at once are refused, with the inequality that is
 * broken (rule E13).
 *
 * <p>All candidates of one election should use the same values; a follower waits the duration that the holder wrote.
 *
 * @param leaseDuration L: how long others wait, from when they last saw a sign of life, before they take over; at most
 *     {@link #MAX_LEASE}. Rounded up to milliseconds, and by a store that keeps only whole seconds, to those
 * @param renewDeadline D: how long a leader leads after it <em>sent</em> the last renewal that was acknowledged.
 *     Renewals are sent every third of it
 * @param retryPeriod R: how long to wait between tries, and the longest that one call to the store may take
 * @param driftBound ρ: every clock's rate is taken to stay within 1 ± ρ of real time; from 0 up to, not including, 1
 */
public record ElectionTiming(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod, double driftBound) {

    /** The longest lease, so that a wrong or hostile record cannot block an election for longer (rule E3). */
    public static final Duration MAX_LEASE = Duration.ofHours(1);

    /** Generous: quartz drifts by some 0.01 %; the rest is for virtual machines whose clocks are slewed. */
    private static final double DEFAULT_DRIFT_BOUND = 0.05;

    /** Below this, the timers of an ordinary operating system decide and not the configuration. */
    private static final Duration MIN_RETRY = Duration.ofMillis(5);

    /** 15 s, 10 s and 2 s, as client-go's users have them, and a drift bound of 5 %. */
    public static final ElectionTiming DEFAULT =
            of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    public ElectionTiming {
        leaseDuration = Durations.roundUp(require("lease duration", leaseDuration), Duration.ofMillis(1));
        require("renew deadline", renewDeadline);
        require("retry period", retryPeriod);
        if (!(driftBound >= 0 && driftBound < 1)) {
            throw new IllegalArgumentException("the drift bound must be from 0 up to, not including, 1: " + driftBound);
        }
        if (leaseDuration.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException("the lease duration must be at most " + text(MAX_LEASE)
                    + ": lease duration " + text(leaseDuration));
        }
        if (retryPeriod.compareTo(MIN_RETRY) < 0) {
            throw new IllegalArgumentException(
                    "the retry period must be at least " + text(MIN_RETRY) + ": retry period " + text(retryPeriod));
        }
        if (retryPeriod.compareTo(renewDeadline) >= 0) {
            throw new IllegalArgumentException("retry period < renew deadline is broken, so no failed renewal could be"
                    + " tried again in time: " + text(retryPeriod) + " >= " + text(renewDeadline));
        }
        if (callTimeout(renewDeadline, retryPeriod).compareTo(MIN_RETRY) < 0) {
            throw new IllegalArgumentException("(renew deadline - retry period) / 2 >= " + text(MIN_RETRY)
                    + " is broken, so no call to the store would have the time to be answered: ("
                    + text(renewDeadline) + " - " + text(retryPeriod) + ") / 2 < " + text(MIN_RETRY));
        }
        Duration safe = safeDuration(leaseDuration, driftBound);
        if (safe.compareTo(renewDeadline) <= 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "lease duration x (1 - drift bound) / (1 + drift bound) > renew deadline is broken, so two"
                            + " candidates could lead at once: %s x (1 - %s) / (1 + %s) = %s <= %s",
                    text(leaseDuration),
                    driftBound,
                    driftBound,
                    text(safe),
                    text(renewDeadline)));
        }
    }

    /**
     * Times with the default drift bound of 5 %.
     *
     * @throws IllegalArgumentException when they are unsafe, with the inequality that is broken
     */
    public static ElectionTiming of(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {
        return new ElectionTiming(leaseDuration, renewDeadline, retryPeriod, DEFAULT_DRIFT_BOUND);
    }

    /** The same times with another drift bound. */
    public ElectionTiming withDriftBound(double bound) {
        return new ElectionTiming(leaseDuration, renewDeadline, retryPeriod, bound);
    }

    /**
     * How long the work has to stop, by the leader's own clock, between the end of its term by expiry and the earliest
     * moment at which another can lead: L · (1 − ρ) / (1 + ρ) − D. Positive.
     */
    public Duration stopBudget() {
        return safeDuration(leaseDuration, driftBound).minus(renewDeadline);
    }

    /**
     * The longest that one call to the store may take: min(R, (D − R) / 2), so that one call that hangs costs no
     * leadership (rule E12).
     */
    Duration callTimeout() {
        return callTimeout(renewDeadline, retryPeriod);
    }

    private static Duration callTimeout(Duration renewDeadline, Duration retryPeriod) {
        Duration half = renewDeadline.minus(retryPeriod).dividedBy(2);
        return half.compareTo(retryPeriod) < 0 ? half : retryPeriod;
    }

    private static Duration safeDuration(Duration lease, double drift) {
        return Duration.ofNanos((long) (lease.toNanos() * ((1 - drift) / (1 + drift))));
    }

    private static Duration require(String what, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("the " + what + " must be positive and at most a day: " + text(value));
        }
        return value;
    }

    private static String text(Duration duration) {
        if (duration.compareTo(Duration.ofDays(1)) > 0) {
            return duration.toString(); // it may be too long for a number of nanoseconds
        }
        return duration.toNanos() % 1_000_000 == 0 ? duration.toMillis() + " ms" : duration.toNanos() / 1e6 + " ms";
    }
}
