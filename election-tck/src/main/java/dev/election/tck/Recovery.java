package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import java.time.Duration;

/** Waits for a view to find back to its store after a fault. */
final class Recovery {

    /** Clients wait longer with each failed attempt to connect. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Recovery() {}

    /** What the view reads first, after the fault has ended. */
    static Snapshot read(ElectionBackend view, String election) throws Exception {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (true) {
            try {
                return view.read(election, Duration.ofSeconds(2));
            } catch (BackendException e) {
                if (System.nanoTime() - end > 0) {
                    throw new AssertionError(
                            "the store can be reached again, but " + LONGEST + " later a read still fails with " + e
                                    + ": a view finds back by itself",
                            e);
                }
            }
            Thread.sleep(20);
        }
    }
}
