package dev.election.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * What the API server answered.
 *
 * @param code the HTTP status
 * @param retryAfter how long it asks us to stay away; zero when it does not ask
 * @param date the server's time when it answered, cut to seconds; null when it does not tell
 * @param body the body as it came
 */
record Answer(int code, Duration retryAfter, @Nullable Instant date, byte[] body) {

    private static final int MAX_MESSAGE = 400;

    static Answer of(HttpResponse<?> response, byte[] body) {
        return new Answer(
                response.code(),
                parseRetryAfter(response.header("Retry-After"), Instant.now()),
                parseDate(response.header("Date")),
                body);
    }

    boolean isSuccess() {
        return code >= 200 && code < 300;
    }

    /** The body as a Kubernetes {@code Status}; a missing node when it is none, such as a proxy's page. */
    JsonNode status() {
        try {
            JsonNode status = Json.parse(body);
            return "Status".equals(status.path("kind").textValue()) ? status : MissingNode.getInstance();
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** Whether this 404 is the server's word that the object is not there, rather than that of something before it. */
    boolean saysAbsent(ObjectRef object) {
        JsonNode details = status().path("details");
        return code == 404
                && object.name().equals(details.path("name").textValue())
                && object.kind().resource().equals(details.path("kind").textValue());
    }

    /** Whether the status gives this cause, such as {@code NamespaceTerminating}. */
    boolean hasCause(String reason) {
        for (JsonNode cause : status().path("details").path("causes")) {
            if (reason.equals(cause.path("reason").textValue())) {
                return true;
            }
        }
        return false;
    }

    /** Code and message in one line, for people. */
    String describe() {
        String message = status().path("message").asText("");
        String text = message.isEmpty() ? new String(body, StandardCharsets.UTF_8) : message;
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        if (line.length() > MAX_MESSAGE) {
            line = line.substring(0, MAX_MESSAGE) + "…";
        }
        return line.isEmpty() ? "HTTP " + code : "HTTP " + code + ": " + line;
    }

    private static @Nullable Instant parseDate(@Nullable String header) {
        try {
            return header == null
                    ? null
                    : ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Reads {@code Retry-After}: seconds, or a date (RFC 9110, 10.2.3). */
    static Duration parseRetryAfter(@Nullable String header, Instant now) {
        if (header == null) {
            return Duration.ZERO;
        }
        Duration wait;
        try {
            wait = header.strip().matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(header.strip()))
                    : Duration.between(now, ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
        return wait.isNegative() ? Duration.ZERO : wait;
    }
}
