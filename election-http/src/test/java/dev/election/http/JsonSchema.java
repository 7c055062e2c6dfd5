package dev.election.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** As much of JSON Schema as our OpenAPI document uses; what it does not know is an error, so nothing goes unchecked. */
final class JsonSchema {

    private static final Set<String> KNOWN = Set.of(
            "$ref",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "const",
            "oneOf",
            "minimum",
            "maximum",
            "maxItems",
            "format",
            "description",
            "default");

    private final JsonNode document;
    private final List<String> errors = new ArrayList<>();

    private JsonSchema(JsonNode document) {
        this.document = document;
    }

    /** What is wrong with a value, by its place; empty when it fits. */
    static List<String> errors(JsonNode document, JsonNode schema, JsonNode value) {
        JsonSchema check = new JsonSchema(document);
        check.check("", schema, value);
        return check.errors;
    }

    private void check(String at, JsonNode schema, JsonNode value) {
        schema.fieldNames().forEachRemaining(keyword -> {
            if (!KNOWN.contains(keyword)) {
                errors.add(at + ": this test does not know the keyword " + keyword);
            }
        });
        if (schema.has("$ref")) {
            check(at, document.at(schema.get("$ref").asText().substring(1)), value);
        }
        if (schema.has("type") && !isOfType(schema.get("type"), value)) {
            errors.add(at + ": " + value + " is not of type " + schema.get("type"));
            return;
        }
        if (schema.has("const") && !schema.get("const").equals(value)) {
            errors.add(at + ": " + value + " is not " + schema.get("const"));
        }
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            errors.add(at + ": " + value + " is none of " + schema.get("enum"));
        }
        if (schema.has("oneOf")) {
            long fitting = stream(schema.get("oneOf"))
                    .filter(each -> errors(document, each, value).isEmpty())
                    .count();
            if (fitting != 1) {
                errors.add(at + ": " + value + " fits " + fitting + " of " + schema.get("oneOf"));
            }
        }
        if (value.isNumber()) {
            boolean tooSmall = schema.has("minimum")
                    && value.asLong() < schema.get("minimum").asLong();
            boolean tooGreat = schema.has("maximum")
                    && value.asLong() > schema.get("maximum").asLong();
            if (tooSmall || tooGreat) {
                errors.add(at + ": " + value + " is out of range");
            }
        }
        if (value.isTextual() && schema.path("format").asText().equals("date-time")) {
            try {
                Instant.parse(value.asText());
            } catch (DateTimeException e) {
                errors.add(at + ": " + value + " is no time");
            }
        }
        if (value.isObject()) {
            checkObject(at, schema, value);
        }
        if (value.isArray()) {
            if (schema.has("maxItems") && value.size() > schema.get("maxItems").asInt()) {
                errors.add(at + ": has " + value.size() + " items");
            }
            for (int i = 0; i < value.size() && schema.has("items"); i++) {
                check(at + "/" + i, schema.get("items"), value.get(i));
            }
        }
    }

    private void checkObject(String at, JsonNode schema, JsonNode value) {
        stream(schema.path("required")).forEach(name -> {
            if (!value.has(name.asText())) {
                errors.add(at + "/" + name.asText() + " is missing");
            }
        });
        value.properties().forEach(member -> {
            JsonNode of = schema.path("properties").get(member.getKey());
            if (of != null) {
                check(at + "/" + member.getKey(), of, member.getValue());
            } else if (schema.path("additionalProperties").isBoolean()) {
                errors.add(at + "/" + member.getKey() + " is not described");
            }
        });
    }

    private static boolean isOfType(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            return stream(type).anyMatch(each -> isOfType(each, value));
        }
        return switch (type.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> false;
        };
    }

    private static boolean contains(JsonNode all, JsonNode value) {
        return stream(all).anyMatch(value::equals);
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
