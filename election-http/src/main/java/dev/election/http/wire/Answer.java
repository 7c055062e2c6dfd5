package dev.election.http.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP answer.
 *
 * @param status the HTTP status code
 * @param body UTF-8; not to be modified
 * @param headers beyond those that every answer has
 */
public record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {

    private static final JsonFactory FACTORY = new JsonFactory();

    /** Writes the members of one object. */
    @FunctionalInterface
    public interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    public Answer(int status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of());
    }

    /** 200, with a JSON object. */
    public static Answer ok(Members members) {
        return json(200, members);
    }

    /** A JSON object. */
    public static Answer json(int status, Members members) {
        return new Answer(status, "application/json", object(members));
    }

    /**
     * An error document (RFC 9457). Its type is {@code about:blank}: the status code says it all.
     *
     * @param detail what happened this time, for people
     */
    public static Answer problem(int status, String detail) {
        byte[] body = object(json -> {
            json.writeStringField("type", "about:blank");
            json.writeStringField("title", Phrases.of(status));
            json.writeNumberField("status", status);
            json.writeStringField("detail", detail);
        });
        return new Answer(status, "application/problem+json", body);
    }

    /** The same with one more header. */
    public Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, contentType, body, more);
    }

    /** A JSON object as UTF-8. */
    public static byte[] object(Members members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array cannot fail", e);
        }
        return bytes.toByteArray();
    }
}
