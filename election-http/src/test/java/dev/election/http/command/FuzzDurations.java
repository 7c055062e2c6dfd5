package dev.election.http.command;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** For script/fuzz: any text is no duration, said so, or one that is written and read again without a loss. */
public final class FuzzDurations {

    private FuzzDurations() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        Duration read;
        try {
            read = GoDuration.parse(new String(data, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return;
        }
        Duration again = GoDuration.parse(GoDuration.format(read));
        if (!again.equals(read)) {
            throw new AssertionError(read + " became " + again);
        }
    }
}
