package dev.election.tck.wrong;

import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What goes wrong on the way of values through a store. */
final class WrongValues {

    private WrongValues() {}

    static Stream<Wrong> all() {
        return Stream.of(
                new Wrong(
                        "cuts holders to 64 characters",
                        "S11",
                        "holder was changed or cut",
                        () -> new Lossy(r -> with(
                                r,
                                r.holder().substring(0, Math.min(64, r.holder().length())),
                                r.leaseDuration(),
                                r.fencingToken()))),
                new Wrong("rounds leases down, and says so", "S11", "is shortened: asStored", RoundsDown::new),
                new Wrong(
                        "rounds leases down",
                        "S11",
                        "is shortened: it is read back as",
                        () -> new Lossy(r -> with(
                                r, r.holder(), r.leaseDuration().truncatedTo(ChronoUnit.SECONDS), r.fencingToken()))),
                new Wrong(
                        "keeps tokens in floating point",
                        "S11",
                        "the token was changed",
                        () -> new Lossy(r -> with(r, r.holder(), r.leaseDuration(), (long) (double) r.fencingToken()))),
                new Wrong(
                        "keeps milliseconds only",
                        "S11",
                        "not what asStored",
                        () -> new Lossy(r -> at(
                                r,
                                r.acquired().truncatedTo(ChronoUnit.MILLIS),
                                r.renewed().truncatedTo(ChronoUnit.MILLIS)))),
                new Wrong("keeps the time of the clock on the wall", "S11", "in another time zone", WallClock::new),
                new Wrong("is off by an hour, and says so", "S11", "slipped on its way", HourOff::new),
                new Wrong("cuts names at a dot", "S11", "with a similar name", CutsNames::new));
    }

    private static LockRecord with(LockRecord record, String holder, Duration lease, long token) {
        return new LockRecord(
                holder, lease, record.acquired(), record.renewed(), record.transitions(), token, record.attempt());
    }

    private static LockRecord at(LockRecord record, Instant acquired, Instant renewed) {
        return new LockRecord(
                record.holder(),
                record.leaseDuration(),
                acquired,
                renewed,
                record.transitions(),
                record.fencingToken(),
                record.attempt());
    }

    /** Keeps less than it was given. */
    private static final class Lossy extends Store {
        private final UnaryOperator<LockRecord> loss;

        Lossy(UnaryOperator<LockRecord> loss) {
            this.loss = loss;
        }

        @Override
        String text(@Nullable Cell replaced, LockRecord next) {
            return super.text(replaced, loss.apply(next));
        }
    }

    /** Keeps what its views say that it keeps. */
    private abstract static class Honest extends Store {
        abstract LockRecord kept(LockRecord next);

        @Override
        String text(@Nullable Cell replaced, LockRecord next) {
            return super.text(replaced, kept(next));
        }

        @Override
        public ElectionBackend open() {
            return new View(this) {
                @Override
                public LockRecord asStored(LockRecord next, Snapshot replaced) {
                    return kept(next);
                }
            };
        }
    }

    private static final class RoundsDown extends Honest {
        @Override
        LockRecord kept(LockRecord next) {
            return with(next, next.holder(), next.leaseDuration().truncatedTo(ChronoUnit.SECONDS), next.fencingToken());
        }
    }

    private static final class HourOff extends Honest {
        @Override
        LockRecord kept(LockRecord next) {
            return at(next, next.acquired().plusSeconds(3600), next.renewed().plusSeconds(3600));
        }
    }

    private static final class WallClock extends Store {
        @Override
        String text(@Nullable Cell replaced, LockRecord next) {
            return super.text(replaced, at(next, toWall(next.acquired()), toWall(next.renewed())));
        }

        @Override
        LockRecord record(String text) {
            LockRecord read = super.record(text);
            return at(read, fromWall(read.acquired()), fromWall(read.renewed()));
        }

        private static Instant toWall(Instant time) {
            return LocalDateTime.ofInstant(time, ZoneId.systemDefault()).toInstant(ZoneOffset.UTC);
        }

        private static Instant fromWall(Instant wall) {
            return LocalDateTime.ofInstant(wall, ZoneOffset.UTC)
                    .atZone(ZoneId.systemDefault())
                    .toInstant();
        }
    }

    private static final class CutsNames extends Store {
        @Override
        String key(String election) {
            int dot = election.indexOf('.');
            return dot < 0 ? election : election.substring(0, dot);
        }
    }
}
