package dev.election;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them: no more digits than mean anything. */
final class Figures {

    private Figures() {}

    /** Such as {@code 0.4 ms}, {@code 15 s}, {@code 3.57 s}. */
    static String text(Duration duration) {
        double millis = duration.toNanos() / 1e6;
        if (millis >= 1000) {
            return number(millis / 1000, 2) + " s";
        }
        return number(millis, millis >= 10 ? 0 : millis >= 1 ? 1 : 2) + " ms";
    }

    /** How long ago something was by clocks that may differ. */
    static String ago(Duration age) {
        if (age.isNegative()) {
            return "in the future by this machine's clock";
        }
        return age.toDays() > 1 ? age.toDays() + " days ago" : text(age) + " ago";
    }

    /** Such as {@code 5 %}. */
    static String percent(double share) {
        return number(share * 100, 3) + " %";
    }

    private static String number(double value, int digits) {
        String text = String.format(Locale.ROOT, "%." + digits + "f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }
}
