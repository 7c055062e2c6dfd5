package dev.election.tck;

import dev.election.spi.LockRecordJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Raw records of a store that keeps them as text in the form of {@link LockRecordJson}. */
public abstract class TextRecords implements RawRecords {

    private static final Map<String, String> UNREADABLE = unreadable();

    /** The text that is stored, if there is any. */
    protected abstract Optional<String> get(String election) throws Exception;

    /** Stores a text in place of what there is. */
    protected abstract void put(String election, String text) throws Exception;

    private static Map<String, String> unreadable() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("nothing but a newline", "\n");
        texts.put("garbage", "\u0000 no { record");
        texts.put("a JSON array", "[]");
        texts.put("half a record", "{\"holderIdentity\":\"someone\",\"leaseDurat");
        texts.put("a number as holder", "{\"holderIdentity\":7}");
        texts.put("a text as lease", "{\"holderIdentity\":\"someone\",\"leaseDurationSeconds\":\"15\"}");
        texts.put("a time that is none", "{\"holderIdentity\":\"someone\",\"renewTime\":\"yesterday\"}");
        texts.put(
                "a fencing token out of range",
                "{\"holderIdentity\":\"someone\",\"fencingToken\":9223372036854775808,\"attempt\":\"x\"}");
        texts.put("a negative fencing token", "{\"holderIdentity\":\"someone\",\"fencingToken\":-1,\"attempt\":\"x\"}");
        texts.put("two holders", "{\"holderIdentity\":\"\",\"holderIdentity\":\"someone\"}");
        texts.put("more than a record can be", "{\"x\":\"" + "x".repeat(2 * LockRecordJson.MAX_LENGTH) + "\"}");
        return texts;
    }

    @Override
    public final List<String> unreadableKinds() {
        return List.copyOf(UNREADABLE.keySet());
    }

    @Override
    public final void writeUnreadable(String election, String kind) throws Exception {
        put(election, UNREADABLE.get(kind));
    }

    @Override
    public final void addUnknownField(String election, String name, String value) throws Exception {
        LockRecordJson stored = stored(election);
        Map<String, String> fields = new LinkedHashMap<>(stored.unknownFields());
        fields.put(name, quote(value));
        put(election, new LockRecordJson(stored.record(), fields).toJson());
    }

    @Override
    public final Optional<String> unknownField(String election, String name) throws Exception {
        return Optional.ofNullable(stored(election).unknownFields().get(name)).map(TextRecords::unquote);
    }

    private LockRecordJson stored(String election) throws Exception {
        return LockRecordJson.parse(
                get(election).orElseThrow(() -> new IllegalStateException("there is no record of " + election)));
    }

    /** The kit gives only plain words. */
    private static String quote(String word) {
        return "\"" + word + "\"";
    }

    private static String unquote(String json) {
        return json.substring(1, json.length() - 1);
    }
}
