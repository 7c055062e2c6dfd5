package dev.election.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a report says of something thrown. */
final class Failure {

    private static final int MOST_FRAMES = 10;

    private Failure() {}

    /** An assertion speaks for itself; of all else the causes are named, and the way from the kit to where it arose. */
    static String describe(Throwable thrown) {
        if (thrown instanceof AssertionError) {
            return reason(thrown);
        }
        List<String> lines = new ArrayList<>(List.of(thrown.toString()));
        for (StackTraceElement frame : thrown.getStackTrace()) {
            lines.add("    at " + frame);
            if (frame.getClassName().startsWith(Failure.class.getPackageName()) || lines.size() > MOST_FRAMES) {
                break;
            }
        }
        // A cause may lead back to where it came from.
        Throwable cause = thrown.getCause();
        for (int depth = 0; cause != null && depth < MOST_FRAMES; depth++, cause = cause.getCause()) {
            lines.add("caused by " + cause);
        }
        return String.join("\n", lines);
    }

    /** Its message, or what it is when it has none. */
    static String reason(Throwable thrown) {
        return Optional.ofNullable(thrown.getMessage())
                .map(message -> message.strip().replaceFirst("^Assumption failed: ", ""))
                .filter(message -> !message.isEmpty())
                .orElseGet(thrown::toString);
    }
}
