package dev.election.http.command;

import dev.election.ElectionTiming;
import java.util.List;
import java.util.Optional;

/**
 * What the sidecar is to do: checked, complete, and made from flags, environment and surroundings without any I/O.
 *
 * @param elections their names; at least one
 * @param identities of this process's candidates, each of which contends in each election; at least one
 * @param backend the backend's URI
 * @param http where to answer; empty for nowhere
 */
record RunOptions(
        List<String> elections,
        List<String> identities,
        String backend,
        ElectionTiming timing,
        Optional<ServerOptions> http,
        LogLevel logLevel) {

    /**
     * Understands what the user gave.
     *
     * @throws IllegalArgumentException for wrong use, saying which option is wrong and what was expected
     */
    static RunOptions of(CommonOptions options) {
        return new RunOptions(
                options.elections(),
                options.identities(),
                options.backend(),
                options.timing(),
                ServerOptions.of(options),
                options.logLevel(LogLevel.INFO));
    }
}
