package dev.election.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.kubernetes.LockObject.Malformed;
import dev.election.spi.LockRecord;
import dev.election.spi.LockRecordJson;

/**
 * What client-go's record has no room for: the fencing token and the attempt, as annotations of the object.
 *
 * <p>client-go keeps foreign annotations when it writes its own record beside them. So a third annotation binds the two
 * to the holder and the acquire time they were written with: where these differ, somebody else wrote the record, its
 * token is not known, and ours is only a floor (rule E6).
 */
final class TermAnnotations {

    static final String FENCING_TOKEN = "election.dev/fencing-token";
    static final String ATTEMPT = "election.dev/attempt";
    static final String TERM = "election.dev/term";

    private TermAnnotations() {}

    /**
     * Completes a record that was read from the object's own fields.
     *
     * @param record the record without token and attempt
     */
    static LockRecord read(ObjectNode object, LockRecord record) throws Malformed {
        JsonNode annotations = object.path("metadata").path("annotations");
        long token = token(annotations);
        boolean ours = term(record).equals(annotations.path(TERM).asText("")) && annotations.has(FENCING_TOKEN);
        return new LockRecord(
                record.holder(),
                record.leaseDuration(),
                record.acquired(),
                record.renewed(),
                record.transitions(),
                token,
                ours ? annotations.path(ATTEMPT).asText("") : "");
    }

    static void write(ObjectNode object, LockRecord next) {
        annotations(object)
                .put(FENCING_TOKEN, Long.toString(next.fencingToken()))
                .put(ATTEMPT, next.attempt())
                .put(TERM, term(next));
    }

    static ObjectNode annotations(ObjectNode object) {
        return Json.child(Json.child(object, "metadata"), "annotations");
    }

    /** Readable by people, and different for every term: two candidates never share a holder (rule E10). */
    private static String term(LockRecord record) {
        return LockRecordJson.formatTime(record.acquired()) + "/" + record.holder();
    }

    private static long token(JsonNode annotations) throws Malformed {
        if (!annotations.has(FENCING_TOKEN)) {
            return 0;
        }
        String text = annotations.path(FENCING_TOKEN).asText("");
        try {
            // Stricter than Long.parseLong, which takes signs and the digits of every script.
            if (!text.matches("[0-9]{1,19}")) {
                throw new NumberFormatException("not 1 to 19 digits");
            }
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new Malformed(
                    "annotation " + FENCING_TOKEN + " must be a whole number from 0 to " + Long.MAX_VALUE
                            + ", and is \"" + text + "\"",
                    "annotate --overwrite %s " + FENCING_TOKEN + "=<a number above every token given out so far>",
                    e);
        }
    }
}
