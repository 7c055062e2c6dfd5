package dev.election.http.command;

import dev.election.ElectionTiming;
import dev.election.http.command.Standing.State;
import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who leads, from the store alone and without contending.
 *
 * <p>A record says when it was renewed, but by its holder's clock. If that is plausible by ours, it is believed. If not,
 * the record is watched for as long as its lease: who renews it leads, and a record that stays as it is has run out, as
 * it does for followers (rule E3), whatever the clocks say.
 */
final class Inspector {

    /** Clocks that are kept by NTP differ by less. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(1);

    private static final Duration SHORTEST_LOOK = Duration.ofMillis(50);
    private static final Duration LONGEST_LOOK = Duration.ofMillis(500);

    /** Time, as a test can stop it. */
    interface Time {
        Instant now();

        /** As {@link System#nanoTime}. */
        long nanos();

        void sleep(Duration duration) throws InterruptedException;
    }

    /** The time of this machine. */
    static final Time SYSTEM = new Time() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration.toMillis());
        }
    };

    private final ElectionBackend backend;
    private final Time time;
    private final Duration timeout;
    private final long deadline;

    /**
     * @param timeout how long all may take, for people
     * @param deadline when that is over, as {@link Time#nanos} counts
     */
    Inspector(ElectionBackend backend, Duration timeout, long deadline, Time time) {
        this.backend = backend;
        this.time = time;
        this.timeout = timeout;
        this.deadline = deadline;
    }

    /** How several elections stand. Those of which a first look does not tell are watched at the same time. */
    List<Standing> inspect(List<String> elections) throws InterruptedException {
        List<Watched> all = new ArrayList<>();
        for (String election : elections) {
            all.add(new Watched(election));
        }
        while (true) {
            Duration pause = LONGEST_LOOK;
            boolean open = false;
            for (Watched each : all) {
                if (each.standing == null) {
                    each.look();
                }
                if (each.standing == null) {
                    open = true;
                    pause = shorter(pause, each.pause());
                }
            }
            if (!open) {
                return all.stream().map(Watched::standing).toList();
            }
            time.sleep(pause);
        }
    }

    /** One election, until it is known how it stands. */
    private final class Watched {

        private final String election;
        private @Nullable LockRecord first;
        private long firstSeen;
        private @Nullable Standing standing;

        Watched(String election) {
            this.election = election;
        }

        Standing standing() {
            return Objects.requireNonNull(standing);
        }

        Duration pause() {
            Duration part = lease(Objects.requireNonNull(first)).dividedBy(10);
            return part.compareTo(SHORTEST_LOOK) < 0 ? SHORTEST_LOOK : part;
        }

        void look() throws InterruptedException {
            Duration left = Duration.ofNanos(deadline - time.nanos());
            LockRecord record;
            try {
                // When time is up, one more short look tells what has become of the record.
                record = backend.read(election, left.compareTo(SHORTEST_LOOK) < 0 ? SHORTEST_LOOK : left)
                        .record();
            } catch (BackendException e) {
                end(State.UNKNOWN, null, String.valueOf(e.getMessage()));
                return;
            }
            long seen = time.nanos();
            if (record == null) {
                end(State.NONE, null, "there is no record");
            } else if (record.isFree()) {
                end(State.NONE, record, "the lock is free");
            } else if (first == null) {
                first = record;
                firstSeen = seen;
                if (isPlausible(record)) {
                    end(State.KNOWN, record, "");
                }
            } else if (!record.equals(first)) {
                end(
                        State.KNOWN,
                        record,
                        isPlausible(record) ? "" : "its clock differs from ours: it says " + record.renewed());
            } else if (seen - firstSeen >= lease(record).toNanos()) {
                end(State.NONE, record, "the lease of " + record.identity() + " ran out");
            } else if (seen >= deadline) {
                end(
                        State.UNKNOWN,
                        record,
                        "no sign of life from " + record.identity() + " in " + GoDuration.format(timeout)
                                + ", but its lease lasts " + GoDuration.format(lease(record)));
            }
        }

        private boolean isPlausible(LockRecord record) {
            Duration age = Duration.between(record.renewed(), time.now());
            return age.compareTo(CLOCK_DIFFERENCE.negated()) >= 0 && age.compareTo(lease(record)) <= 0;
        }

        private void end(State state, @Nullable LockRecord record, String remark) {
            standing = new Standing(election, state, record, time.now(), remark);
        }
    }

    /** That of the record; the default, as followers wait, where it has none. */
    private static Duration lease(LockRecord record) {
        return record.leaseDuration().isZero() ? ElectionTiming.DEFAULT.leaseDuration() : record.leaseDuration();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
