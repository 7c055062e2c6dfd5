package dev.election;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Names threads, and keeps them from keeping the JVM alive. */
final class Threads {

    private Threads() {}

    /** Daemon threads named {@code name-1}, {@code name-2}, … */
    static ThreadFactory daemons(String name) {
        AtomicLong count = new AtomicLong();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
