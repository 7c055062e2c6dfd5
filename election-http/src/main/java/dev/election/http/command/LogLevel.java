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

    /** From which level on our own words are logged. */
    Level own() {
        return Level.valueOf(name());
    }

    /** The same of the stores' clients, which are talkative: they stay two steps behind us. */
    Level forLibraries() {
        return switch (this) {
            case ERROR -> Level.ERROR;
            case WARN, INFO -> Level.WARN;
            case DEBUG -> Level.INFO;
            case TRACE -> Level.DEBUG;
        };
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
