package dev.election.http.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.event.Level;

/** How much is logged. */
enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    /**
     * The level of that name, in lower case.
     *
     * @throws IllegalArgumentException when there is none, listing those that there are
     */
    static LogLevel parse(String text) {
        return Arrays.stream(values())
                .filter(level -> level.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("one of "
                        + Arrays.stream(values()).map(LogLevel::text).collect(Collectors.joining(", "))
                        + " is expected; got \"" + text + "\""));
    }

    /** Whether words of our own are logged. */
    boolean shows(Level of) {
        return of.toInt() >= Level.valueOf(name()).toInt();
    }

    /**
     * Whether those of a store's client are: they stay two steps behind us, and are not heard at all at first. What goes
     * wrong in a store we say ourselves, once; some clients repeat it each second, or tell what is nobody's business.
     */
    boolean showsOfLibraries(Level of) {
        return switch (this) {
            case ERROR, WARN, INFO -> false;
            case DEBUG -> of.toInt() >= Level.INFO.toInt();
            case TRACE -> of.toInt() >= Level.DEBUG.toInt();
        };
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
