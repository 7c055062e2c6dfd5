package dev.election.http.faults;

import dev.election.http.faults.BlackBox.Field;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Measures live heap, threads and open files of a candidate that is never ended, once a second. */
final class Vitals implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** While classes are loaded and pools are filled, everything grows. */
    private static final Duration WARM_UP = Duration.ofSeconds(45);

    /** What is shorter says nothing. */
    private static final Duration LEAST = Duration.ofMinutes(2);

    private static final double MAX_HEAP_KB = 4096;
    private static final double MAX_THREADS = 8;
    private static final double MAX_FILES = 8;

    private final CandidateProcess candidate;
    private final long start = System.nanoTime();
    private final Slope heap = new Slope();
    private final Slope threads = new Slope();
    private final Slope files = new Slope();
    private final Thread thread;
    private long lastHeap;
    private int mostThreads;
    private int mostFiles;

    /** Begins to measure. */
    Vitals(CandidateProcess candidate) {
        this.candidate = candidate;
        this.thread = new Thread(this::run, "vitals-" + candidate.id());
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
            while (true) {
                measure();
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("cannot measure " + candidate.id() + ": " + e);
        }
    }

    private synchronized void measure() throws IOException {
        long now = System.nanoTime();
        long bytes = candidate.box().get(Field.HEAP);
        if (bytes != 0 && bytes != lastHeap) {
            heap.add(now, bytes / 1024.0);
            lastHeap = bytes;
        }
        int runningThreads = candidate.threads();
        int openFiles = candidate.files();
        threads.add(now, runningThreads);
        files.add(now, openFiles);
        mostThreads = Math.max(mostThreads, runningThreads);
        mostFiles = Math.max(mostFiles, openFiles);
    }

    /** What grew too much; empty also when it was measured too shortly to tell. */
    synchronized List<String> growths() {
        List<String> growths = new ArrayList<>();
        if (System.nanoTime() - start - WARM_UP.toNanos() < LEAST.toNanos()) {
            return growths;
        }
        check(growths, "live heap in KB", heap, MAX_HEAP_KB);
        check(growths, "threads", threads, MAX_THREADS);
        check(growths, "open files and sockets", files, MAX_FILES);
        return growths;
    }

    private void check(List<String> growths, String what, Slope slope, double limit) {
        if (slope.growth() > limit) {
            growths.add(String.format(
                    Locale.ROOT,
                    "%s of %s grew by %.0f; the limit is %.0f",
                    what,
                    candidate.id(),
                    slope.growth(),
                    limit));
        }
    }

    /** As {@code key=value}. */
    synchronized String figures() {
        return String.format(
                Locale.ROOT,
                "heap_kb=%d heap_kb_per_min=%.1f threads_max=%d threads_per_min=%.2f files_max=%d files_per_min=%.2f",
                lastHeap / 1024,
                heap.perMinute(),
                mostThreads,
                threads.perMinute(),
                mostFiles,
                files.perMinute());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
