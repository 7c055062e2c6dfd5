package dev.election.http;

import dev.election.http.wire.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is served as it is: the page for people, and the description of the interface. All of it is in our jar. */
final class Files {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*\\.([a-z0-9]+)");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "json", "application/json");

    /** The page loads nothing from elsewhere, sends nothing elsewhere, and is shown in no other page. */
    private static final Map<String, String> PAGE_HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Referrer-Policy",
            "no-referrer");

    private Files() {}

    /** A file of the page. */
    static Answer page(String name) {
        Matcher form = NAME.matcher(name);
        String type = form.matches() ? TYPES.get(form.group(1)) : null;
        byte[] content = type == null ? null : resource("ui/" + name);
        return type == null || content == null
                ? Answer.problem(404, "the page has no such file")
                : new Answer(200, type, content, PAGE_HEADERS);
    }

    /** {@code /openapi.json}. */
    static Answer openApi() {
        byte[] content = resource("openapi.json");
        if (content == null) {
            throw new IllegalStateException("openapi.json is missing");
        }
        return new Answer(200, "application/json", content);
    }

    /** @param place relative, so that it also holds behind a proxy that adds to the path */
    static Answer movedTo(String place) {
        return Answer.problem(308, "this is at " + place).with("Location", place);
    }

    private static byte @Nullable [] resource(String name) {
        try (InputStream in = Files.class.getResourceAsStream(name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
