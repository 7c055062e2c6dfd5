package dev.election.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.election.LeaderView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The JSON that the sidecar answers with: pure functions of what the candidate knows. */
final class Answers {

    private static final String JSON = "application/json";

    /** RFC 9457. */
    private static final String PROBLEM_JSON = "application/problem+json";

    private static final JsonFactory FACTORY = new JsonFactory();

    /** Writes the members of one object. */
    @FunctionalInterface
    private interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    private Answers() {}

    /** {@code {"name":"a"}}, as the classic sidecar; {@code ""} when nobody leads or it is not known. */
    static Answer leader(Status status) {
        String name = status.leader() instanceof LeaderView.Known known ? known.identity() : "";
        return ok(json -> json.writeStringField("name", name));
    }

    /** {@code {"isLeader":true}}. */
    static Answer isLeader(Status status) {
        return ok(json -> json.writeBooleanField("isLeader", status.term().isPresent()));
    }

    /** All that is known. */
    static Answer details(Status status) {
        return ok(json -> {
            json.writeStringField("election", status.election());
            json.writeStringField("state", state(status.leader()));
            json.writeFieldName("leader");
            if (status.leader() instanceof LeaderView.Known known) {
                writeLeader(json, known);
            } else {
                json.writeNull();
            }
            json.writeObjectFieldStart("self");
            json.writeStringField("name", status.identity());
            json.writeBooleanField("leading", status.term().isPresent());
            writeNumber(json, "fencingToken", status.term().map(Status.Term::fencingToken));
            writeNumber(
                    json,
                    "remainingMillis",
                    status.term().map(term -> term.remaining().toMillis()));
            json.writeEndObject();
            json.writeStringField("problem", status.health().problem().orElse(null));
        });
    }

    /** 200 when the election can do its work, 503 with what is wrong otherwise. */
    static Answer health(Status status) {
        return status.health()
                .problem()
                .map(problem -> problem(503, "Service Unavailable", problem))
                .orElseGet(() -> ok(json -> json.writeStringField("status", "ok")));
    }

    /**
     * An error document (RFC 9457). Its type is {@code about:blank}: the status code says it all.
     *
     * @param title the phrase that belongs to the status code
     * @param detail what happened this time, for people
     */
    static Answer problem(int status, String title, String detail) {
        byte[] body = object(json -> {
            json.writeStringField("type", "about:blank");
            json.writeStringField("title", title);
            json.writeNumberField("status", status);
            json.writeStringField("detail", detail);
        });
        return new Answer(status, PROBLEM_JSON, body);
    }

    private static String state(LeaderView view) {
        if (view instanceof LeaderView.Known) {
            return "known";
        }
        return view instanceof LeaderView.None ? "none" : "unknown";
    }

    private static void writeLeader(JsonGenerator json, LeaderView.Known known) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", known.identity());
        writeNumber(
                json,
                "fencingToken",
                known.fencingToken().isPresent()
                        ? Optional.of(known.fencingToken().getAsLong())
                        : Optional.empty());
        json.writeNumberField("ageMillis", known.age().toMillis());
        json.writeEndObject();
    }

    private static void writeNumber(JsonGenerator json, String name, Optional<Long> number) throws IOException {
        json.writeFieldName(name);
        if (number.isPresent()) {
            json.writeNumber(number.get());
        } else {
            json.writeNull();
        }
    }

    private static Answer ok(Members members) {
        return new Answer(200, JSON, object(members));
    }

    private static byte[] object(Members members) {
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
