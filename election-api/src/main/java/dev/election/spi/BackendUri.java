package dev.election.spi;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A backend's URI, taken apart: {@code scheme:location?option=value&option=value}.
 *
 * <p>The location is what stands between scheme and options, percent-decoded, with a leading {@code //} kept: {@code
 * memory:NAME}, {@code file:/dir}, {@code etcd://host:port,host:port/prefix}. An option may stand once. Secrets do not
 * ride in a backend URI, because it is logged: user information in it is refused.
 */
public final class BackendUri {

    private final String text;
    private final String scheme;
    private final String location;
    private final Map<String, String> options;

    private BackendUri(String text, String scheme, String location, Map<String, String> options) {
        this.text = text;
        this.scheme = scheme;
        this.location = location;
        this.options = options;
    }

    /**
     * Takes a URI apart.
     *
     * @throws IllegalArgumentException when it is not of the form, saying what was expected
     */
    public static BackendUri parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || !text.substring(0, colon).matches("[a-zA-Z][a-zA-Z0-9+.-]*")) {
            throw new IllegalArgumentException(
                    "a backend URI has the form scheme:location?option=value, such as file:/var/lib/election; got \""
                            + withoutOptions(text) + "\"");
        }
        String rest = text.substring(colon + 1);
        int question = rest.indexOf('?');
        String location = question < 0 ? rest : rest.substring(0, question);
        if (location.indexOf('#') >= 0 || (question >= 0 && rest.indexOf('#') >= 0)) {
            throw new IllegalArgumentException("a backend URI has no fragment: \"" + withoutOptions(text) + "\"");
        }
        // Anywhere, as a password may hold a '/' that should have been encoded; but without a host there is no user.
        if (location.startsWith("//") && !location.startsWith("///") && location.indexOf('@') >= 0) {
            throw new IllegalArgumentException("a backend URI carries no user or password, because it is logged: \""
                    + withoutOptions(text) + "\"");
        }
        Map<String, String> options = new LinkedHashMap<>();
        if (question >= 0) {
            for (String part : rest.substring(question + 1).split("&", -1)) {
                if (part.isEmpty()) {
                    continue;
                }
                int equals = part.indexOf('=');
                if (equals <= 0) {
                    throw new IllegalArgumentException("an option of a backend URI has the form name=value; option "
                            + (options.size() + 1) + " of \"" + withoutOptions(text) + "\" has not");
                }
                String name = decode("the name of an option", part.substring(0, equals), text);
                if (options.put(name, decode("option " + name, part.substring(equals + 1), text)) != null) {
                    throw new IllegalArgumentException(
                            "option \"" + name + "\" stands twice in \"" + withoutOptions(text) + "\"");
                }
            }
        }
        return new BackendUri(
                text,
                text.substring(0, colon).toLowerCase(Locale.ROOT),
                decode("the location", location, text),
                Collections.unmodifiableMap(options));
    }

    /** The scheme, in lower case. */
    public String scheme() {
        return scheme;
    }

    /** What stands between scheme and options, percent-decoded; possibly empty. */
    public String location() {
        return location;
    }

    /** The value of an option, percent-decoded; empty when it was not given. */
    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /**
     * Refuses options other than these, so that a misspelt one is not silently without effect.
     *
     * @return this
     * @throws IllegalArgumentException naming the option that is not known, and those that are
     */
    public BackendUri allowOptions(Set<String> known) {
        List<String> unknown = new ArrayList<>(options.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("\"" + withoutOptions(text) + "\": unknown option \"" + unknown.get(0)
                    + "\"; "
                    + (known.isEmpty()
                            ? scheme + ": takes no options"
                            : "known are "
                                    + String.join(", ", known.stream().sorted().toList())));
        }
        return this;
    }

    private static String decode(String what, String part, String whole) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    what + " of \"" + withoutOptions(whole)
                            + "\" is not percent-encoded: a '%' is followed by two hex digits",
                    e);
        }
    }

    /** Somebody may have put a secret into an option that does not exist, or in a form that is none. */
    private static String withoutOptions(String text) {
        int question = text.indexOf('?');
        return withoutSecrets(question < 0 ? text : text.substring(0, question));
    }

    private static String withoutSecrets(String text) {
        return text.replaceAll("//.*@", "//***@");
    }

    /** The URI as it was given; holds no secrets. */
    @Override
    public String toString() {
        return text;
    }
}
