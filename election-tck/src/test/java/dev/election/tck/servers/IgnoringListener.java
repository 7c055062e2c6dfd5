package dev.election.tck.servers;

import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import org.jspecify.annotations.Nullable;

public class IgnoringListener implements WatchListener {
    @Override
    public void changed(@Nullable Snapshot current) {}

    @Override
    public void lost(Throwable cause) {}
}
