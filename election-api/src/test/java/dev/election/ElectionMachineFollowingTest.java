package dev.election;

import static dev.election.MachineFixture.LEASE;
import static dev.election.MachineFixture.MILLI;
import static dev.election.MachineFixture.NANO;
import static dev.election.MachineFixture.OTHER;
import static dev.election.MachineFixture.RETRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionMachine.Phase;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long followers wait, and what for: rule E3. */
class ElectionMachineFollowingTest {

    private final MachineFixture f = MachineFixture.watching();

    /** Waits, finding the same all the time, and sees no write before the time is up, and then one. */
    private MachineFixture.Asked takesOverAfter(Duration wait, Snapshot same) {
        f.polls(wait.minus(NANO), same);
        assertThat(f.awaitsAnswer()).as("a call before the wait is over").isFalse();
        f.polls(NANO, same);
        return f.write();
    }

    @Test
    @DisplayName("E3: The wait is the record's own duration, from when the answer arrived that first showed it")
    void theWaitIsTheRecordsOwn() {
        f.start().unnoticed(MILLI.multipliedBy(1500));
        Snapshot theirs = f.stored(f.held(OTHER, 5, Duration.ofSeconds(40)));
        f.found(theirs);
        assertThat(takesOverAfter(Duration.ofSeconds(40), theirs).expected()).isEqualTo(theirs.version());
    }

    @Test
    @DisplayName("E3: The wait starts when the event arrives that first shows the record")
    void theWaitStartsAtTheEvent() {
        f.sees(f.stored(f.held(OTHER, 5))).watchOpened(1).found(f.last());
        f.pass(Duration.ofSeconds(10));
        Snapshot renewed = f.stored(f.held(OTHER, 5));
        f.event(renewed);
        assertThat(takesOverAfter(LEASE, renewed).expected()).isEqualTo(renewed.version());
    }

    @Test
    @DisplayName("E3: A duration above one hour counts as one hour")
    void theWaitIsClamped() {
        Snapshot theirs = f.stored(f.held(OTHER, 5, Duration.ofDays(365)));
        f.sees(theirs);
        takesOverAfter(Duration.ofHours(1), theirs);
    }

    @Test
    @DisplayName("E3: A duration of exactly one hour is waited out in full")
    void anHourIsWaitedOut() {
        Snapshot theirs = f.stored(f.held(OTHER, 5, Duration.ofHours(1)));
        f.sees(theirs);
        takesOverAfter(Duration.ofHours(1), theirs);
    }

    @Test
    @DisplayName("E3: A holder without a duration is waited for as long as our own lease")
    void aMissingDurationIsOurOwn() {
        Snapshot theirs = f.stored(f.foreign("pod-7", 0, Duration.ZERO));
        f.sees(theirs);
        takesOverAfter(LEASE, theirs);
    }

    @Test
    @DisplayName(
            "E3: Another's label changes the version and does not restart the wait; the take-over expects the new version")
    void aLabelDoesNotRestartTheWait() {
        LockRecord record = f.held(OTHER, 5);
        f.sees(f.stored(record)).watchOpened(1).found(f.last());
        f.pass(Duration.ofSeconds(10));
        Snapshot touched = f.stored(record);
        f.event(touched);
        assertThat(takesOverAfter(Duration.ofSeconds(5), touched).expected()).isEqualTo(touched.version());
    }

    @Test
    @DisplayName("E3: A record that differs in any field of the election starts the wait anew")
    void anyChangedFieldRestartsTheWait() {
        LockRecord record = f.foreign("pod-7", 0, LEASE);
        f.sees(f.stored(record)).watchOpened(1).found(f.last());
        f.pass(Duration.ofSeconds(10));
        Snapshot renewed = f.stored(new LockRecord(
                record.holder(), LEASE, record.acquired(), record.renewed().plusSeconds(10), 1, 0, ""));
        f.event(renewed);
        takesOverAfter(LEASE, renewed);
    }

    @Test
    @DisplayName("E3: A take-over that meets a renewal waits anew")
    void aTakeOverThatMeetsARenewalWaitsAnew() {
        Snapshot theirs = f.stored(f.held(OTHER, 5));
        f.sees(theirs);
        takesOverAfter(LEASE, theirs);
        Snapshot renewed = f.stored(f.held(OTHER, 5));
        f.conflict(renewed);
        assertThat(f.awaitsAnswer()).isFalse();
        takesOverAfter(LEASE, renewed);
    }

    @Test
    @DisplayName("E3: A missing record is created free at once, and acquired at once when there never was one")
    void aMissingRecordIsCreatedFree() {
        f.sees(Snapshot.ABSENT);
        LockRecord created = f.write().next();
        assertThat(f.write().expected()).isEqualTo(Snapshot.ABSENT.version());
        assertThat(created.isFree()).isTrue();
        assertThat(created.transitions()).isZero();
        assertThat(created.leaseDuration()).as("as client-go releases").isEqualTo(Duration.ofSeconds(1));
        f.applied();
        assertThat(f.write().expected()).isEqualTo(f.last().version());
        assertThat(f.write().next().holder()).isEqualTo(MachineFixture.ME);
        assertThat(f.write().next().transitions()).isEqualTo(1);
    }

    @Test
    @DisplayName("E3: A record that is missing after one was seen is created free, and waited out by that one's lease")
    void aDeletedRecordIsWaitedOut() {
        f.sees(f.stored(f.held(OTHER, 5, Duration.ofSeconds(40))))
                .watchOpened(1)
                .found(Snapshot.ABSENT);
        assertThat(f.write().next().isFree()).isTrue();
        assertThat(f.write().next().fencingToken()).as("the floor").isEqualTo(5);
        f.applied();
        takesOverAfter(Duration.ofSeconds(40), f.last());
    }

    @Test
    @DisplayName("E3: What another one created is waited out by our own lease, since nobody knows who led before")
    void whatAnotherCreatedIsWaitedOut() {
        f.sees(Snapshot.ABSENT);
        Snapshot created = f.stored(f.createdBy(OTHER));
        f.conflict(created);
        assertThat(f.awaitsAnswer()).isFalse();
        assertThat(takesOverAfter(LEASE, created).expected()).isEqualTo(created.version());
    }

    @Test
    @DisplayName("E3: A record created by another one before we looked for the first time is waited out as well")
    void whatWasJustCreatedIsWaitedOut() {
        Snapshot created = f.stored(f.createdBy(OTHER));
        f.sees(created);
        takesOverAfter(LEASE, created);
    }

    @Test
    @DisplayName("E3: A release by our own kind is taken at once")
    void aReleaseIsTakenAtOnce() {
        f.sees(f.stored(f.held(OTHER, 5))).watchOpened(1).found(f.last()).event(f.stored(f.released(OTHER, 5)));
        assertThat(f.write().expected()).isEqualTo(f.last().version());
    }

    @Test
    @DisplayName("E3: A release seen at the first look is taken at once")
    void aReleaseSeenFirstIsTakenAtOnce() {
        f.sees(f.stored(f.released(OTHER, 5)));
        f.write();
    }

    @Test
    @DisplayName(
            "E3: A release with a smaller token than seen before is one of a record that was created anew, and waited out")
    void aReleaseWithASmallerTokenIsWaitedOut() {
        f.sees(f.stored(f.held(OTHER, 5))).watchOpened(1).found(f.last());
        Snapshot released = f.stored(f.released(OTHER, 4));
        f.event(released);
        takesOverAfter(LEASE, released);
    }

    @Test
    @DisplayName("E3: client-go's release of its own record is taken at once")
    void aForeignReleaseOfAForeignRecordIsTakenAtOnce() {
        f.sees(f.stored(f.foreign("pod-7", 5, LEASE))).watchOpened(1).found(f.last());
        f.event(f.stored(f.foreign("", 5, Duration.ofSeconds(1))));
        f.write();
    }

    @Test
    @DisplayName("E3: A record of ours that somebody else cleared is waited out by its own lease")
    void aClearedRecordOfOursIsWaitedOut() {
        f.sees(f.stored(f.held(OTHER, 5, Duration.ofSeconds(40))))
                .watchOpened(1)
                .found(f.last());
        Snapshot cleared = f.stored(f.foreign("", 5, Duration.ofSeconds(1)));
        f.event(cleared);
        takesOverAfter(Duration.ofSeconds(40), cleared);
    }

    @Test
    @DisplayName(
            "E3: A foreign release with a token we had not seen hides a leader of ours in between, and is waited out")
    void aForeignReleaseWithAnUnseenTokenIsWaitedOut() {
        f.sees(f.stored(f.foreign("pod-7", 5, LEASE))).watchOpened(1).found(f.last());
        Snapshot cleared = f.stored(f.foreign("", 6, Duration.ofSeconds(1)));
        f.event(cleared);
        takesOverAfter(LEASE, cleared);
    }

    @Test
    @DisplayName(
            "E3: A foreign free record seen first is taken at once if none of us was ever there, and else waited out")
    void aForeignFreeRecordSeenFirst() {
        f.sees(f.stored(f.foreign("", 0, Duration.ofSeconds(1))));
        f.write();

        MachineFixture g = new MachineFixture();
        g.sees(g.stored(g.foreign("", 3, Duration.ofSeconds(1))));
        assertThat(g.awaitsAnswer()).isFalse();
    }

    @Test
    @DisplayName("E3: A free record that a foreigner rewrites does not become a reason to wait, once it could be taken")
    void aFreeRecordThatIsRewrittenStaysFree() {
        f.jitter(0.99).sees(f.stored(f.foreign("", 0, Duration.ofSeconds(1)))).jitter(0);
        f.watchOpened(1).found(f.stored(f.foreign("", 0, Duration.ofSeconds(2))));
        f.write();
    }

    @Test
    @DisplayName("E3: A free record that is being waited out is still waited out when a foreigner rewrites it")
    void rewritingDoesNotFreeWhatIsWaitedOut() {
        f.sees(f.stored(f.held(OTHER, 5))).watchOpened(1).found(f.last());
        f.event(f.stored(f.foreign("", 5, Duration.ofSeconds(1)))).pass(Duration.ofSeconds(3));
        Snapshot again = f.stored(f.foreign("", 5, Duration.ofSeconds(2)));
        f.event(again);
        takesOverAfter(LEASE, again);
    }

    @Test
    @DisplayName("E3: A foreigner that appears where nothing was, and releases, is believed")
    void aForeignReleaseAfterAbsence() {
        f.jitter(0.99).sees(Snapshot.ABSENT).jitter(0);
        f.watchOpened(1).found(f.stored(f.foreign("", 0, Duration.ofSeconds(1))));
        f.write();
    }

    @Test
    @DisplayName("E3: The longest lease seen counts when a record vanishes, but not one of an earlier holder")
    void theLeaseOfTheLastHolderCounts() {
        f.sees(f.stored(f.held(OTHER, 5, Duration.ofSeconds(40))))
                .watchOpened(1)
                .found(f.last());
        f.event(f.stored(f.held("third_i3", 6, Duration.ofSeconds(5)))).event(Snapshot.ABSENT);
        f.found(Snapshot.ABSENT).applied();
        takesOverAfter(LEASE, f.last());
    }

    @Test
    @DisplayName("E3: While a record is waited for, it is polled every retry period without a watch")
    void withoutAWatchTheRecordIsPolled() {
        MachineFixture g = new MachineFixture();
        g.jitter(1).sees(g.stored(g.held(OTHER, 5)));
        assertThat(g.untilWakeUp())
                .as("jittered by a fifth")
                .isEqualTo(RETRY.plus(RETRY.dividedBy(5)).minus(NANO));
        g.pass(g.untilWakeUp()).reads();
    }

    @Test
    @DisplayName("E11: With a watch the record is polled once a lease duration, as a safety net")
    void withAWatchTheRecordIsPolledRarely() {
        f.sees(f.stored(f.held(OTHER, 5, Duration.ofMinutes(5)))).watchOpened(1).found(f.last());
        assertThat(f.untilWakeUp()).isEqualTo(LEASE);
        f.pass(LEASE).reads().is(Phase.FOLLOWING);
    }
}
