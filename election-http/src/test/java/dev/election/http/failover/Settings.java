package dev.election.http.failover;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What to try, from the command line.
 *
 * @param backend the URI of the store, options included
 * @param ttl the candidates' lease duration
 */
record Settings(Path command, String backend, int rounds, int candidates, Duration ttl) {

    private static final Set<String> KNOWN =
            Set.of("command", "backend", "lock", "kubeconfig", "rounds", "candidates", "ttl");

    /** What a follower may take beyond the lease: to notice, to decide, and to write. */
    private static final Duration TAKE_OVER = Duration.ofMillis(500);

    /** The median after a leader was told to end. */
    static final Duration HAND_OVER_LIMIT = Duration.ofMillis(50);

    /**
     * Reads {@code --name=value}.
     *
     * @param directory for the store if none is named
     * @throws IllegalArgumentException for wrong use
     */
    static Settings parse(String[] arguments, Path directory) {
        Map<String, String> given = new HashMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (parts.length != 2 || !parts[0].startsWith("--") || !KNOWN.contains(parts[0].substring(2))) {
                throw new IllegalArgumentException("unknown argument \"" + argument + "\"; it takes --backend=URI"
                        + " --lock=lease|endpoints --kubeconfig=FILE --rounds=N --candidates=N --ttl=DURATION");
            }
            given.put(parts[0].substring(2), parts[1]);
        }
        return new Settings(
                Path.of(given.getOrDefault("command", "")),
                backend(given, directory),
                number("rounds", given.getOrDefault("rounds", "20"), 1),
                number("candidates", given.getOrDefault("candidates", "3"), 2),
                ttl(given.getOrDefault("ttl", "3s")));
    }

    /** The longest that a take-over from a killed leader may take. */
    Duration takeOverLimit() {
        // A Lease keeps whole seconds, and is never written shorter than it is.
        boolean wholeSeconds = backend.startsWith("kubernetes:");
        long lease = wholeSeconds ? (ttl.toMillis() + 999) / 1000 * 1000 : ttl.toMillis();
        return TAKE_OVER.plusMillis(lease);
    }

    private static String backend(Map<String, String> given, Path directory) {
        List<String> options = new ArrayList<>();
        for (String name : List.of("lock", "kubeconfig")) {
            if (given.containsKey(name)) {
                options.add(name + "=" + URLEncoder.encode(given.get(name), StandardCharsets.UTF_8));
            }
        }
        String backend = given.getOrDefault("backend", "file:" + directory.resolve("store"));
        if (options.isEmpty()) {
            return backend;
        }
        return backend + (backend.contains("?") ? "&" : "?") + String.join("&", options);
    }

    private static int number(String name, String text, int least) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("--" + name + " is a number from " + least + "; got \"" + text + "\"");
    }

    private static Duration ttl(String text) {
        try {
            return Duration.parse("PT" + text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("--ttl is a duration like 3s or 1m30s; got \"" + text + "\"", e);
        }
    }
}
