package dev.election.http.command;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
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

    private final Map<Option, List<Argument>> given = new EnumMap<>(Option.class);

    /**
     * Puts flags before the environment.
     *
     * @param options those that the command takes: it does not see others' variables
     * @param flags values by option, in the order in which they were given
     * @param environment the process's environment variables
     */
    Arguments(Collection<Option> options, Map<Option, List<String>> flags, Map<String, String> environment) {
        for (Option option : options) {
            List<String> values = flags.get(option);
            String source = values == null ? option.variable() : option.flag();
            if (values == null) {
                values = List.of(environment.getOrDefault(option.variable(), ""));
            } else if (option.form() != Option.Form.REPEATED) {
                values = List.of(values.get(values.size() - 1));
            }
            given.put(
                    option,
                    values.stream()
                            .filter(value -> !value.isEmpty())
                            .map(value -> new Argument(source, value))
                            .toList());
        }
    }

    /** The value of an option that counts once; the last of one that may be repeated. */
    Optional<Argument> get(Option option) {
        List<Argument> all = all(option);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** All values of an option that may be repeated, in their order. */
    List<Argument> all(Option option) {
        return given.getOrDefault(option, List.of());
    }
}
