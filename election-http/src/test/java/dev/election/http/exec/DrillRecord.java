package dev.election.http.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the store holds, as its file has it: the drill asks none of those whom it tests. */
record DrillRecord(String holder, long token, Instant acquired, Instant renewed) {

    private static final Pattern FORM = Pattern.compile(
            "\"holderIdentity\":\"([^\"]*)\".*\"acquireTime\":\"([^\"]*)\".*\"renewTime\":\"([^\"]*)\".*"
                    + "\"fencingToken\":(\\d+)",
            Pattern.DOTALL);

    /** Empty before there is one. */
    static Optional<DrillRecord> read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.find()) {
            throw new IOException("no record: " + text);
        }
        return Optional.of(new DrillRecord(
                matcher.group(1),
                Long.parseLong(matcher.group(4)),
                Instant.parse(matcher.group(2)),
                Instant.parse(matcher.group(3))));
    }

    boolean isFree() {
        return holder.isEmpty();
    }
}
