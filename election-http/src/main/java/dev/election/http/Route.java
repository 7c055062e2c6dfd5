package dev.election.http;

import dev.election.http.wire.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be asked for.
 *
 * @param method {@code GET}, which allows HEAD, or {@code POST}
 * @param template a path, in which <code>{name}</code> stands for one part of it
 * @param access who may ask
 */
record Route(String method, String template, Access access, Action action) {

    private static final String NAME = "{name}";

    /** Who may ask for it. */
    enum Access {
        /** Everyone: what tells nothing of an election. */
        OPEN,
        /** Everyone by a host name that is ours: what a browser loads before it can bring a token. */
        HOST,
        /** Also with the token, if there is one. */
        TOKEN
    }

    /** Answers, with the name that stands in the path. */
    @FunctionalInterface
    interface Action {
        void answer(Exchange exchange, String name);
    }

    /** The name that stands in the path, empty if the template has none; null when it is another path. */
    @Nullable
    String match(String path) {
        int at = template.indexOf(NAME);
        if (at < 0) {
            return path.equals(template) ? "" : null;
        }
        String after = template.substring(at + NAME.length());
        if (!path.startsWith(template.substring(0, at)) || !path.endsWith(after)) {
            return null;
        }
        int end = path.length() - after.length();
        String name = end > at ? path.substring(at, end) : "";
        return name.isEmpty() || name.contains("/") ? null : name;
    }

    boolean allows(String asked) {
        return asked.equals(method) || method.equals("GET") && asked.equals("HEAD");
    }

    String allowed() {
        return method.equals("GET") ? "GET, HEAD" : method;
    }
}
