package dev.election.zookeeper;

import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import org.jspecify.annotations.Nullable;

class IgnoringListener implements WatchListener {
    @Override
    public void changed(@Nullable Snapshot current) {}

    @Override
    public void lost(Throwable cause) {}
}
