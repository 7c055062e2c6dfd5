package dev.election.tck;

import dev.election.tck.Operation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A history as a correct store makes it: callers overlap, and each call takes effect at one instant while it lasts; one
 * whose outcome is open at any later time, or never.
 */
final class RandomHistory {

    private final Random random;
    private final boolean deletes;
    private final double open;
    private final List<Operation> done = new ArrayList<>();
    private final List<Call> late = new ArrayList<>();
    private final List<String> states = new ArrayList<>(List.of(Operation.ABSENT));
    private String state = Operation.ABSENT;
    private long time;
    private int writes;

    /** A call under way. */
    private final class Call {
        final String caller;
        final Kind asked;
        final String expected;
        final String written;
        final long invoked = ++time;
        final boolean unanswered = random.nextDouble() < open;
        Kind answer;
        String seen = "";
        boolean happened;

        Call(String caller, Kind asked, String expected) {
            this.caller = caller;
            this.asked = asked;
            this.answer = asked;
            this.expected = asked == Kind.APPLIED ? expected : "";
            this.written = asked == Kind.APPLIED ? "w" + ++writes : "";
        }

        /** The instant at which it takes effect. */
        void happen() {
            happened = true;
            boolean fits = asked == Kind.APPLIED ? state.equals(expected) : !state.equals(Operation.ABSENT);
            switch (asked) {
                case READ -> seen = state;
                case APPLIED -> {
                    answer = fits ? Kind.APPLIED : Kind.CONFLICT;
                    seen = fits ? "" : state;
                    change(fits ? written : state);
                }
                default -> {
                    answer = fits ? Kind.DELETED : Kind.FOUND_NONE;
                    change(Operation.ABSENT);
                }
            }
        }

        void end() {
            if (!unanswered) {
                if (answer == Kind.CONFLICT && random.nextInt(3) == 0) {
                    seen = ""; // a store that does not tell
                }
                done.add(new Operation(caller, answer, expected, written, seen, invoked, ++time));
            } else if (asked != Kind.READ) {
                Kind kind = asked == Kind.APPLIED ? Kind.MAYBE : Kind.MAYBE_DELETED;
                done.add(new Operation(caller, kind, expected, written, "", invoked, Operation.NEVER));
                if (!happened) {
                    late.add(this);
                }
            }
        }
    }

    private RandomHistory(Random random, boolean deletes, double open) {
        this.random = random;
        this.deletes = deletes;
        this.open = open;
    }

    /**
     * Makes a history.
     *
     * @param open how often the outcome is open, from 0 to 1
     */
    static List<Operation> of(Random random, int callers, int length, boolean deletes, double open) {
        return new RandomHistory(random, deletes, open).run(callers, length);
    }

    private List<Operation> run(int callers, int length) {
        Call[] running = new Call[callers];
        for (int begun = 0; begun < length || anyOf(running); ) {
            int i = random.nextInt(callers);
            if (!late.isEmpty() && random.nextInt(10) == 0) {
                late.remove(random.nextInt(late.size())).happen();
            } else if (running[i] == null) {
                if (begun < length) {
                    running[i] = begin("c" + i);
                    begun++;
                }
            } else if (!running[i].happened && (!running[i].unanswered || random.nextBoolean())) {
                running[i].happen();
            } else {
                running[i].end();
                running[i] = null;
            }
        }
        return done;
    }

    private static boolean anyOf(Call[] running) {
        for (Call call : running) {
            if (call != null) {
                return true;
            }
        }
        return false;
    }

    private Call begin(String caller) {
        int choice = random.nextInt(10);
        Kind asked = choice < 4 ? Kind.READ : choice == 9 && deletes ? Kind.DELETED : Kind.APPLIED;
        // Mostly the current state, so that much is applied; else one of the past.
        String expected = random.nextInt(5) > 0 ? state : states.get(random.nextInt(states.size()));
        return new Call(caller, asked, expected);
    }

    private void change(String next) {
        if (!next.equals(state)) {
            states.add(next);
        }
        state = next;
    }
}
