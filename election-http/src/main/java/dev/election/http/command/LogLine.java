package dev.election.http.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * A logger of the program: a line on standard error for each change that matters. For people it is the time in UTC, the
 * level, and what happened and why, without a stack trace; from {@link LogLevel#DEBUG} on also who says so, on which
 * thread, and the trace.
 *
 * <p>What others wrote, such as a holder's name in a store, cannot forge a line or steer a terminal: a blank stands for
 * control characters.
 */
final class LogLine extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1;

    private static final String OURS = "dev.election";

    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    /** Further causes say nothing new. */
    private static final int CAUSES = 3;

    private static volatile LogLevel level = LogLevel.INFO;

    private final boolean ours;

    private LogLine(String name) {
        this.name = name;
        this.ours = name.equals(OURS) || name.startsWith(OURS + ".");
    }

    /** How much is logged from now on, by loggers old and new. */
    static void use(LogLevel level) {
        LogLine.level = level;
    }

    /** The logger of that name, which is a class's. */
    static Logger logger(String name) {
        return new LogLine(name);
    }

    // ---- What is logged ----

    private boolean isEnabled(Level asked) {
        return ours ? level.shows(asked) : level.showsOfLibraries(asked);
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled(Level.ERROR);
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled(Level.WARN);
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled(Level.INFO);
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isTraceEnabled() {
        return isEnabled(Level.TRACE);
    }

    // ---- How it looks ----

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level of,
            @Nullable Marker marker,
            @Nullable String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        String message = String.valueOf(MessageFormatter.basicArrayFormat(pattern, arguments));
        String line = level.compareTo(LogLevel.DEBUG) >= 0
                ? detailed(Instant.now(), of, message, thrown)
                : plain(Instant.now(), of, message, thrown);
        System.err.print(line); // at once, so that lines of two threads do not mix
        System.err.flush();
    }

    static String plain(Instant time, Level of, String message, @Nullable Throwable thrown) {
        StringBuilder line = begin(time, of);
        int told = line.length();
        line.append(Printable.words(message));
        Throwable cause = thrown;
        for (int i = 0; i < CAUSES && cause != null; i++) {
            String why = cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
            String text = Printable.words(why.strip());
            if (line.indexOf(text, told) < 0) {
                line.append(": ").append(text);
            }
            cause = cause.getCause();
        }
        return line.append(System.lineSeparator()).toString();
    }

    private String detailed(Instant time, Level of, String message, @Nullable Throwable thrown) {
        StringBuilder line = begin(time, of);
        line.append(name, name.lastIndexOf('.') + 1, name.length());
        line.append(" [").append(Thread.currentThread().getName()).append("] ");
        line.append(Printable.words(message));
        line.append(System.lineSeparator());
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            trace.toString().lines().forEach(each -> addOfTrace(line, each));
        }
        return line.toString();
    }

    /** Behind a tab, since what was thrown may quote what others wrote, in several lines. */
    private static void addOfTrace(StringBuilder lines, String each) {
        lines.append(each.startsWith("\t") ? "\t\t" : "\t").append(Printable.words(each.strip()));
        lines.append(System.lineSeparator());
    }

    private static StringBuilder begin(Instant time, Level of) {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(time, line);
        return line.append(' ').append(of).append(of.name().length() < 5 ? "  " : " ");
    }
}
