package dev.election.http.command;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go's {@code time.ParseDuration} takes them, which is how the classic sidecar's users write them. */
final class GoDuration {

    private static final Map<String, Duration> UNITS = Map.of(
            "ns", Duration.ofNanos(1),
            "us", Duration.ofNanos(1_000),
            "µs", Duration.ofNanos(1_000), // U+00B5, the micro sign
            "μs", Duration.ofNanos(1_000), // U+03BC, the Greek letter; Go takes both
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1));

    /** A number and its unit; "ms" stands before "m" so that it is tried first. */
    private static final Pattern PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");

    /** Longer than any duration in use; keeps the arithmetic far from overflow. */
    private static final int MAX_LENGTH = 50;

    private GoDuration() {}

    /**
     * Parses {@code 10s}, {@code 1m30s}, {@code 1.5h}, {@code 500ms}, {@code 0}, or ISO-8601 such as {@code PT10S}. A
     * sign may stand before it. What is finer than a nanosecond is cut off.
     *
     * @throws IllegalArgumentException when it is none of these, saying what was expected
     */
    static Duration parse(String text) {
        String unsigned = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        try {
            Duration magnitude = unsigned.startsWith("P") ? Duration.parse(unsigned) : parseParts(unsigned);
            magnitude.toNanos(); // as long as Go's can be, in either form: some 292 years
            return text.startsWith("-") ? magnitude.negated() : magnitude;
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "a duration is written like 10s, 1m30s, 500ms or PT10S; got \"" + text + "\"", e);
        }
    }

    /** Writes a duration as {@link #parse} takes it, in hours, minutes and seconds: {@code 1m30s}, {@code 4.047s}. */
    static String format(Duration duration) {
        if (duration.isNegative()) {
            return "-" + format(duration.negated());
        }
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return plain(BigDecimal.valueOf(duration.toNanos(), 6)) + "ms";
        }
        StringBuilder text = new StringBuilder();
        if (duration.toHours() > 0) {
            text.append(duration.toHours()).append('h');
        }
        if (duration.toMinutesPart() > 0) {
            text.append(duration.toMinutesPart()).append('m');
        }
        BigDecimal seconds = BigDecimal.valueOf(duration.toSecondsPart() * 1_000_000_000L + duration.toNanosPart(), 9);
        if (seconds.signum() > 0) {
            text.append(plain(seconds)).append('s');
        }
        return text.toString();
    }

    private static Duration parseParts(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new ArithmeticException("empty or too long");
        }
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        int end = 0;
        for (; part.lookingAt(); part.region(end, text.length())) {
            long unitNanos = UNITS.get(part.group(2)).toNanos();
            BigDecimal nanos = new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unitNanos));
            sum = sum.plusNanos(nanos.toBigInteger().longValueExact());
            end = part.end();
        }
        if (end != text.length()) {
            throw new ArithmeticException("not a number and a unit at index " + end);
        }
        return sum;
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
