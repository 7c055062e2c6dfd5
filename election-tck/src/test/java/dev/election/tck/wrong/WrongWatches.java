package dev.election.tck.wrong;

import dev.election.spi.ElectionBackend;
import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.io.IOException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a watch gets wrong. */
final class WrongWatches {

    private WrongWatches() {}

    static Stream<Wrong> all() {
        return Stream.of(
                wrong("misses every third change", "S9", "did not report", MissesChanges::new),
                wrong("misses deletions", "S9", "did not report the deletion", MissesDeletions::new),
                wrong("goes back in time", "S9", "went back in time", GoesBack::new),
                wrong("never ends", "S9", "a watch that was closed goes on", NeverEnds::new),
                wrong("outlives its view", "S10", "the watch of a view that was closed goes on", OutlivesView::new),
                wrong(
                        "is silent about what it missed",
                        "S9",
                        "neither reported .* nor said that it was lost",
                        SilentAfterFault::new),
                wrong(
                        "dies of what cannot be read",
                        "S9|S12",
                        "neither reported .* nor said|did not report",
                        DiesOfGarbage::new),
                wrong("tells two things at a time", "S9", "two things at a time", TellsAtOnce::new),
                wrong(
                        "says that it is lost when it is closed",
                        "S9",
                        "closed by its owner said that it was lost",
                        LostWhenClosed::new),
                wrong(
                        "goes on after it said that it is lost",
                        "S9",
                        "it says that it is lost, but nothing failed|which is the last that it says",
                        LostAndAlive::new));
    }

    private static Wrong wrong(String name, String rule, String message, Function<Store, Watches> made) {
        return new Wrong("a watch " + name, rule, message, () -> WrongCalls.storeOf(store -> view(store, made)));
    }

    private static ElectionBackend view(Store store, Function<Store, Watches> made) {
        return new View(store) {
            @Override
            Watches newWatches() {
                return made.apply(this.store);
            }
        };
    }

    private static final class MissesChanges extends Watches {
        private int changes;

        MissesChanges(Store store) {
            super(store);
        }

        @Override
        void tell(WatchListener listener, @Nullable Snapshot now, @Nullable Snapshot before) {
            if (++changes % 3 > 0) {
                super.tell(listener, now, before);
            }
        }
    }

    private static final class MissesDeletions extends Watches {
        MissesDeletions(Store store) {
            super(store);
        }

        @Override
        void tell(WatchListener listener, @Nullable Snapshot now, @Nullable Snapshot before) {
            if (now == null || !now.isAbsent()) {
                super.tell(listener, now, before);
            }
        }
    }

    private static final class GoesBack extends Watches {
        GoesBack(Store store) {
            super(store);
        }

        @Override
        void tell(WatchListener listener, @Nullable Snapshot now, @Nullable Snapshot before) {
            if (before != null && !before.isAbsent()) {
                super.tell(listener, now, before);
                super.tell(listener, before, before);
            }
            super.tell(listener, now, before);
        }
    }

    private static final class NeverEnds extends Watches {
        NeverEnds(Store store) {
            super(store);
        }

        @Override
        void end(Watched watched) {}
    }

    private static final class OutlivesView extends Watches {
        OutlivesView(Store store) {
            super(store);
        }

        @Override
        void close() {}

        @Override
        void end(Watched watched) {
            // The view is closed first, and then whoever opened the watch closes that, too.
        }
    }

    private static final class SilentAfterFault extends Watches {
        SilentAfterFault(Store store) {
            super(store);
        }

        @Override
        void lookAtAll() {}
    }

    private static final class DiesOfGarbage extends Watches {
        DiesOfGarbage(Store store) {
            super(store);
        }

        @Override
        void tell(WatchListener listener, @Nullable Snapshot now, @Nullable Snapshot before) {
            if (now == null) {
                all.clear();
            } else {
                super.tell(listener, now, before);
            }
        }
    }

    private static final class TellsAtOnce extends Watches {
        TellsAtOnce(Store store) {
            super(store);
        }

        @Override
        void tell(WatchListener listener, @Nullable Snapshot now, @Nullable Snapshot before) {
            Thread other = new Thread(() -> super.tell(listener, now, before));
            other.start();
            super.tell(listener, now, before);
            try {
                other.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class LostWhenClosed extends Watches {
        LostWhenClosed(Store store) {
            super(store);
        }

        @Override
        void end(Watched watched) {
            super.end(watched);
            watched.listener.lost(new IOException("closed"));
        }
    }

    private static final class LostAndAlive extends Watches {
        LostAndAlive(Store store) {
            super(store);
        }

        @Override
        void tell(WatchListener listener, @Nullable Snapshot now, @Nullable Snapshot before) {
            super.tell(listener, now, before);
            if (before != null && !before.isAbsent()) {
                listener.lost(new IOException("a hiccup"));
            }
        }
    }
}
