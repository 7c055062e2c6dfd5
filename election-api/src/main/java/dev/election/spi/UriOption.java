package dev.election.spi;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * One option of a kind of backend's URIs: {@code scheme:location?name=value}.
 *
 * @param name as it is written in the URI
 * @param value what stands for its value, such as {@code FILE}, or the values themselves, separated by bars
 * @param meaning what it is for, and what holds without it; for people, in one line
 */
public record UriOption(String name, String value, String meaning) {

    /** Refuses null. */
    public UriOption {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(meaning, "meaning");
    }

    /** Their names, as {@link BackendUri#allowOptions} takes them. */
    public static Set<String> names(Collection<UriOption> options) {
        Set<String> names = new LinkedHashSet<>();
        options.forEach(option -> names.add(option.name()));
        return names;
    }
}
