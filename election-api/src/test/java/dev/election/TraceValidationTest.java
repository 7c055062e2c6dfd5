package dev.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A few simulated worlds, followed through the specification; {@code script/validate-traces} does more. */
class TraceValidationTest {

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES) // it takes half a minute, unless the machine is busy
    void whatTheElectionDoesIsWhatTheSpecificationAllows() throws Exception {
        TraceValidation validation = new TraceValidation();
        for (int i = 0; i < TracedWorld.TIMINGS.size(); i++) {
            validation.validate(1_000 + 2 * i, 2, TracedWorld.TIMINGS.get(i));
        }
        System.out.println("traces: " + validation.line());
        assertThat(validation.complaints()).isEmpty();
        assertThat(validation.mutated()).isGreaterThan(40);
        assertThat(validation.kinds()).isGreaterThan(TraceMutation.values().length - 4);
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void theTracesOfAMistakeAreRejected() throws Exception {
        assertThat(TraceValidation.rejection(SimulationBug.START_BEFORE_WRITE, 1, 1, ElectionTiming.DEFAULT))
                .contains("was rejected", "\"lead\"");
    }

    @Test
    void wrongUseIsExplained() throws Exception {
        assertThat(validate(2, "--seeds=many")).contains("error: --seeds=many", "Usage: ");
        assertThat(validate(2, "--seeds=0")).contains("Usage: ");
        assertThat(validate(2, "--nonsense")).contains("error: --nonsense");
        assertThat(validate(0, "--help")).startsWith("Usage: ");
    }

    private static String validate(int exitCode, String... arguments) throws Exception {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int code = new ValidateTraces().run(new PrintStream(told, true, StandardCharsets.UTF_8), arguments);
        assertThat(code).as(told.toString(StandardCharsets.UTF_8)).isEqualTo(exitCode);
        return told.toString(StandardCharsets.UTF_8);
    }
}
