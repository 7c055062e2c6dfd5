package dev.election;

import java.nio.ByteBuffer;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/**
 * Runs random scenarios of racing operations in many of their possible orders, chosen by Lincheck's model checker. What
 * goes wrong is reported with the order of steps that led to it.
 */
public final class Race {

    /** How many orders of each scenario are tried: {@code -Delection.orders=N} for more. */
    private static final int ORDERS = Integer.getInteger("election.orders", 100);

    /** Far more than any loop here takes: none of them waits for another thread by turning. */
    private static final int TURNS = 100_000;

    /** Off the heap, as Lincheck takes what is on it back to its first state before each run. */
    private static final ByteBuffer RUNS = ByteBuffer.allocateDirect(Long.BYTES);

    private Race() {}

    /** Takes any results: such a scenario judges itself, when it is over. */
    public static final class JudgesItself implements Verifier {

        /** For Lincheck. */
        public JudgesItself(Class<?> specification) {}

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
            return true;
        }
    }

    /** To be called by the constructor of a racing class, which is made once for each order. */
    public static void begins() {
        RUNS.putLong(0, RUNS.getLong(0) + 1);
    }

    /** Options for operations whose results must fit some order of them, one after the other. */
    public static ModelCheckingOptions linearizable(int threads, int operations) {
        return new ModelCheckingOptions()
                .threads(threads)
                .actorsPerThread(operations)
                .actorsBefore(0)
                .actorsAfter(0)
                .loopBound(TURNS)
                .loopIterationsBeforeThreadSwitch(TURNS)
                .invocationsPerIteration(ORDERS);
    }

    /** Options for operations after which the racing class checks what must hold. */
    public static ModelCheckingOptions judgingItself(int threads, int operations) {
        return linearizable(threads, operations).verifier(JudgesItself.class);
    }

    /** Runs it, and says how much was tried. */
    public static void run(ModelCheckingOptions options, int scenarios, Class<?> racing) {
        RUNS.putLong(0, 0);
        options.iterations(scenarios).check(racing);
        System.out.printf(
                "interleavings racing=%s scenarios=%d invocations=%d%n",
                racing.getSimpleName(), scenarios, RUNS.getLong(0));
    }

    /** An assertion that costs the model checker nothing but a branch. */
    public static void require(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }
}
