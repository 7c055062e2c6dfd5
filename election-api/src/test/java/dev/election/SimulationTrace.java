package dev.election;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a world. Every event goes into a hash; it is put into words only when somebody listens, which is in
 * the replay of a world that failed.
 */
final class SimulationTrace {

    /** What kinds of events there are; see {@link Entry} for what the numbers of each mean. */
    enum What {
        BOOT,
        DECIDE,
        SEND,
        APPLIED,
        REFUSED,
        FAILED,
        ACKNOWLEDGED,
        CONFLICT,
        UNKNOWN,
        ERROR,
        READ,
        EVENT,
        LEAD,
        END,
        STOP_WORK,
        RESIGN,
        CLOSE,
        DELETE,
        WRITE,
        CRASH,
        FAULT
    }

    /**
     * One event.
     *
     * @param at true nanoseconds since the world began
     * @param node the process and its incarnation, or the operator or the store
     * @param election its number
     * @param what what happened
     * @param detail what call, error, reason or fault
     * @param call the call's number within its candidate, or a duration in nanoseconds; 0 for none
     * @param expected the revision that a write expects, 0 for absence; -1 where it has no meaning
     * @param revision the revision that was written or seen, 0 for absence; -1 where it has no meaning
     * @param token the fencing token that was written, seen or given out; -1 where it has no meaning
     * @param holder the holder that was written or seen, empty for free
     */
    record Entry(
            long at,
            String node,
            int election,
            What what,
            String detail,
            long call,
            long expected,
            long revision,
            long token,
            String holder) {

        /** The names of the columns of {@link #tabbed}. */
        static final String HEADER = "at\tnode\telection\tevent\tdetail\tcall\texpected\trevision\ttoken\tholder";

        String tabbed() {
            return at + "\t" + node + "\t" + election + "\t" + label() + "\t" + detail + "\t" + call + "\t" + expected
                    + "\t" + revision + "\t" + token + "\t" + holder;
        }

        private String label() {
            return what.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%14.6f  %-12s #%d  %-12s %s", at / 1e9, node, election, label(), detail)
                    + number(" ", call)
                    + number(" expects ", expected)
                    + number(" at ", revision)
                    + number(" token ", token)
                    + (holder.isEmpty() ? "" : " holder " + holder);
        }

        private static String number(String before, long value) {
            return value < 0 || (value == 0 && before.equals(" ")) ? "" : before + value;
        }
    }

    /** Is told of every event. */
    interface Sink {
        void accept(Entry entry);
    }

    private final SimulatedTime time;
    private final @Nullable Sink sink;
    private long hash = 0x9E3779B97F4A7C15L;

    SimulationTrace(SimulatedTime time, @Nullable Sink sink) {
        this.time = time;
        this.sink = sink;
    }

    /** The same for every run of the same world. */
    long hash() {
        return hash;
    }

    void add(
            String node,
            int election,
            What what,
            String detail,
            long call,
            long expected,
            long revision,
            long token,
            String holder) {
        mix(time.now());
        mix(node.hashCode() * 31L + detail.hashCode());
        mix(what.ordinal() * 64L + election + (call << 12));
        mix(expected);
        mix(revision);
        mix(token);
        if (sink != null) {
            sink.accept(new Entry(time.now(), node, election, what, detail, call, expected, revision, token, holder));
        }
    }

    void add(String node, int election, What what, String detail) {
        add(node, election, what, detail, 0, -1, -1, -1, "");
    }

    /** A fault that lasts. */
    void fault(String node, SimulationFault fault, long nanos) {
        add(node, 0, What.FAULT, fault.name(), nanos, -1, -1, -1, "");
    }

    private void mix(long value) {
        long mixed = (hash ^ value) * 0xBF58476D1CE4E5B9L;
        hash = mixed ^ (mixed >>> 29);
    }
}
