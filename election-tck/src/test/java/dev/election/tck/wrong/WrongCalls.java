package dev.election.tck.wrong;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a client gets wrong about time, threads and its own end. */
final class WrongCalls {

    private WrongCalls() {}

    static Stream<Wrong> all() {
        return Stream.of(
                wrong("answers reads from a cache", "S3", "answered from a cache", Caches::new),
                wrong(
                        "answers reads from a cache when the store is silent",
                        "S6",
                        "it came from a cache",
                        CachesInNeed::new),
                wrong(
                        "sends late what it could not send in time",
                        "S6",
                        "was sent when the store could be reached again",
                        SendsLate::new),
                wrong("ignores timeouts", "S6", "did not return within its time", IgnoresTimeout::new),
                wrong("swallows interrupts", "S2", "the interrupt was swallowed", SwallowsInterrupts::new),
                wrong("waits on when it is interrupted", "S6", "an interrupt ends the wait", WaitsOn::new),
                wrong(
                        "leaves a thread behind when it is closed",
                        "S10",
                        "close\\(\\) leaves threads running: forgotten",
                        LeaksThread::new),
                wrong("works on after it was closed", "S10", "is an IllegalStateException", WorksAfterClose::new),
                wrong("cannot be closed twice", "S10", "closed already", ClosesOnce::new),
                wrong("closes what others use", "S10|S3", "closed", ClosesOthers::new),
                wrong(
                        "waits for its calls when it is closed",
                        "S10",
                        "close\\(\\) while the store does not answer did not return",
                        WaitsForCalls::new),
                wrong(
                        "deletes although it does not declare it",
                        "S2",
                        "does not declare DELETE",
                        UndeclaredDelete::new),
                wrong("watches although it does not declare it", "S9", "does not declare WATCH", UndeclaredWatch::new));
    }

    private static Wrong wrong(String name, String rule, String message, Function<Store, ElectionBackend> view) {
        return new Wrong(name, rule, message, () -> storeOf(view));
    }

    /** A correct store whose views are not. */
    static Store storeOf(Function<Store, ElectionBackend> view) {
        return new Store() {
            @Override
            public ElectionBackend open() {
                return view.apply(this);
            }
        };
    }

    static String anyElection(Store store) {
        synchronized (store) {
            return store.cells.keySet().iterator().next();
        }
    }

    private static class Caches extends View {
        final Map<String, Snapshot> cache = new ConcurrentHashMap<>();

        Caches(Store store) {
            super(store);
        }

        @Override
        public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
            requireOpen();
            Snapshot cached = cache.get(election);
            if (cached == null) {
                cached = super.read(election, timeout);
                cache.put(election, cached);
            }
            return cached;
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            cache.remove(election); // its own writes, it thinks of
            return super.swap(election, expected, next, timeout);
        }
    }

    private static final class CachesInNeed extends Caches {
        CachesInNeed(Store store) {
            super(store);
        }

        @Override
        public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
            if (store.network().isFine()) {
                cache.remove(election);
            }
            return super.read(election, timeout);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            CasOutcome outcome = super.swap(election, expected, next, timeout);
            if (outcome instanceof CasOutcome.Applied applied) {
                cache.put(election, applied.current());
            }
            return outcome;
        }
    }

    private static final class SendsLate extends View {
        SendsLate(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout)
                throws BackendException, InterruptedException {
            try {
                return super.swap(election, expected, next, timeout);
            } catch (BackendException e) {
                if (e.kind() == BackendException.Kind.TRANSIENT) {
                    store.network().whenHealed(() -> send(election, expected, next));
                }
                return new CasOutcome.Unknown(e);
            }
        }

        private void send(String election, Version expected, LockRecord next) {
            try {
                store.swap(election, expected, next);
            } catch (BackendException e) {
                // nobody waits for it
            }
        }
    }

    private static final class IgnoresTimeout extends View {
        IgnoresTimeout(Store store) {
            super(store);
        }

        @Override
        <T> T call(Callable<T> request, Duration timeout) throws Exception {
            return super.call(request, Duration.ofHours(1));
        }
    }

    private static final class SwallowsInterrupts extends View {
        SwallowsInterrupts(Store store) {
            super(store);
        }

        @Override
        CasOutcome swap(String election, Version expected, LockRecord next, Duration timeout) throws BackendException {
            try {
                return super.swap(election, expected, next, timeout);
            } catch (InterruptedException e) {
                return new CasOutcome.Unknown(e);
            } finally {
                Thread.interrupted();
            }
        }
    }

    private static final class WaitsOn extends View {
        WaitsOn(Store store) {
            super(store);
        }

        @Override
        <T> T call(Callable<T> request, Duration timeout) throws Exception {
            try {
                return super.call(request, timeout);
            } catch (InterruptedException e) {
                Thread.sleep(timeout.toMillis());
                throw e;
            }
        }
    }

    private static final class LeaksThread extends View {
        LeaksThread(Store store) {
            super(store);
            Thread thread = new Thread(
                    () -> {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            // which nobody will do
                        }
                    },
                    "forgotten");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static final class WorksAfterClose extends View {
        WorksAfterClose(Store store) {
            super(store);
        }

        @Override
        void requireOpen() {}
    }

    private static final class ClosesOnce extends View {
        ClosesOnce(Store store) {
            super(store);
        }

        @Override
        public void close() {
            if (closed) {
                throw new IllegalStateException("closed already");
            }
            super.close();
        }
    }

    private static final class ClosesOthers extends View {
        private static final Map<Store, Boolean> CLOSED = new ConcurrentHashMap<>();

        ClosesOthers(Store store) {
            super(store);
            CLOSED.remove(store);
        }

        @Override
        void requireOpen() {
            closed |= CLOSED.containsKey(store);
            super.requireOpen();
        }

        @Override
        public void close() {
            CLOSED.put(store, true);
            super.close();
        }
    }

    private static final class WaitsForCalls extends View {
        WaitsForCalls(Store store) {
            super(store);
        }

        @Override
        synchronized <T> T call(Callable<T> request, Duration timeout) throws Exception {
            return super.call(request, timeout.multipliedBy(50));
        }

        @Override
        public synchronized void close() {
            super.close();
        }
    }

    private static final class UndeclaredDelete extends View {
        UndeclaredDelete(Store store) {
            super(store);
        }

        @Override
        public Set<Capability> capabilities() {
            return EnumSet.of(Capability.WATCH);
        }
    }

    private static final class UndeclaredWatch extends View {
        UndeclaredWatch(Store store) {
            super(store);
        }

        @Override
        public Set<Capability> capabilities() {
            return EnumSet.of(Capability.DELETE);
        }
    }
}
