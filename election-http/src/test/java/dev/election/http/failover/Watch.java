package dev.election.http.failover;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks one candidate every 5 ms whether it leads, on a thread of its own. */
final class Watch implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(5);

    /** An answer takes about a millisecond; the machine may be busy. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private static final Pattern LEADING = Pattern.compile("\"leading\":true,\"fencingToken\":(\\d+)");

    private final Candidate candidate;
    private final Terms terms;
    private final Thread thread;
    private boolean paused;
    private boolean asking;

    Watch(Candidate candidate, Terms terms) {
        this.candidate = candidate;
        this.terms = terms;
        this.thread = new Thread(this::run, "watch-" + candidate.id());
        thread.setDaemon(true);
        thread.start();
    }

    /** Asks no more; when it returns, no request is under way. */
    synchronized void pause() throws InterruptedException {
        paused = true;
        while (asking) {
            wait();
        }
    }

    synchronized void resume() {
        paused = false;
        notifyAll();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                begin();
                try {
                    ask();
                } finally {
                    ended();
                }
                LockSupport.parkNanos(INTERVAL.toNanos());
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void begin() throws InterruptedException {
        while (paused) {
            wait();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        asking = true;
    }

    private synchronized void ended() {
        asking = false;
        notifyAll();
    }

    private void ask() {
        Optional<String> answer = candidate.ask("/isLeader", LIMIT);
        if (answer.isPresent()) {
            terms.sampled();
        }
        if (answer.equals(Optional.of("{\"isLeader\":true}"))) {
            long noticed = System.nanoTime();
            long sent = System.nanoTime();
            String details = candidate.ask("/v1/elections", LIMIT).orElse("");
            long received = System.nanoTime();
            Matcher leading = LEADING.matcher(details);
            if (leading.find()) {
                terms.led(candidate.id(), Long.parseLong(leading.group(1)), noticed, sent, received);
            }
        }
    }
}
