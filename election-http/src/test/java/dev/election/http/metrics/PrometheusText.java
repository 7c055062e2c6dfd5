package dev.election.http.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus's text format 0.0.4 and insists on it: each family once, HELP and TYPE before its samples and nothing
 * of another in between, no sample twice, histograms that are cumulative and complete.
 */
final class PrometheusText {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

    /** Types by family, in their order. */
    final Map<String, String> types = new LinkedHashMap<>();

    /** By name and labels, such as {@code up{name="a"}}. */
    final Map<String, Double> samples = new LinkedHashMap<>();

    private PrometheusText() {}

    static PrometheusText parse(String text) {
        assertThat(text).endsWith("\n");
        PrometheusText parsed = new PrometheusText();
        String helped = "";
        String family = "";
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            if (line.startsWith("# HELP ")) {
                helped = line.split(" ", 4)[2];
                assertThat(parsed.types).as("once").doesNotContainKey(helped);
            } else if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                assertThat(words).hasSize(4);
                family = words[2];
                assertThat(family).isEqualTo(helped);
                assertThat(words[3]).isIn("gauge", "counter", "histogram");
                parsed.types.put(family, words[3]);
            } else {
                parsed.sample(line, family);
            }
        }
        parsed.checkHistograms();
        return parsed;
    }

    private void sample(String line, String family) {
        Matcher matcher = SAMPLE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        String name = matcher.group(1);
        boolean histogram = "histogram".equals(types.get(family));
        assertThat(histogram ? name.replaceFirst("_(bucket|sum|count)$", "") : name)
                .as(line)
                .isEqualTo(family);
        if (matcher.group(2) != null) {
            checkLabels(matcher.group(2));
        }
        double value =
                matcher.group(3).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(matcher.group(3));
        String key = line.substring(0, line.length() - matcher.group(3).length() - 1);
        assertThat(samples.put(key, value)).as("once: " + key).isNull();
        if ("counter".equals(types.get(family))) {
            assertThat(value).isNotNegative();
            assertThat(name).endsWith("_total");
        }
    }

    private static void checkLabels(String labels) {
        Matcher matcher = LABEL.matcher(labels);
        List<String> names = new ArrayList<>();
        int end = 0;
        while (end < labels.length() && matcher.find(end) && matcher.start() == end) {
            names.add(matcher.group(1));
            end = matcher.end();
        }
        assertThat(end).as(labels).isEqualTo(labels.length());
        assertThat(names).doesNotHaveDuplicates();
    }

    private void checkHistograms() {
        types.forEach((family, type) -> {
            if (type.equals("histogram")) {
                List<String> buckets = samples.keySet().stream()
                        .filter(key -> key.startsWith(family + "_bucket{"))
                        .toList();
                double before = 0;
                for (String bucket : buckets) {
                    assertThat(samples.get(bucket)).isGreaterThanOrEqualTo(before);
                    before = bucket.contains("le=\"+Inf\"") ? 0 : samples.get(bucket);
                }
                for (String infinite : buckets.stream()
                        .filter(key -> key.contains("le=\"+Inf\""))
                        .toList()) {
                    String count = infinite.replace("_bucket", "_count").replace(",le=\"+Inf\"", "");
                    assertThat(samples.get(count)).isEqualTo(samples.get(infinite));
                    assertThat(samples).containsKey(count.replace("_count", "_sum"));
                }
            }
        });
    }

    double value(String sample) {
        assertThat(samples).containsKey(sample);
        return samples.get(sample);
    }
}
