package dev.election.zookeeper;

import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import dev.election.tck.servers.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers what a watch told, and on which threads. */
final class Seen implements WatchListener {

    final List<@Nullable Snapshot> changes = new CopyOnWriteArrayList<>();
    final List<Throwable> losses = new CopyOnWriteArrayList<>();
    final List<String> threads = new CopyOnWriteArrayList<>();

    @Override
    public void changed(@Nullable Snapshot current) {
        threads.add(Thread.currentThread().getName());
        changes.add(current);
    }

    @Override
    public void lost(Throwable cause) {
        threads.add(Thread.currentThread().getName());
        losses.add(cause);
    }

    void await(@Nullable Snapshot snapshot) throws Exception {
        Await.until("seeing " + snapshot + " among " + changes, () -> changes.contains(snapshot));
    }

    void awaitLoss() throws Exception {
        Await.until("the loss", () -> !losses.isEmpty());
    }
}
