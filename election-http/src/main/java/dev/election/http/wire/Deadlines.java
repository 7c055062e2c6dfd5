package dev.election.http.wire;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections that may stay as they are for one and the same time, the one that entered first being the first to run
 * out: all is done in constant time. For one thread.
 */
final class Deadlines {

    private final long nanos;
    private final int most;
    private final Map<Connection, Long> entered = new LinkedHashMap<>();

    /** @param most how many may be in; one more makes the one that entered first close */
    Deadlines(Duration time, int most) {
        this.nanos = time.toNanos();
        this.most = most;
    }

    /** Begins to count anew if it was in already. */
    void enter(Connection connection, long now) {
        entered.remove(connection);
        entered.put(connection, now);
        if (entered.size() > most) {
            entered.keySet().iterator().next().close(); // which leaves
        }
    }

    void leave(Connection connection) {
        entered.remove(connection);
    }

    /** The one that entered first, if any. */
    @Nullable
    Connection eldest() {
        Iterator<Connection> each = entered.keySet().iterator();
        return each.hasNext() ? each.next() : null;
    }

    /** When the first will run out, in nanoseconds from now; {@link Long#MAX_VALUE} if there is none. */
    long nanosUntilDue(long now) {
        Iterator<Long> each = entered.values().iterator();
        return each.hasNext() ? each.next() + nanos - now : Long.MAX_VALUE;
    }

    /** Takes out the one that entered first if its time is over. */
    @Nullable
    Connection takeOverdue(long now) {
        Iterator<Map.Entry<Connection, Long>> each = entered.entrySet().iterator();
        if (!each.hasNext()) {
            return null;
        }
        Map.Entry<Connection, Long> first = each.next();
        if (now - first.getValue() < nanos) {
            return null;
        }
        Connection overdue = first.getKey();
        each.remove();
        return overdue;
    }
}
