package dev.election;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** True time, and what is to happen at which moment of it: a heap ordered by time, then by the order of scheduling. */
final class SimulatedTime {

    private long[] due = new long[256];
    private long[] order = new long[256];
    private @Nullable Runnable[] actions = new Runnable[256];
    private int size;
    private long scheduled;
    private long now;

    /** Nanoseconds since the world began. */
    long now() {
        return now;
    }

    /** How many things were scheduled since then. */
    long scheduled() {
        return scheduled;
    }

    void after(long nanos, Runnable action) {
        if (size == due.length) {
            due = Arrays.copyOf(due, 2 * size);
            order = Arrays.copyOf(order, 2 * size);
            actions = Arrays.copyOf(actions, 2 * size);
        }
        long at = now + Math.max(0, nanos);
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) >>> 2;
            if (due[parent] <= at) { // whatever is in the heap was scheduled earlier
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        put(hole, at, scheduled++, action);
    }

    /** Runs the next action if it is due by then; else time has passed until then, and the answer is false. */
    boolean step(long until) {
        if (size == 0 || due[0] > until) {
            now = Math.max(now, until);
            return false;
        }
        now = due[0];
        Runnable action = actions[0];
        removeFirst();
        if (action != null) {
            action.run();
        }
        return true;
    }

    private void removeFirst() {
        int last = --size;
        long at = due[last];
        long turn = order[last];
        Runnable action = actions[last];
        actions[last] = null;
        if (last == 0) {
            return;
        }
        int hole = 0;
        while (true) {
            int first = 4 * hole + 1;
            if (first >= last) {
                break;
            }
            int least = first;
            for (int child = first + 1; child < Math.min(first + 4, last); child++) {
                if (isBefore(due[child], order[child], least)) {
                    least = child;
                }
            }
            if (!isBefore(due[least], order[least], at, turn)) {
                break;
            }
            move(least, hole);
            hole = least;
        }
        put(hole, at, turn, action);
    }

    private boolean isBefore(long at, long turn, int other) {
        return isBefore(at, turn, due[other], order[other]);
    }

    private static boolean isBefore(long at, long turn, long otherAt, long otherTurn) {
        return at < otherAt || (at == otherAt && turn < otherTurn);
    }

    private void move(int from, int to) {
        put(to, due[from], order[from], actions[from]);
    }

    private void put(int where, long at, long turn, @Nullable Runnable action) {
        due[where] = at;
        order[where] = turn;
        actions[where] = action;
    }
}
