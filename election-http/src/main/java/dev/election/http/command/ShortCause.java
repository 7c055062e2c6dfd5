package dev.election.http.command;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;

/** Shows what was thrown, and why, in the line of the message itself, and no stack trace. */
final class ShortCause extends ThrowableHandlingConverter {

    /** Further causes say nothing new. */
    private static final int DEPTH = 3;

    @Override
    public String convert(ILoggingEvent event) {
        StringBuilder text = new StringBuilder();
        String message = String.valueOf(event.getFormattedMessage());
        IThrowableProxy thrown = event.getThrowableProxy();
        for (int i = 0; i < DEPTH && thrown != null; i++) {
            String why = String.valueOf(thrown.getMessage() == null ? thrown.getClassName() : thrown.getMessage());
            if (!message.contains(why) && text.indexOf(why) < 0) {
                text.append(": ").append(why.replaceAll("\\p{Cntrl}+", " "));
            }
            thrown = thrown.getCause();
        }
        return text.toString();
    }
}
