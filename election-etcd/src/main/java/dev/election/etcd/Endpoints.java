package dev.election.etcd;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The members of etcd that we were told of. All calls go to one of them, until it fails one: then the next call, never
 * the failed one again, goes to the next. So a member that is down, frozen or cut off costs one call.
 */
final class Endpoints {

    private final List<Endpoint> all;

    /** Begins anywhere, so that a fleet of candidates is spread over the members. */
    private final AtomicInteger current;

    Endpoints(List<Endpoint> all) {
        this.all = List.copyOf(all);
        this.current = new AtomicInteger(ThreadLocalRandom.current().nextInt(all.size()));
    }

    /** What one call uses. */
    final class Use {
        private final int index = current.get();
        private final Endpoint endpoint = all.get(index);
        private final long connection = endpoint.connection();

        private Use() {}

        Endpoint endpoint() {
            return endpoint;
        }

        /** The call failed in a way that a fresh connection, or another member, may not. */
        void failed() {
            endpoint.giveUp(connection);
            current.compareAndSet(index, (index + 1) % all.size());
        }
    }

    Use take() {
        return new Use();
    }

    void close() {
        all.forEach(Endpoint::shutdown);
        all.forEach(Endpoint::awaitEnd);
    }

    @Override
    public String toString() {
        return all.size() == 1 ? all.get(0).toString() : all.toString();
    }
}
