package dev.election.tck;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for an order of a history's operations that explains it: one at a time, each at some instant between its
 * beginning and its end, each answered as a single record would answer. If there is none, the store is not
 * linearizable (Herlihy and Wing, 1990).
 *
 * <p>The search is that of Wing and Gong (1993) with Lowe's memory (2017): it takes operations in the order in which
 * they began, as long as each fits the state that those before it left; where the next to end cannot be placed, it takes
 * back the last one. It remembers each set of placed operations together with the state that they left, as going on from
 * there a second time would find nothing new. A set that the search reaches differs from a beginning of the history by
 * at most one operation of each caller, so that the work grows with the length of the history and not exponentially;
 * operations whose outcome is open may double it, each, but hardly do: a state that was left never returns, as writes
 * are unique, so that few of them fit at any time.
 *
 * <p>Writes whose outcome is open, and whose state nobody ever told of, are all the same to everybody else. Of those that
 * expected the same state, and of open deletions, only the one that began first is tried, and the others after it: in any
 * order that explains the history two of them can change places. A store that answers "unknown" to much, and deletes,
 * would double the work with each of them otherwise, since absence does return.
 *
 * <p>An operation whose outcome is open has no end: it may be placed anywhere after its beginning, or nowhere. All
 * others must be placed, so the search has succeeded when no end is left. That operations of the open kind are only
 * placed where they change the state loses nothing: elsewhere they change nothing.
 */
final class Linearizability {

    /** A beginning or an end of an operation, in a list that operations are taken out of and put back into. */
    private static final class Event {

        private final int operation;
        private final boolean isEnd;
        private final long time;
        private Event before = this;
        private Event after = this;

        Event(int operation, boolean isEnd, long time) {
            this.operation = operation;
            this.isEnd = isEnd;
            this.time = time;
        }

        void insertAfter(Event other) {
            before = other;
            after = other.after;
            other.after.before = this;
            other.after = this;
        }

        void takeOut() {
            before.after = after;
            after.before = before;
        }

        /** Undoes {@link #takeOut}; in the reverse order of those. */
        void putBack() {
            before.after = this;
            after.before = this;
        }
    }

    /** All states that nobody ever told of. */
    private static final String UNTOLD = "what nobody saw";

    private record Placed(Event begin, String stateBefore) {}

    private record Seen(BitSet placed, String state) {}

    private final List<Operation> operations;
    private final Event head = new Event(-1, false, Long.MIN_VALUE);
    private final Event[] ends;

    /** The open operation that began last before this one and could take its place; -1 if there is none. */
    private final int[] twins;

    private final Set<String> toldOf = new HashSet<>();

    private final BitSet placed = new BitSet();
    private final Deque<Placed> order = new ArrayDeque<>();
    private final Set<Seen> memory = new HashSet<>();
    private String state;

    private List<Integer> longest = List.of();
    private String stateOfLongest;
    private int stuckAt = -1;

    private Linearizability(List<Operation> operations, String initial) {
        this.operations = operations;
        this.state = initial;
        this.stateOfLongest = initial;
        this.ends = new Event[operations.size()];
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            events.add(new Event(i, false, operation.invoked()));
            if (!operation.isOpen()) {
                ends[i] = new Event(i, true, operation.returned());
                events.add(ends[i]);
            }
        }
        events.sort(Comparator.comparingLong((Event event) -> event.time));
        this.twins = twins(events);
        Event last = head;
        for (Event event : events) {
            event.insertAfter(last);
            last = event;
        }
    }

    private int[] twins(List<Event> events) {
        for (Operation operation : operations) {
            toldOf.add(operation.seen());
            toldOf.add(operation.expected());
        }
        int[] before = new int[operations.size()];
        Arrays.fill(before, -1);
        Map<String, Integer> last = new HashMap<>();
        for (Event event : events) {
            Operation operation = operations.get(event.operation);
            boolean same = operation.kind() == Operation.Kind.MAYBE_DELETED || isUntold(operation);
            if (!event.isEnd && same) {
                Integer twin = last.put(operation.kind() + " " + operation.expected(), event.operation);
                before[event.operation] = twin == null ? -1 : twin;
            }
        }
        return before;
    }

    /**
     * Checks a history.
     *
     * @param initial the state before all of its operations
     * @return why no order explains it; empty when one does
     */
    static Optional<String> violation(List<Operation> operations, String initial) {
        Linearizability search = new Linearizability(operations, initial);
        return search.findOrder() ? Optional.empty() : Optional.of(search.explanation(initial));
    }

    private boolean isUntold(Operation operation) {
        return operation.kind() == Operation.Kind.MAYBE && !toldOf.contains(operation.written());
    }

    private boolean findOrder() {
        Event event = head.after;
        while (event != head) {
            if (event.isEnd) {
                // All that began before this end were tried; it is not placed, or its end would be gone.
                remember(event.operation);
                if (order.isEmpty()) {
                    return false;
                }
                event = takeBack().after;
            } else if (place(event)) {
                event = head.after;
            } else {
                event = event.after;
            }
        }
        return true;
    }

    private boolean place(Event begin) {
        Operation operation = operations.get(begin.operation);
        int twin = twins[begin.operation];
        if (!operation.fits(state) || twin >= 0 && !placed.get(twin)) {
            return false;
        }
        String left = operation.leaves(state);
        if (isUntold(operation)) {
            left = UNTOLD;
        }
        placed.set(begin.operation);
        if (!memory.add(new Seen((BitSet) placed.clone(), left))) {
            placed.clear(begin.operation);
            return false;
        }
        order.push(new Placed(begin, state));
        state = left;
        begin.takeOut();
        if (ends[begin.operation] != null) {
            ends[begin.operation].takeOut();
        }
        return true;
    }

    private Event takeBack() {
        Placed last = order.pop();
        Event begin = last.begin();
        if (ends[begin.operation] != null) {
            ends[begin.operation].putBack();
        }
        begin.putBack();
        placed.clear(begin.operation);
        state = last.stateBefore();
        return begin;
    }

    /** Keeps the best try, for the explanation. */
    private void remember(int stuck) {
        if (stuckAt < 0 || order.size() > longest.size()) {
            List<Integer> indices = new ArrayList<>();
            order.descendingIterator().forEachRemaining(step -> indices.add(step.begin().operation));
            longest = indices;
            stateOfLongest = state;
            stuckAt = stuck;
        }
    }

    private String explanation(String initial) {
        StringBuilder text = new StringBuilder("no order of these calls explains their answers, each taking effect at"
                + " once and somewhere between its begin and its end [in brackets]. The best try, after "
                + longest.size() + " of " + operations.size() + ", from " + initial + ":\n");
        int from = Math.max(0, longest.size() - 6);
        longest.subList(from, longest.size())
                .forEach(i -> text.append("    ").append(operations.get(i)).append('\n'));
        return text.append("  leaves ")
                .append(stateOfLongest)
                .append(", and then this cannot be:\n    ")
                .append(operations.get(stuckAt))
                .toString();
    }
}
