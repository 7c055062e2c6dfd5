package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The watches of one {@link FaultInjectingBackend}, and what goes wrong with their events. */
final class FaultyWatches {

    private final ElectionBackend backend;
    private final FaultScript<EventFault> script = new FaultScript<>(EventFault.NONE);
    private final Set<FaultyWatch> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    FaultyWatches(ElectionBackend backend) {
        this.backend = backend;
    }

    FaultScript<EventFault> script() {
        return script;
    }

    Watch open(String election, WatchListener listener, Duration timeout)
            throws BackendException, InterruptedException {
        FaultyWatch watch = new FaultyWatch(election, listener);
        open.add(watch);
        try {
            watch.opened(backend.watch(election, watch, timeout));
        } catch (BackendException | InterruptedException | RuntimeException e) {
            open.remove(watch);
            throw e;
        }
        return watch;
    }

    /** From now on no event arrives. */
    void cut() {
        cut = true;
    }

    /** Events arrive again; who may have missed some is told that the watch was lost. */
    void heal() {
        if (cut) {
            cut = false;
            lose(new IllegalStateException("the backend was cut off for a while"));
        }
    }

    void lose(Throwable cause) {
        List.copyOf(open).forEach(watch -> watch.lost(cause));
    }

    void tell(String election, @Nullable Snapshot event) {
        open.stream().filter(watch -> watch.election.equals(election)).forEach(watch -> watch.tell(event));
    }

    private final class FaultyWatch implements WatchListener, Watch {

        private final String election;
        private final WatchListener listener;
        private @Nullable Watch handle;
        private boolean over;

        FaultyWatch(String election, WatchListener listener) {
            this.election = election;
            this.listener = listener;
        }

        synchronized void opened(Watch opened) {
            handle = opened;
            if (over) {
                opened.close();
            }
        }

        @Override
        public void changed(@Nullable Snapshot current) {
            if (cut) {
                return;
            }
            switch (script.next(election)) {
                case NONE -> tell(current);
                case LOSE -> {}
                case REPEAT -> {
                    tell(current);
                    tell(current);
                }
                case HIDE -> tell(null);
                case END_WATCH -> lost(new IllegalStateException("the watch was made to end"));
            }
        }

        /** One at a time, whichever thread it comes from; listeners return at once. */
        synchronized void tell(@Nullable Snapshot event) {
            if (!over) {
                listener.changed(event);
            }
        }

        @Override
        public synchronized void lost(Throwable cause) {
            if (!over) {
                listener.lost(cause);
            }
            close();
        }

        @Override
        public synchronized void close() {
            over = true;
            open.remove(this);
            if (handle != null) {
                handle.close();
            }
        }
    }
}
