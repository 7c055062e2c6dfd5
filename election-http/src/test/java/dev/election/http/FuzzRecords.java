package dev.election.http;

import dev.election.spi.LockRecordJson;
import java.nio.charset.StandardCharsets;

/** For script/fuzz: any bytes are no record, said so, or one that is written and read again without a loss. */
public final class FuzzRecords {

    private FuzzRecords() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        LockRecordJson read;
        try {
            read = LockRecordJson.parse(new String(data, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return;
        }
        String written = read.toJson();
        LockRecordJson again = LockRecordJson.parse(written);
        if (!again.unknownFields().equals(read.unknownFields())) {
            throw new AssertionError("unknown fields became " + again.unknownFields());
        }
        // Times are written in microseconds, so what was read first may be finer; and nothing else differs.
        if (!again.record().holder().equals(read.record().holder())
                || !again.record().attempt().equals(read.record().attempt())
                || !again.record().leaseDuration().equals(read.record().leaseDuration())
                || again.record().transitions() != read.record().transitions()
                || again.record().fencingToken() != read.record().fencingToken()) {
            throw new AssertionError(read.record() + " became " + again.record());
        }
        if (!again.toJson().equals(written)) {
            throw new AssertionError(written + " became " + again.toJson());
        }
        LockRecordJson.parse(read.toClientGoJson());
    }
}
