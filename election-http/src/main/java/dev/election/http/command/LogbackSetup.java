package dev.election.http.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.CoreConstants;
import ch.qos.logback.core.pattern.DynamicConverter;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * Logs to standard error, a line for each change that matters.
 *
 * <p>In code and called by {@link Sidecar}, not found by logback itself: an application that embeds this module keeps
 * its own configuration.
 */
final class LogbackSetup {

    private static final String OURS = "dev.election";

    private static final String SHORT_CAUSE = "shortCause";

    private static final Map<String, Supplier<DynamicConverter<?>>> CONVERTERS = Map.of(SHORT_CAUSE, ShortCause::new);

    /** For people: UTC, the level, and what happened, without stack traces. */
    private static final String PLAIN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %msg%" + SHORT_CAUSE + "%n";

    /** For those who look for a cause: who says so, on which thread. */
    private static final String DETAILED = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{0} [%thread] %msg%n";

    private LogbackSetup() {}

    /** Sets how much is logged from now on, in place of any configuration there was. */
    static void use(LogLevel level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.reset();
            apply(context, level);
            JulToSlf4j.use();
        }
    }

    private static void apply(LoggerContext context, LogLevel level) {
        boolean detailed = level.compareTo(LogLevel.DEBUG) >= 0;
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        context.putObject(CoreConstants.PATTERN_RULE_REGISTRY_FOR_SUPPLIERS, CONVERTERS);
        encoder.setPattern(detailed ? DETAILED : PLAIN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(forLibraries(level));
        context.getLogger(OURS).setLevel(Level.valueOf(level.name()));
    }

    /** The clients of the stores are talkative: they stay two steps behind us. */
    private static Level forLibraries(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN, INFO -> Level.WARN;
            case DEBUG -> Level.INFO;
            case TRACE -> Level.DEBUG;
        };
    }
}
