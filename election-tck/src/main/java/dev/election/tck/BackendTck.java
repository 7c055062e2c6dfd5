package dev.election.tck;

import dev.election.spi.ElectionBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The compatibility kit. The author of a backend extends this type, says how to open the backend, and runs it with
 * JUnit 5:
 *
 * <pre>{@code
 * class MyBackendTest extends BackendTck {
 *     @Override
 *     protected ElectionBackend open() {
 *         return MyBackend.connect("localhost:1234");
 *     }
 * }
 * }</pre>
 *
 * <p>The kit names its elections {@code tck-<random>-<number>}, deletes what it wrote where the backend can delete, and
 * touches nothing else. Each test names the rule that it proves. What a backend does not offer, by its {@linkplain
 * ElectionBackend#capabilities() capabilities} or by the optional methods below, makes the tests that need it not
 * applicable: JUnit reports them as aborted, with the reason.
 *
 * <p>A report is printed, and written to {@code election-tck} below the build directory, named after this class or its
 * {@link DisplayName}. A test that hangs fails after two minutes, or as a {@link Timeout} of the class says; its thread
 * is interrupted and left behind. Tests run one after another, also where JUnit runs others in parallel.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
@Execution(ExecutionMode.SAME_THREAD) // it counts threads and sets the time zone
public abstract class BackendTck {

    private final Kit kit = new Kit(this);

    /**
     * Opens a view of the store, as a process of its own would: all views that one test opens see the same records. The
     * kit closes it.
     */
    protected abstract ElectionBackend open() throws Exception;

    /** The URI by which another process opens the same store through its provider; empty when there is none. */
    protected Optional<String> uri() {
        return Optional.empty();
    }

    /** A way around the backend to what is stored; empty when there is none. */
    protected Optional<RawRecords> rawRecords() {
        return Optional.empty();
    }

    /** Faults between the views and their store; empty when the test cannot make any. */
    protected Optional<StoreFaults> faults() {
        return Optional.empty();
    }

    /**
     * How long something that comes late may take to come, such as a write that a client queued: the kit waits so long
     * for what must not happen, and gives calls that a fault holds up so much time. What must happen has thirty times as long.
     */
    protected Duration settling() {
        return Duration.ofMillis(500);
    }

    // A class's timeout is for its tests; without one of its own, a backend that does not close would hang the kit.
    @AfterEach
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    final void leaveNothingBehind() throws Exception {
        kit.close();
    }

    // One class of tests for each family of rules; they are here only to be found by JUnit.

    @Nested
    @DisplayName("S1 compare-and-set is atomic")
    final class Atomicity extends AtomicityRules {
        Atomicity() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S2 an outcome is a fact or Unknown")
    final class Outcomes extends OutcomeRules {
        Outcomes() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S3 reads see every acknowledged write")
    final class Reads extends ReadRules {
        Reads() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S3 histories are linearizable")
    final class Histories extends LinearizabilityRules {
        Histories() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S4 a version never fits again")
    final class Versions extends VersionRules {
        Versions() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S5 revisions grow")
    final class Revisions extends RevisionRules {
        Revisions() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S2, S6, S7 nothing is sent late or twice, and what is not known is Unknown")
    final class Faults extends FaultRules {
        Faults() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S8 what is not known survives")
    final class UnknownFields extends UnknownFieldRules {
        UnknownFields() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S9 a watch reports every change or its loss")
    final class Watches extends WatchRules {
        Watches() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S9 a watch reports what changed while its store could not be reached, or its loss")
    final class WatchFaults extends WatchFaultRules {
        WatchFaults() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S10 close ends everything that is ours")
    final class Closing extends CloseRules {
        Closing() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S11 leases are rounded up, and values come back whole")
    final class Values extends ValueRules {
        Values() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S11 names and URIs")
    final class Names extends NameRules {
        Names() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("S12 what cannot be read is never taken for free")
    final class Unreadable extends UnreadableRules {
        Unreadable() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E1, E2, E12 a term counts from the sending, and is over when it is over")
    final class Validity extends ValidityRules {
        Validity() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E3 followers wait")
    final class Waiting extends WaitingRules {
        Waiting() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E4, E9 starts and stops come in pairs, and user code cannot harm")
    final class Callbacks extends CallbackRules {
        Callbacks() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E5, E15 only a known write makes a leader, and only another's unmakes it")
    final class Acknowledgement extends AcknowledgementRules {
        Acknowledgement() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E6 fencing tokens grow with every term")
    final class Tokens extends TokenRules {
        Tokens() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E7, E8 giving up keeps the lock until the work has ended, and is not the end")
    final class GivingUp extends GivingUpRules {
        GivingUp() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E10 one identity, two processes, one leader")
    final class Identity extends IdentityRules {
        Identity() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E11 a release is taken over by its event")
    final class TakeOver extends TakeOverRules {
        TakeOver() {
            super(kit);
        }
    }

    @Nested
    @DisplayName("E13 unsafe timing is refused")
    final class Timing extends TimingRules {}
}
