package dev.election.http.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The living processes that bear a mark in their environment: a test's own look at what there is, by another variable
 * than the one that the product looks for.
 *
 * @param environment of the process when it was started
 */
record Marked(ProcessStat stat, Map<String, String> environment) {

    static final String VARIABLE = "EXEC_TEST";

    private static final Path PROC = Path.of("/proc");

    /** Those with this mark. */
    static List<Marked> by(String mark) throws IOException {
        List<Marked> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                Map<String, String> environment = environment(entry, mark);
                if (mark.equals(environment.get(VARIABLE))) {
                    ProcessStat.read(PROC, Long.parseLong(entry.getFileName().toString()))
                            .filter(ProcessStat::isLiving)
                            .ifPresent(stat -> found.add(new Marked(stat, environment)));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    long pid() {
        return stat.pid();
    }

    /** Whether it is the command, or came of it; and no guardian, nor the program that runs the command. */
    boolean isOfCommand() {
        return environment.containsKey(Child.COOKIE_VARIABLE);
    }

    /** The value of a variable; empty without it. */
    String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /** Whether it is a guardian itself, and not its timer. */
    boolean isGuardian() {
        return stat.pid() == stat.session() && environment.containsKey("ELECTION_GUARDIAN");
    }

    /** Empty for those without the mark, which are most. */
    private static Map<String, String> environment(Path process, String mark) {
        try {
            Map<String, String> environment = new HashMap<>();
            String text = new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8);
            if (!text.contains(mark)) {
                return environment;
            }
            for (String variable : text.split("\0")) {
                String[] parts = variable.split("=", 2);
                environment.put(parts[0], parts.length == 2 ? parts[1] : "");
            }
            return environment;
        } catch (IOException e) {
            return Map.of(); // it has ended, or is somebody else's
        }
    }

    @Override
    public String toString() {
        return "process " + pid() + " of " + stat.parent() + (isOfCommand() ? ", of the command" : "");
    }
}
