package dev.election.http.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one run of a command: those that have its cookie in their environment, wherever they went, those of
 * its session, and the descendants of these. {@code guardian.sh} looks for the same.
 *
 * <p>Nothing is remembered of them but the leader's number, which is compared with when it was started: each look finds
 * them anew, so that no number that went to another process is ever hit.
 */
final class ProcessTree implements Stopping.Processes {

    private static final Logger log = LoggerFactory.getLogger(ProcessTree.class);

    private static final Path PROC = Path.of("/proc");

    /** No command was started yet, as far as its number is known. */
    static final Leader NO_LEADER = new Leader(0, 0);

    /**
     * The process that leads the session of the command: the command itself.
     *
     * @param start as in {@code /proc/PID/stat}; 0 when it had ended before one could look
     */
    record Leader(long pid, long start) {

        static Leader of(long pid) {
            return new Leader(
                    pid, ProcessStat.read(PROC, pid).map(ProcessStat::start).orElse(0L));
        }
    }

    private final Path proc;
    private final String cookie;
    private final Leader leader;

    ProcessTree(String cookie, Leader leader) {
        this(PROC, cookie, leader);
    }

    ProcessTree(Path proc, String cookie, Leader leader) {
        this.proc = proc;
        this.cookie = cookie;
        this.leader = leader;
    }

    Leader leader() {
        return leader;
    }

    /** Their numbers. */
    List<Long> living() throws IOException {
        return search().stream().map(ProcessStat::pid).toList();
    }

    @Override
    public boolean isGone() throws IOException {
        boolean led = ProcessStat.find(proc, leader.pid())
                .filter(stat -> stat.isLiving() && stat.start() == leader.start())
                .isPresent();
        return !led && search().isEmpty(); // all processes are looked at only when it is worth it
    }

    /**
     * Sends a signal to all of them: to the leader's group at one stroke, so that none of it can fork meanwhile, then to
     * those that left it.
     *
     * @param signal such as {@code TERM}
     */
    @Override
    public void signal(String signal) throws IOException {
        List<ProcessStat> found = search();
        if (found.isEmpty()) {
            return;
        }
        List<String> targets = new ArrayList<>();
        if (found.stream().anyMatch(each -> each.group() == leader.pid())) {
            targets.add("-" + leader.pid());
        }
        found.stream()
                .filter(each -> each.group() != leader.pid())
                .forEach(each -> targets.add(Long.toString(each.pid())));
        kill(signal, targets);
    }

    /** Sends a signal to the command's own process, if it is there. */
    void signalLeader(String signal) throws IOException {
        if (search().stream().anyMatch(each -> each.pid() == leader.pid())) {
            kill(signal, List.of(Long.toString(leader.pid())));
        }
    }

    /** Sends {@code SIGKILL} to all that there are at this moment. Others may have been forked meanwhile. */
    @Override
    public void kill() throws IOException {
        for (ProcessStat each : search()) {
            ProcessHandle.of(each.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Only a shell sends to groups, and other signals than two. */
    private static void kill(String signal, List<String> targets) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill \"$@\" 2>/dev/null", "kill", "-" + signal));
        command.addAll(targets);
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .onExit()
                .join() // whatever interrupts: it is done in a moment
                .exitValue();
        log.debug("kill -{} {}: exit code {}", signal, targets, exit); // not 0 when one of them ended meanwhile
    }

    /** Its living processes, zombies not among them. */
    List<ProcessStat> search() throws IOException {
        Map<Long, ProcessStat> all = new LinkedHashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path entry : entries) {
                ProcessStat.find(proc, Long.parseLong(entry.getFileName().toString()))
                        .filter(ProcessStat::isLiving)
                        .ifPresent(stat -> all.put(stat.pid(), stat));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        boolean knowsSession = leader.pid() != 0
                && Optional.ofNullable(all.get(leader.pid()))
                        .map(stat -> leader.start() == 0 || stat.start() == leader.start())
                        .orElse(true);
        Map<Long, ProcessStat> found = all.values().stream()
                .filter(stat -> knowsSession && stat.session() == leader.pid() || hasCookie(stat.pid()))
                .collect(Collectors.toMap(ProcessStat::pid, stat -> stat));
        for (int before = -1; before != found.size(); ) {
            before = found.size();
            all.values().stream()
                    .filter(stat -> found.containsKey(stat.parent()))
                    .toList()
                    .forEach(stat -> found.put(stat.pid(), stat));
        }
        return List.copyOf(found.values());
    }

    private boolean hasCookie(long pid) {
        try {
            byte[] environment =
                    Files.readAllBytes(proc.resolve(Long.toString(pid)).resolve("environ"));
            return new String(environment, StandardCharsets.ISO_8859_1).contains(cookie);
        } catch (IOException e) {
            return false; // it has ended, or is somebody else's
        }
    }

    @Override
    public String toString() {
        try {
            return living().stream().map(String::valueOf).collect(Collectors.joining(", "));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
