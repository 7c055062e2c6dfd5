package dev.election.http.exec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** The command as a process of ours, in a session of its own, with our standard streams. */
final class Child {

    /** What every process of the command has in its environment: how they are found wherever they went. */
    static final String COOKIE_VARIABLE = "ELECTION_EXEC";

    /** It was not run, because meanwhile the term, its guardian or this process had ended. As of env(1). */
    static final int NOT_RUN = 125;

    /**
     * Becomes the command, unless it is too late: whatever held this process up between deciding and starting, nothing
     * runs beyond its term or without a guardian. The shell goes; the command gets its words as they are. A JVM blocks
     * SIGQUIT in what it starts, which env of coreutils undoes.
     */
    private static final String STUB = """
            election_signals=
            ! env --default-signal=QUIT true 2>/dev/null || election_signals='env --default-signal=QUIT'
            [ "$PPID" = "$1" ] && kill -0 "$2" 2>/dev/null && read -r election_now election_idle </proc/uptime || exit 125
            election_now=${election_now%.*}${election_now#*.}
            [ "$election_now" -lt "$3" ] || exit 125
            shift 3
            exec $election_signals "$@"
            """;

    /** Before that: gives all words the bytes that they stand for. The dot keeps line breaks at the end. */
    private static final String UNESCAPE = """
            for election_word; do
              shift
              election_word=$(printf '%b.' "$election_word") || exit 125
              set -- "$@" "${election_word%.}"
            done
            """;

    /** Shells drop others from the environment. */
    private static final Pattern NAME_FOR_SHELLS = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Process process;
    private final ProcessTree tree;

    private Child(Process process, ProcessTree tree) {
        this.process = process;
        this.tree = tree;
    }

    /**
     * Starts it.
     *
     * @param command the first word has no equals sign
     * @param environment added to our own
     */
    static Child start(
            CommandWords command, Map<String, String> environment, String cookie, Guardian guardian, StopTimes times)
            throws IOException {
        boolean plain = command.areAscii();
        List<String> words = new ArrayList<>(List.of(
                "setsid",
                "sh",
                "-c",
                plain ? STUB : UNESCAPE + STUB,
                "election-exec",
                Long.toString(ProcessHandle.current().pid()),
                Long.toString(guardian.pid()),
                Long.toString(times.validUntil())));
        ProcessBuilder builder = new ProcessBuilder().inheritIO();
        builder.environment().putAll(environment);
        // One inside another: each finds its own.
        builder.environment().merge(COOKIE_VARIABLE, cookie, (outer, own) -> outer + "," + own);
        List<String> lost = builder.environment().entrySet().stream()
                .filter(each -> !NAME_FOR_SHELLS.matcher(each.getKey()).matches())
                .map(each -> each.getKey() + "=" + each.getValue())
                .toList();
        if (!lost.isEmpty()) {
            words.add("env");
            words.addAll(plain ? lost : CommandWords.escaped(lost));
        }
        words.addAll(plain ? command.plain() : command.escaped());
        Process process = builder.command(words).start();
        return new Child(process, new ProcessTree(cookie, ProcessTree.Leader.of(process.pid())));
    }

    /** All processes that came of it. */
    ProcessTree tree() {
        return tree;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** Waits for its end, and returns its exit code; 128 and the number of the signal that ended it. */
    int exitCode() {
        return process.onExit().join().exitValue();
    }
}
