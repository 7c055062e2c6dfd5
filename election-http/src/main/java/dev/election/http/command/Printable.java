package dev.election.http.command;

import java.util.regex.Pattern;

/** Text of others, such as a leader's name, as it may go to a terminal. */
final class Printable {

    /**
     * What controls a terminal: ASCII's control characters and those of ISO 6429 above 127, which are sequences of
     * escape in one character; and what ends lines or turns the direction of what follows.
     */
    private static final Pattern CONTROL =
            Pattern.compile("[\\p{Cc}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]");

    private static final Pattern CONTROLS = Pattern.compile(CONTROL + "+");

    private Printable() {}

    /** The same as words in one line: each run of such characters is a blank. */
    static String words(String text) {
        return CONTROLS.matcher(text).replaceAll(" ");
    }

    /** The same in one line that cannot control a terminal. */
    static String of(String text) {
        return CONTROL.matcher(text).replaceAll("?");
    }
}
