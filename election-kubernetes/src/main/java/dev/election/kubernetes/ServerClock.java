package dev.election.kubernetes;

import dev.election.spi.Finding;
import dev.election.spi.Finding.Topic;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** This machine's clock beside that of the API server, which stands in the head of each answer, to the second. */
final class ServerClock {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** What NTP keeps to even on a bad day; from here on times in records and certificates look odd. */
    private static final Duration TOLERATED = Duration.ofSeconds(2);

    private ServerClock() {}

    /**
     * Compares the clocks.
     *
     * @param before this machine's time before the request was sent
     * @param date the server's time in the answer
     * @param after this machine's time when the answer was there
     */
    static Finding compare(Instant before, @Nullable Instant date, Instant after) {
        if (date == null) {
            return Finding.unknown(Topic.CLOCK, "the API server does not tell its time; an election does not need it");
        }
        // The server's clock was somewhere in the second that begins with the date.
        Duration ahead = Duration.between(date.plus(SECOND), before);
        Duration behind = Duration.between(after, date);
        if (ahead.compareTo(TOLERATED) > 0) {
            return differs(ahead, "ahead of");
        }
        if (behind.compareTo(TOLERATED) > 0) {
            return differs(behind, "behind");
        }
        return Finding.ok(
                Topic.CLOCK,
                "this machine's clock and the API server's agree to some seconds, which is more than an election needs");
    }

    private static Finding differs(Duration by, String how) {
        return Finding.warning(
                Topic.CLOCK,
                "this machine's clock is at least " + by.toSeconds() + " s " + how
                        + " the API server's; an election does not mind, but the times that it shows are wrong, a token or"
                        + " certificate may be refused, and candidates that believe in wall clocks (fabric8's) take over too"
                        + " early or too late",
                "Set the clocks by NTP: chronyc tracking, or timedatectl");
    }
}
