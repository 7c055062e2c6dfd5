package dev.election.http;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands after the question mark. */
final class Parameters {

    private static final Pattern REVISION = Pattern.compile("\\d{1,16}");
    private static final Pattern TIMEOUT = Pattern.compile("(\\d{1,6})(ms|s|)");

    private Parameters() {}

    /** @throws IllegalArgumentException saying what was expected */
    static long revision(String text) {
        if (!REVISION.matcher(text).matches()) {
            throw new IllegalArgumentException("after is a revision, as an election's JSON has it");
        }
        return Long.parseLong(text);
    }

    /**
     * A time such as {@code 30s}, {@code 500ms} or {@code 30}, which are seconds.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    static Duration timeout(@Nullable String text, Duration usual, Duration longest) {
        if (text == null) {
            return usual;
        }
        Matcher matcher = TIMEOUT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("timeout is a time such as 30s or 500ms");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration timeout = matcher.group(2).equals("ms") ? Duration.ofMillis(number) : Duration.ofSeconds(number);
        return timeout.compareTo(longest) < 0 ? timeout : longest;
    }
}
