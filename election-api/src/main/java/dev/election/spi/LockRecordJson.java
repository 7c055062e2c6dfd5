package dev.election.spi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The JSON form of a record, together with the fields of it that we do not know, which survive a rewrite (rule S8).
 *
 * <p>It is the {@code LeaderElectionRecord} of client-go ({@code holderIdentity}, {@code leaseDurationSeconds}, {@code
 * acquireTime}, {@code renewTime}, {@code leaderTransitions}), so client-go and kubectl read it, with three fields of
 * our own, which Go readers ignore: {@code leaseDurationMillis}, only where the lease is not whole seconds, {@code
 * fencingToken} and {@code attempt}.
 *
 * @param record the record
 * @param unknownFields name and raw JSON value of each field that is not ours, in the order they were read
 */
public record LockRecordJson(LockRecord record, Map<String, String> unknownFields) {

    /** A record takes some 300 characters; what is far larger is not a record, and is not read into memory. */
    public static final int MAX_LENGTH = 64 * 1024;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_LENGTH)
                    .maxNestingDepth(32)
                    .build())
            .build();

    /** RFC 3339 in UTC with exactly six fraction digits, as Kubernetes' MicroTime demands and Go's parser accepts. */
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    public LockRecordJson {
        Objects.requireNonNull(record, "record");
        unknownFields = Collections.unmodifiableMap(new LinkedHashMap<>(unknownFields));
    }

    /** A record without unknown fields. */
    public static LockRecordJson of(LockRecord record) {
        return new LockRecordJson(record, Map.of());
    }

    /** Another record with the unknown fields of this one. */
    public LockRecordJson with(LockRecord next) {
        return new LockRecordJson(next, unknownFields);
    }

    /**
     * Reads a record. A missing or null field reads as client-go reads it: no holder, no duration, no time, 0.
     *
     * @throws IllegalArgumentException when it is no record, saying what is wrong; never guesses
     */
    public static LockRecordJson parse(String json) {
        if (json.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "longer than the " + MAX_LENGTH + " characters that a lock record may have: " + json.length());
        }
        Fields fields = new Fields(json);
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("a lock record is a JSON object, such as {\"holderIdentity\":\"\"}");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                fields.take(name, parser);
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("something follows the JSON object of the lock record");
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "not valid JSON" + where(e) + ": "
                            + e.getOriginalMessage().replaceAll(" \\(start marker at .*\\)", ""),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
        return new LockRecordJson(fields.toRecord(), fields.unknown);
    }

    private static String where(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    /** Writes the record with all fields, ours and unknown ones. */
    public String toJson() {
        return write(true);
    }

    /** Writes the record with the fields of client-go and the unknown ones, without our own three. */
    public String toClientGoJson() {
        return write(false);
    }

    private String write(boolean ours) {
        StringWriter out = new StringWriter(384);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("holderIdentity", record.holder());
            json.writeNumberField("leaseDurationSeconds", wholeSeconds(record.leaseDuration()));
            json.writeStringField("acquireTime", formatTime(record.acquired()));
            json.writeStringField("renewTime", formatTime(record.renewed()));
            json.writeNumberField("leaderTransitions", record.transitions());
            if (ours) {
                if (record.leaseDuration().toMillis() % 1000 != 0) {
                    json.writeNumberField(
                            "leaseDurationMillis", record.leaseDuration().toMillis());
                }
                json.writeNumberField("fencingToken", record.fencingToken());
                json.writeStringField("attempt", record.attempt());
            }
            for (Map.Entry<String, String> field : unknownFields.entrySet()) {
                json.writeFieldName(field.getKey());
                json.writeRawValue(field.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toString();
    }

    /** Formats an instant as RFC 3339 in UTC with exactly six fraction digits. */
    public static String formatTime(Instant time) {
        return MICRO_TIME.format(time);
    }

    /**
     * Reads an RFC 3339 time.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Instant parseTime(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not an RFC 3339 time", e);
        }
    }

    private static long wholeSeconds(Duration duration) {
        return Durations.roundUp(duration, Duration.ofSeconds(1)).toSeconds();
    }

    /** The fields while they are read. */
    private static final class Fields {

        private final String json;
        private final Map<String, String> unknown = new LinkedHashMap<>();
        private String holder = "";
        private long leaseSeconds;
        private long leaseMillis;
        private Instant acquired = Instant.EPOCH;
        private Instant renewed = Instant.EPOCH;
        private long transitions;
        private long fencingToken;
        private String attempt = "";

        Fields(String json) {
            this.json = json;
        }

        void take(String name, JsonParser parser) throws IOException {
            switch (name) {
                case "holderIdentity" -> holder = string(name, parser);
                case "leaseDurationSeconds" ->
                    leaseSeconds = number(name, parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
                case "leaseDurationMillis" -> leaseMillis = number(name, parser, 0, Integer.MAX_VALUE * 1000L);
                case "acquireTime" -> acquired = time(name, parser);
                case "renewTime" -> renewed = time(name, parser);
                case "leaderTransitions" -> transitions = number(name, parser, 0, Integer.MAX_VALUE);
                case "fencingToken" -> fencingToken = number(name, parser, 0, Long.MAX_VALUE);
                case "attempt" -> attempt = string(name, parser);
                default -> unknown.put(name, raw(parser));
            }
        }

        LockRecord toRecord() {
            Duration lease = Duration.ofSeconds(Math.max(0, leaseSeconds));
            Duration exact = Duration.ofMillis(leaseMillis);
            // A foreign writer that changed the seconds left our milliseconds behind.
            boolean exactIsCurrent = wholeSeconds(exact) == leaseSeconds;
            return new LockRecord(
                    holder,
                    exactIsCurrent ? exact : lease,
                    acquired,
                    renewed,
                    (int) transitions,
                    fencingToken,
                    attempt);
        }

        private static String string(String name, JsonParser parser) throws IOException {
            return switch (parser.currentToken()) {
                case VALUE_STRING -> parser.getText();
                case VALUE_NULL -> "";
                default -> throw wrongType(name, "a string", parser);
            };
        }

        private static long number(String name, JsonParser parser, long min, long max) throws IOException {
            switch (parser.currentToken()) {
                case VALUE_NULL:
                    return 0;
                case VALUE_NUMBER_INT:
                    if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                        long value = parser.getLongValue();
                        if (value >= min && value <= max) {
                            return value;
                        }
                    }
                    throw new IllegalArgumentException(
                            name + " must be from " + min + " to " + max + ", and is " + parser.getText());
                default:
                    throw wrongType(name, "a whole number", parser);
            }
        }

        private static Instant time(String name, JsonParser parser) throws IOException {
            String text = string(name, parser);
            try {
                return text.isEmpty() ? Instant.EPOCH : parseTime(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
            }
        }

        /** Cuts the value out of the text as it stands: a number keeps its digits, a string its escapes. */
        private String raw(JsonParser parser) throws IOException {
            int start = (int) parser.currentTokenLocation().getCharOffset();
            parser.skipChildren();
            parser.finishToken();
            return json.substring(start, (int) parser.currentLocation().getCharOffset());
        }

        private static IllegalArgumentException wrongType(String name, String expected, JsonParser parser)
                throws IOException {
            return new IllegalArgumentException(name + " must be " + expected + ", and is " + parser.getText());
        }
    }
}
