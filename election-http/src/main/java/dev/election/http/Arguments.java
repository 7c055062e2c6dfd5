package dev.election.http;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the user gave, by flag or by environment variable, not yet understood. An empty value counts as not given, as
 * {@code --http=} did for the classic sidecar; an empty flag still hides its environment variable.
 */
final class Arguments {

    /**
     * One value and where it came from.
     *
     * @param source the flag or the environment variable, for messages
     */
    record Argument(String source, String value) {}

    private final Map<SidecarOption, Argument> given = new EnumMap<>(SidecarOption.class);

    /**
     * Puts flags before the environment.
     *
     * @param flags values by option
     * @param environment the process's environment variables
     */
    Arguments(Map<SidecarOption, String> flags, Map<String, String> environment) {
        for (SidecarOption option : SidecarOption.values()) {
            String variable = environment.getOrDefault(option.variable(), "");
            String value = flags.getOrDefault(option, variable);
            if (!value.isEmpty()) {
                given.put(option, new Argument(flags.containsKey(option) ? option.flag() : option.variable(), value));
            }
        }
    }

    Optional<Argument> get(SidecarOption option) {
        return Optional.ofNullable(given.get(option));
    }

    Optional<String> value(SidecarOption option) {
        return get(option).map(Argument::value);
    }
}
