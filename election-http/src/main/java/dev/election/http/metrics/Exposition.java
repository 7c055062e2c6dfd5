package dev.election.http.metrics;

import java.util.Locale;

/** Writes Prometheus's text format, version 0.0.4. Not thread-safe. */
final class Exposition {

    /** A foreign candidate may call itself anything; a label of this length is still readable. */
    private static final int LABEL_LIMIT = 256;

    private final StringBuilder text = new StringBuilder(4096);

    /** Begins a metric; its samples follow. */
    void family(String name, String type, String help) {
        text.append("# HELP ")
                .append(name)
                .append(' ')
                .append(escape(help, false))
                .append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /**
     * One sample.
     *
     * @param labels names and values in turn
     */
    void sample(String name, double value, String... labels) {
        text.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            String label = labels[i + 1];
            text.append(i == 0 ? '{' : ',')
                    .append(labels[i])
                    .append("=\"")
                    .append(escape(label.length() > LABEL_LIMIT ? label.substring(0, LABEL_LIMIT) : label, true))
                    .append('"');
        }
        if (labels.length > 0) {
            text.append('}');
        }
        text.append(' ').append(number(value)).append('\n');
    }

    /** As Prometheus reads it: whole numbers without a fraction, infinity as {@code +Inf}. */
    static String number(double value) {
        if (value == Double.POSITIVE_INFINITY) {
            return "+Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value).toLowerCase(Locale.ROOT);
    }

    private static String escape(String value, boolean quotes) {
        String escaped = value.replace("\\", "\\\\").replace("\n", "\\n");
        return quotes ? escaped.replace("\"", "\\\"") : escaped;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
