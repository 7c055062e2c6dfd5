package dev.election.tck.wrong;

import dev.election.spi.ElectionBackend.Watch;
import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The watches of one view, correct: a thread reads what changed, and looks at everything when a fault has ended. */
class Watches {

    /** One watch. */
    class Watched implements Watch {
        final String election;
        final WatchListener listener;
        volatile boolean ended;
        private Optional<Snapshot> told; // the thread's own, once it runs

        Watched(String election, WatchListener listener, Optional<Snapshot> seen) {
            this.election = election;
            this.listener = listener;
            this.told = seen;
        }

        private void look() {
            Optional<Snapshot> now = store.readOrNothing(election);
            if (!ended && !now.equals(told)) {
                Optional<Snapshot> before = told;
                told = now;
                tell(listener, now.orElse(null), before.orElse(null));
            }
        }

        @Override
        public void close() {
            end(this);
        }
    }

    final Store store;
    final List<Watched> all = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> changed = new LinkedBlockingQueue<>();
    private final Consumer<String> observer = this::event;
    private final Runnable healing = this::lookAtAll;
    private @Nullable Thread thread; // guarded by this

    Watches(Store store) {
        this.store = store;
    }

    synchronized Watch add(String election, WatchListener listener, Optional<Snapshot> seen) {
        if (thread == null) {
            store.observe(observer);
            store.network().whenHealed(healing);
            thread = new Thread(this::deliver, "wrong-watch"); // and right, too; not "tck-", which are the kit's
            thread.setDaemon(true);
            thread.start();
        }
        Watched watched = new Watched(election, listener, seen);
        all.add(watched);
        changed.add(election); // between the read and now
        return watched;
    }

    private void event(String election) {
        if (store.network().isFine()) {
            changed.add(election);
        }
    }

    void lookAtAll() {
        all.forEach(watched -> changed.add(watched.election));
    }

    private void deliver() {
        try {
            while (true) {
                String election = changed.take();
                for (Watched watched : all) {
                    if (watched.election.equals(election) && store.network().isFine()) {
                        watched.look();
                    }
                }
            }
        } catch (InterruptedException e) {
            // the end
        }
    }

    // What watches can get wrong.

    void tell(WatchListener listener, @Nullable Snapshot now, @Nullable Snapshot before) {
        listener.changed(now);
    }

    void end(Watched watched) {
        watched.ended = true;
        all.remove(watched);
    }

    void close() {
        all.forEach(this::end);
        stop();
    }

    final synchronized void stop() {
        store.forget(observer);
        store.network().forget(healing);
        if (thread != null) {
            thread.interrupt();
        }
    }
}
