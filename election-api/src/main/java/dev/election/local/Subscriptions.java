package dev.election.local;

import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import dev.election.spi.WatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watches of one backend, by election.
 *
 * <p>{@code add}, {@code removeAll} and closing a watch may be called from any thread; {@code report} and {@code lost}
 * only from the backend's one delivery thread, so that a listener is called one at a time and in order. No lock is held
 * while a listener runs.
 */
final class Subscriptions {

    private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);

    private final Map<String, List<Subscription>> byElection = new ConcurrentHashMap<>();

    /**
     * Adds a watch.
     *
     * @param seen what its owner can know already, so that it is not told; null when that could not be read
     */
    Watch add(String election, @Nullable Snapshot seen, WatchListener listener) {
        Subscription subscription = new Subscription(election, versionOf(seen), listener);
        byElection.compute(election, (name, present) -> {
            List<Subscription> all = present == null ? new CopyOnWriteArrayList<>() : present;
            all.add(subscription);
            return all;
        });
        return subscription;
    }

    /** The elections that somebody watches. */
    Set<String> elections() {
        return byElection.keySet();
    }

    boolean areFor(String election) {
        return byElection.containsKey(election);
    }

    /**
     * Tells those that watch this election, and have not been told yet.
     *
     * @param current what is stored now; null when it cannot be read
     */
    void report(String election, @Nullable Snapshot current) {
        for (Subscription subscription : byElection.getOrDefault(election, List.of())) {
            subscription.report(current);
        }
    }

    /** Ends all watches without telling their listeners. */
    List<Subscription> removeAll() {
        List<Subscription> removed = new ArrayList<>();
        for (String election : List.copyOf(byElection.keySet())) {
            List<Subscription> all = byElection.remove(election);
            if (all != null) {
                removed.addAll(all);
            }
        }
        return removed;
    }

    private static @Nullable Version versionOf(@Nullable Snapshot snapshot) {
        return snapshot == null ? null : snapshot.version();
    }

    /** One watch. */
    final class Subscription implements Watch {

        private final String election;
        private final WatchListener listener;
        private volatile boolean closed;

        /** Null when the last thing told was that the record cannot be read. Belongs to the delivery thread. */
        private @Nullable Version told;

        private Subscription(String election, @Nullable Version told, WatchListener listener) {
            this.election = election;
            this.told = told;
            this.listener = listener;
        }

        private void report(@Nullable Snapshot current) {
            Version version = versionOf(current);
            if (version == null ? told != null : !version.equals(told)) {
                told = version;
                call(to -> to.changed(current));
            }
        }

        void lost(Throwable cause) {
            call(to -> to.lost(cause));
            closed = true;
        }

        /** A listener that breaks its promise never to throw must not end the others' watches. */
        @SuppressWarnings("IllegalCatch")
        private void call(Consumer<WatchListener> message) {
            if (closed) {
                return;
            }
            try {
                message.accept(listener);
            } catch (RuntimeException | Error e) {
                log.warn(
                        "The listener of a watch on election {} threw, which it must not; its watch goes on",
                        election,
                        e);
            }
        }

        @Override
        public void close() {
            closed = true;
            byElection.computeIfPresent(election, (name, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            });
        }
    }
}
