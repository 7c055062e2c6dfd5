package dev.election;

import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.TimeSource;
import dev.election.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiFunction;

/**
 * Known mistakes of this field. Each is planted at a port of the shipped code – its store, clock, user code, settings,
 * or the version that a store gives – so that it behaves as if it were made there; the shipped code has no switch for
 * any. A simulation that does not find one of them within a minute is not worth much.
 */
enum SimulationBug {
    NONE("none: the shipped code"),

    VALIDITY_FROM_REPLY("a leader counts its time from the answer, as client-go does, not from the sending (E1)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.ValidityFromReply(link, clock);
        }
    },
    CACHED_IS_LEADER("a program asks a flag that callbacks set, not the clock (E2)") {
        @Override
        boolean leads(SimulatedCandidate candidate) {
            return candidate.wasToldToLead();
        }
    },
    WALL_CLOCK_IGNORED("a leader looks at the monotonic clock only, which sleeps with the machine (E2)") {
        @Override
        TimeSource time(TimeSource clock, SimulatedProcess of) {
            return new SimulatedWrongClocks.Clock(clock) {
                @Override
                public Instant wallTime() {
                    return Instant.EPOCH.plusNanos(nanoTime());
                }
            };
        }
    },
    MONOTONIC_FROM_WALL_CLOCK("durations are measured by the wall clock (E2)") {
        @Override
        TimeSource time(TimeSource clock, SimulatedProcess of) {
            return new SimulatedWrongClocks.Clock(clock) {
                @Override
                public long nanoTime() {
                    return Duration.between(Instant.EPOCH, wallTime()).toNanos();
                }
            };
        }
    },
    EXPIRY_BY_WALL_CLOCK("a follower compares the record's renew time with its own wall clock, as fabric8 does (E3)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongSight.Seeing(link, seen -> SimulatedWrongRecords.leftByWallClock(seen, clock));
        }
    },
    RENEWAL_NOT_NOTICED("a follower counts the wait from when it first saw the holder, not this record (E3)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongSight.FirstOfHolder(link);
        }
    },
    WAIT_RESTARTED_BY_READING("a follower counts the wait anew with every look at the same record (E3)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongSight.NeverTheSame(link);
        }
    },
    WAITS_FOR_RENEW_DEADLINE("a follower waits as long as a leader leads, with nothing left for clocks (E3, E13)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongSight.Seeing(
                    link,
                    seen -> SimulatedWrongRecords.withLease(
                            seen, of.process.world.plan.timing().renewDeadline()));
        }
    },
    UNCLAMPED_FOREIGN_LEASE("a follower waits however long a foreign record says (E3)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongSight.Unclamped(link, clock);
        }
    },
    START_BEFORE_WRITE("leadership starts when the write is sent (E5)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.StartBeforeWrite(link, clock);
        }
    },
    UNKNOWN_IS_APPLIED("a write that was not answered is taken for done (S2)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.UnknownIsApplied(link);
        }
    },
    UNKNOWN_IS_REFUSED("a write that was not answered is taken for not done (S2)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.UnknownIsRefused(link);
        }
    },
    BLIND_RETRY("a write that was not answered is sent again, and the second answer told (S7)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.BlindRetry(link, clock);
        }
    },
    REFRESHED_VERSION("a refused write is tried again with the version that is there now (S7)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.RefreshedVersion(link, "");
        }
    },
    UNVERSIONED_RELEASE("a release expects no version (E7)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.RefreshedVersion(link, "release");
        }
    },
    UNVERSIONED_RENEWAL("a renewal expects no version (S1)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.RefreshedVersion(link, "renew");
        }
    },
    ACQUIRES_OVER_ABSENCE("a missing record is created as held, at once (E6)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.AcquiresOverAbsence(link, of.process);
        }
    },
    ENDS_WITH_AN_ERROR("after an error of the store the loop has silently ended (E8)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.EndsWithAnError(link);
        }
    },
    CALL_BLOCKS_THE_TIMER("nothing else happens while a call to the store is on its way (E12)") {
        @Override
        Store store(Store link, SimulatedCandidate of, TimeSource clock) {
            return new SimulatedWrongLinks.CallBlocksTheTimer(link, (SimulatedWrongClocks.BlockingClock) clock);
        }

        @Override
        TimeSource time(TimeSource clock, SimulatedProcess of) {
            return new SimulatedWrongClocks.BlockingClock(clock);
        }
    },
    VERSION_COMES_BACK("a store counts versions anew when a record is created again: ABA (S4)") {
        @Override
        Version version(long revision, long sinceCreation) {
            return new SimulatedStore.Revision(sinceCreation, revision);
        }
    },
    REVISION_RESTARTS("a store's revisions begin at 1 when a record is created again (S5)") {
        @Override
        Version version(long revision, long sinceCreation) {
            return new SimulatedStore.Revision(revision, sinceCreation);
        }
    },
    TOKEN_FROM_TRANSITIONS("the count of transitions is used as the fencing token (E6)") {
        @Override
        Settings settings(Settings right) {
            return stored(right, (next, replaced) -> SimulatedWrongRecords.withToken(next, next.transitions()));
        }
    },
    TOKEN_WITHOUT_FLOOR("the token is the last record's plus one, and starts anew with a new record (E6)") {
        @Override
        Settings settings(Settings right) {
            return stored(right, SimulatedWrongRecords::lastTokenPlusOne);
        }
    },
    SAME_TOKEN_AGAIN("who takes the lock after itself keeps its token (E6)") {
        @Override
        Settings settings(Settings right) {
            return stored(right, SimulatedWrongRecords::ownTokenAgain);
        }
    },
    LEASE_ROUNDED_DOWN("the lease is written rounded down to what the store can express (S11)") {
        @Override
        Settings settings(Settings right) {
            return stored(right, (next, replaced) -> SimulatedWrongRecords.rounded(next));
        }
    },
    HOLDER_WITHOUT_INCARNATION("two processes with one identity take each other for themselves (E10)") {
        @Override
        Settings settings(Settings right) {
            return new Settings(
                    right.identity(),
                    "x",
                    right.timing(),
                    right.contends(),
                    right.watches(),
                    right.minimumToken(),
                    right.asStored());
        }
    },
    RELEASE_BEFORE_STOP("the lock is given back while the work still runs (E7)") {
        @Override
        UserCode userCode(SimulatedCandidate work) {
            return new SimulatedWrongTelling.ReleaseBeforeStop(work);
        }
    },
    STOP_TWICE("the end of a term is told twice (E4)") {
        @Override
        UserCode userCode(SimulatedCandidate work) {
            return new SimulatedWrongTelling.StopTwice(work);
        }
    },
    STOP_NOT_TOLD("the work is not told that its term expired (E4)") {
        @Override
        UserCode userCode(SimulatedCandidate work) {
            return new SimulatedWrongTelling.StopNotTold(work);
        }
    },
    STOP_BEHIND_START("losing queues behind a start callback that still runs (E4)") {
        @Override
        UserCode userCode(SimulatedCandidate work) {
            return new SimulatedWrongTelling.StopBehindStart(work);
        }
    };

    private final String mistake;

    SimulationBug(String mistake) {
        this.mistake = mistake;
    }

    /** In words, with the rule that it breaks. */
    String mistake() {
        return mistake;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Every mistake, without {@link #NONE}. */
    static SimulationBug[] planted() {
        return Arrays.copyOfRange(values(), 1, values().length);
    }

    // ---- The ports ----

    Settings settings(Settings right) {
        return right;
    }

    Store store(Store link, SimulatedCandidate of, TimeSource clock) {
        return link;
    }

    UserCode userCode(SimulatedCandidate work) {
        return work;
    }

    TimeSource time(TimeSource clock, SimulatedProcess of) {
        return clock;
    }

    Version version(long revision, long sinceCreation) {
        return new SimulatedStore.Revision(revision, revision);
    }

    boolean leads(SimulatedCandidate candidate) {
        return candidate.loopSaysItLeads();
    }

    private static Settings stored(Settings right, BiFunction<LockRecord, Snapshot, LockRecord> asStored) {
        return new Settings(
                right.identity(),
                right.incarnation(),
                right.timing(),
                right.contends(),
                right.watches(),
                right.minimumToken(),
                asStored);
    }
}
