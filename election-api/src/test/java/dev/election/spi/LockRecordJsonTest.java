package dev.election.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The JSON of a record")
class LockRecordJsonTest {

    private static final Instant ACQUIRED = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final Instant RENEWED = Instant.parse("2026-01-02T03:04:06Z");

    private static final LockRecord RECORD =
            new LockRecord("a_1", Duration.ofSeconds(15), ACQUIRED, RENEWED, 3, 42, "attempt-7");

    private static LockRecord withLease(Duration lease) {
        return new LockRecord("a_1", lease, ACQUIRED, RENEWED, 3, 42, "attempt-7");
    }

    private static LockRecord parse(String json) {
        return LockRecordJson.parse(json).record();
    }

    @Nested
    @DisplayName("written")
    class Written {

        @Test
        @DisplayName("is client-go's record with our fields after it")
        void ours() {
            assertThat(LockRecordJson.of(RECORD).toJson())
                    .isEqualTo("{\"holderIdentity\":\"a_1\",\"leaseDurationSeconds\":15,"
                            + "\"acquireTime\":\"2026-01-02T03:04:05.678901Z\","
                            + "\"renewTime\":\"2026-01-02T03:04:06.000000Z\",\"leaderTransitions\":3,"
                            + "\"fencingToken\":42,\"attempt\":\"attempt-7\"}");
        }

        @Test
        @DisplayName("for client-go has only its fields and the unknown ones")
        void clientGo() {
            String json = new LockRecordJson(RECORD, Map.of("strategy", "\"oldest\"")).toClientGoJson();
            assertThat(json)
                    .isEqualTo("{\"holderIdentity\":\"a_1\",\"leaseDurationSeconds\":15,"
                            + "\"acquireTime\":\"2026-01-02T03:04:05.678901Z\","
                            + "\"renewTime\":\"2026-01-02T03:04:06.000000Z\",\"leaderTransitions\":3,"
                            + "\"strategy\":\"oldest\"}");
        }

        @ParameterizedTest
        @Tag("S11")
        @DisplayName("states a lease in seconds rounded up, and exactly beside it where that differs")
        @CsvSource({"PT0S,0,", "PT0.001S,1,1", "PT1S,1,", "PT1.001S,2,1001", "PT15.5S,16,15500", "PT1H,3600,"})
        void lease(Duration lease, long seconds, Long millis) {
            String json = LockRecordJson.of(withLease(lease)).toJson();
            assertThat(json).contains("\"leaseDurationSeconds\":" + seconds + ",");
            if (millis == null) {
                assertThat(json).doesNotContain("leaseDurationMillis");
            } else {
                assertThat(json).contains("\"leaseDurationMillis\":" + millis + ",");
            }
            assertThat(parse(json)).isEqualTo(withLease(lease));
        }

        @ParameterizedTest
        @DisplayName("holds any text")
        @ValueSource(strings = {"", "\"", "\\", "\n\t\u0000", "\u00e9\u4e2d\ud83d\ude00", "</script>", "\u2028"})
        void text(String holder) {
            LockRecord record = new LockRecord(holder, Duration.ZERO, ACQUIRED, RENEWED, 0, 0, holder);
            assertThat(parse(LockRecordJson.of(record).toJson())).isEqualTo(record);
        }

        @Test
        @DisplayName("holds the largest numbers")
        void largest() {
            LockRecord record = new LockRecord(
                    "a",
                    Duration.ofSeconds(Integer.MAX_VALUE),
                    ACQUIRED,
                    RENEWED,
                    Integer.MAX_VALUE,
                    Long.MAX_VALUE,
                    "x");
            assertThat(parse(LockRecordJson.of(record).toJson())).isEqualTo(record);
        }
    }

    @Nested
    @DisplayName("read")
    class Read {

        @Test
        @DisplayName("of client-go has no token and no attempt")
        void clientGo() {
            LockRecord record = parse("{\"holderIdentity\":\"host_uuid\",\"leaseDurationSeconds\":15,"
                    + "\"acquireTime\":\"2026-01-02T03:04:05Z\",\"renewTime\":\"2026-01-02T03:04:06Z\","
                    + "\"leaderTransitions\":2}");
            assertThat(record)
                    .isEqualTo(new LockRecord(
                            "host_uuid",
                            Duration.ofSeconds(15),
                            Instant.parse("2026-01-02T03:04:05Z"),
                            RENEWED,
                            2,
                            0,
                            ""));
            assertThat(record.isOurs()).isFalse();
        }

        @ParameterizedTest
        @DisplayName("takes what is missing or null as nothing")
        @ValueSource(
                strings = {
                    "{}",
                    " \n{ }\t ",
                    "{\"holderIdentity\":null,\"leaseDurationSeconds\":null,\"leaseDurationMillis\":null,"
                            + "\"acquireTime\":null,\"renewTime\":null,\"leaderTransitions\":null,"
                            + "\"fencingToken\":null,\"attempt\":null}",
                    "{\"holderIdentity\":\"\",\"acquireTime\":\"\"}",
                    "{\"leaseDurationSeconds\":-5}"
                })
        void nothing(String json) {
            assertThat(parse(json))
                    .isEqualTo(new LockRecord("", Duration.ZERO, Instant.EPOCH, Instant.EPOCH, 0, 0, ""));
        }

        @ParameterizedTest
        @DisplayName("takes the exact lease only while it agrees with the seconds, which others write")
        @CsvSource({"16,15500,PT15.5S", "15,15000,PT15S", "20,15500,PT20S", "0,15500,PT0S", "16,0,PT16S", "-1,0,PT0S"})
        void lease(long seconds, long millis, Duration lease) {
            String json = "{\"leaseDurationSeconds\":" + seconds + ",\"leaseDurationMillis\":" + millis + "}";
            assertThat(parse(json).leaseDuration()).isEqualTo(lease);
        }

        @ParameterizedTest
        @DisplayName("refuses what is no record, and says what is wrong")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '~',
                value = {
                    "~~|JSON object",
                    "~ ~|JSON object",
                    "null|JSON object",
                    "[]|JSON object",
                    "\"{}\"|JSON object",
                    "garbage|not valid JSON",
                    "{|not valid JSON",
                    "{\"attempt\":\"x|not valid JSON",
                    "{\"attempt\"}|not valid JSON",
                    "{\"attempt\":}|not valid JSON",
                    "{\"a\":1,}|not valid JSON",
                    "{'a':1}|not valid JSON",
                    "{\"a\":01}|not valid JSON",
                    "{\"a\":NaN}|not valid JSON",
                    "{\"a\":1}//x|not valid JSON",
                    "{}{}|follows",
                    "{}1|follows",
                    "{}}|not valid JSON",
                    "{\"attempt\":\"x\",\"attempt\":\"x\"}|Duplicate field 'attempt'",
                    "{\"a\":1,\"a\":1}|Duplicate field 'a'",
                    "{\"a\":{\"b\":1,\"b\":1}}|Duplicate field 'b'",
                    "{\"holderIdentity\":7}|holderIdentity must be a string",
                    "{\"holderIdentity\":{}}|holderIdentity must be a string",
                    "{\"attempt\":true}|attempt must be a string",
                    "{\"leaseDurationSeconds\":\"15\"}|leaseDurationSeconds must be a whole number",
                    "{\"leaseDurationSeconds\":15.0}|leaseDurationSeconds must be a whole number",
                    "{\"leaseDurationSeconds\":1e1}|leaseDurationSeconds must be a whole number",
                    "{\"leaseDurationSeconds\":2147483648}|leaseDurationSeconds must be from",
                    "{\"leaseDurationSeconds\":-2147483649}|leaseDurationSeconds must be from",
                    "{\"leaseDurationMillis\":-1}|leaseDurationMillis must be from 0",
                    "{\"leaderTransitions\":-1}|leaderTransitions must be from 0 to 2147483647",
                    "{\"leaderTransitions\":2147483648}|leaderTransitions must be from 0 to 2147483647",
                    "{\"fencingToken\":-1}|fencingToken must be from 0",
                    "{\"fencingToken\":9223372036854775808}|fencingToken must be from 0",
                    "{\"fencingToken\":123456789012345678901234567890}|fencingToken must be from 0",
                    "{\"acquireTime\":1}|acquireTime must be a string",
                    "{\"acquireTime\":\"yesterday\"}|acquireTime: \"yesterday\" is not an RFC 3339 time",
                    "{\"renewTime\":\"2026-02-30T00:00:00Z\"}|renewTime: ",
                    "{\"renewTime\":\"2026-01-02T03:04:05\"}|renewTime: ",
                    "{\"renewTime\":\"2026-01-02\"}|renewTime: "
                })
        void refused(String json, String complaint) {
            assertThatThrownBy(() -> LockRecordJson.parse(json))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(complaint);
        }

        @Test
        @Tag("S12")
        @DisplayName("refuses what is too long or too deep to be a record")
        void tooMuch() {
            String longest = "{\"pad\":\"" + "x".repeat(LockRecordJson.MAX_LENGTH - 10) + "\"}";
            assertThat(longest).hasSize(LockRecordJson.MAX_LENGTH);
            assertThat(LockRecordJson.parse(longest).toJson()).contains("x".repeat(LockRecordJson.MAX_LENGTH - 10));
            assertThatThrownBy(() -> LockRecordJson.parse(longest + " "))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("65536");
            assertThatThrownBy(() -> LockRecordJson.parse("{\"deep\":" + "[".repeat(100) + "]".repeat(100) + "}"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    @Tag("S8")
    @DisplayName("keeps fields that it does not know")
    class UnknownFields {

        @ParameterizedTest
        @DisplayName("as they are written")
        @ValueSource(
                strings = {
                    "1.10",
                    "1E+400",
                    "-0",
                    "123456789012345678901234567890",
                    "true",
                    "null",
                    "\"\"",
                    "\"\\u00e9\\/\\ud83d\\ude00 \u00e9\ud83d\ude00\"",
                    "[]",
                    "[ 1 , 2.0 ,[ ] ]",
                    "{}",
                    "{ \"a\" : { \"b\" : [ \"}\" , 1.10 ] } }"
                })
        void raw(String value) {
            for (String json : new String[] {
                "{\"x\":" + value + "}",
                "{ \"x\" : " + value + " , \"holderIdentity\" : \"a\" }",
                "{\"\u00e9\ud83d\ude00\":\"\u00e9\ud83d\ude00\",\"x\":" + value + ",\"y\":1}"
            }) {
                LockRecordJson read = LockRecordJson.parse(json);
                assertThat(read.unknownFields()).containsEntry("x", value);
                String written = read.with(RECORD).toJson();
                assertThat(written).contains("\"x\":" + value);
                assertThat(LockRecordJson.parse(written)).isEqualTo(read.with(RECORD));
            }
        }

        @Test
        @DisplayName("long ones too, which the parser reads in pieces")
        void inPieces() {
            String value = "[\"" + "\u00e9x".repeat(9_000) + "\", 1.10, {\"k\":\"" + "y".repeat(30_000) + "\"}]";
            LockRecordJson read = LockRecordJson.parse("{\"x\":" + value + ", \"z\":2.50}");
            assertThat(read.unknownFields()).containsEntry("x", value).containsEntry("z", "2.50");
        }

        @Test
        @DisplayName("in their order, and not open to change")
        void order() {
            LockRecordJson read = LockRecordJson.parse("{\"z\":1,\"attempt\":\"x\",\"b\":2,\"m\":3}");
            assertThat(read.unknownFields().keySet()).containsExactly("z", "b", "m");
            assertThatThrownBy(() -> read.unknownFields().put("more", "1"))
                    .isInstanceOf(UnsupportedOperationException.class);

            Map<String, String> fields = new LinkedHashMap<>(Map.of("a", "1"));
            LockRecordJson made = new LockRecordJson(RECORD, fields);
            fields.put("b", "2");
            assertThat(made.unknownFields()).containsOnlyKeys("a");
        }
    }

    @Nested
    @DisplayName("times")
    class Times {

        @ParameterizedTest
        @DisplayName("are written with six digits, in UTC")
        @CsvSource({
            "2026-01-02T03:04:05Z,2026-01-02T03:04:05.000000Z",
            "2026-01-02T03:04:05.1Z,2026-01-02T03:04:05.100000Z",
            "2026-01-02T03:04:05.123456789Z,2026-01-02T03:04:05.123456Z",
            "1970-01-01T00:00:00Z,1970-01-01T00:00:00.000000Z",
            "0001-01-01T00:00:00Z,0001-01-01T00:00:00.000000Z"
        })
        void written(Instant time, String text) {
            assertThat(LockRecordJson.formatTime(time)).isEqualTo(text);
        }

        @ParameterizedTest
        @DisplayName("are read with any number of digits and any offset")
        @CsvSource({
            "2026-01-02T03:04:05Z,2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.123456Z,2026-01-02T03:04:05.123456Z",
            "2026-01-02T03:04:05.123456789Z,2026-01-02T03:04:05.123456789Z",
            "2026-01-02T03:04:05+02:00,2026-01-02T01:04:05Z",
            "2026-01-02T03:04:05.5-09:30,2026-01-02T12:34:05.5Z",
            "2026-01-02t03:04:05z,2026-01-02T03:04:05Z"
        })
        void read(String text, Instant time) {
            assertThat(LockRecordJson.parseTime(text)).isEqualTo(time);
        }

        @ParameterizedTest
        @DisplayName("are refused when they are none")
        @ValueSource(
                strings = {
                    "",
                    "now",
                    "2026-01-02",
                    "2026-01-02 03:04:05Z",
                    "2026-01-02T03:04:05",
                    "2026-01-02T25:04:05Z",
                    "2026-13-02T03:04:05Z",
                    "2026-01-02T03:04:05Z ",
                    "1767323045"
                })
        void refused(String text) {
            assertThatThrownBy(() -> LockRecordJson.parseTime(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"" + text + "\" is not an RFC 3339 time");
        }
    }
}
