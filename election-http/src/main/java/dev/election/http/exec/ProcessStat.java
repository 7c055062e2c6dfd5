package dev.election.http.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code /proc/PID/stat} tells of a process; see proc(5).
 *
 * @param threads how many threads run in it
 * @param start when it was started, in ticks since boot: two processes of one number differ in it
 */
record ProcessStat(long pid, char state, long parent, long group, long session, long threads, long start) {

    /** Fields are counted from the state on, the third, because the name before it may hold anything. */
    private static final int THREADS = 20 - 3;

    private static final int START = 22 - 3;

    /** Reads it; empty when there is no such process (any more), or it cannot be looked at. */
    static Optional<ProcessStat> read(Path proc, long pid) {
        try {
            return find(proc, pid);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads it; empty when there is no such process (any more).
     *
     * @throws IOException when there is one that cannot be looked at, as when this process may open no more files
     */
    static Optional<ProcessStat> find(Path proc, long pid) throws IOException {
        Path file = proc.resolve(Long.toString(pid)).resolve("stat");
        try {
            return Optional.of(parse(pid, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            if (Files.exists(file)) { // opens none
                throw e;
            }
            return Optional.empty();
        }
    }

    static ProcessStat parse(long pid, String text) {
        String[] fields = text.substring(text.lastIndexOf(") ") + 2).split(" ");
        return new ProcessStat(
                pid,
                fields[0].charAt(0),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[THREADS]),
                Long.parseLong(fields[START]));
    }

    /**
     * Neither ended and waiting for its parent, nor about to vanish. One whose first thread has ended looks like a zombie
     * as long as its other threads run.
     */
    boolean isLiving() {
        return state != 'X' && (state != 'Z' || threads > 1);
    }
}
