package dev.election.http.command;

import dev.election.Elections;
import dev.election.LeaderObserver;
import dev.election.LeaderView;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Prints a line for each election, and one for each change of it. Told by any thread, prints on one. */
final class ChangeLines implements AutoCloseable {

    /** What no event tells: that the store cannot be reached. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** How one election is, without what changes all the time. */
    record Seen(
            String state,
            @Nullable String leader,
            OptionalLong token,
            @Nullable String problem) {

        static Seen of(LeaderView view, Optional<String> problem) {
            if (view instanceof LeaderView.Known known) {
                return new Seen("known", known.identity(), known.fencingToken(), problem.orElse(null));
            }
            String state = view instanceof LeaderView.None ? "none" : "unknown";
            return new Seen(state, null, OptionalLong.empty(), problem.orElse(null));
        }

        /** Before anything is heard there is nothing to tell, unless something is wrong. */
        boolean isWorthALine() {
            return !state.equals("unknown") || problem != null;
        }

        /** The same trouble may be told in other words each time. */
        boolean isSameAs(@Nullable Seen other) {
            return other != null
                    && state.equals(other.state)
                    && Objects.equals(leader, other.leader)
                    && token.equals(other.token)
                    && (problem == null) == (other.problem == null);
        }
    }

    private final Terminal terminal;
    private final boolean json;
    private final Map<String, Seen> printed = new HashMap<>();
    private final Semaphore changed = new Semaphore(0);
    private volatile boolean closed;

    ChangeLines(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
    }

    /** Observes these elections, and returns when it is closed or its lines go nowhere. */
    void printUntilNobodyReads(List<String> names, Elections elections) throws InterruptedException {
        List<LeaderObserver> observers = new ArrayList<>();
        for (String name : names) {
            observers.add(elections.observe(name, view -> changed.release()));
        }
        PrintStream out = terminal.out();
        try (Progress waiting = Progress.of(terminal, "the first news")) {
            while (!closed && !out.checkError()) {
                for (LeaderObserver observer : observers) {
                    look(
                            observer.election(),
                            Seen.of(observer.leader(), observer.health().problem()),
                            waiting);
                }
                if (changed.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    changed.drainPermits();
                }
            }
        }
    }

    private void look(String election, Seen seen, Progress waiting) {
        boolean first = !printed.containsKey(election);
        if (!closed && !seen.isSameAs(printed.get(election)) && (!first || seen.isWorthALine())) {
            waiting.end();
            printed.put(election, seen);
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            terminal.out().print(json ? json(now, election, seen) : text(now, election, seen, terminal.outStyle()));
            terminal.out().flush();
        }
    }

    static String text(Instant time, String election, Seen seen, Style style) {
        String token = seen.token.isPresent() ? " (fencing token " + seen.token.getAsLong() + ")" : "";
        String state = switch (seen.state) {
            case "known" -> style.bold(Printable.of(String.valueOf(seen.leader))) + style.good(" leads") + token;
            case "none" -> style.warning("nobody leads");
            default -> style.bad("not known who leads");
        };
        String problem = seen.problem == null ? "" : ": " + seen.problem;
        return time + "  " + style.bold(election) + "  " + state + Printable.of(problem) + "\n";
    }

    static String json(Instant time, String election, Seen seen) {
        return Json.line(json -> {
            json.writeStringField("time", time.toString());
            json.writeStringField("election", election);
            json.writeStringField("state", seen.state);
            json.writeFieldName("leader");
            if (seen.leader == null) {
                json.writeNull();
            } else {
                json.writeStartObject();
                json.writeStringField("name", seen.leader);
                json.writeFieldName("fencingToken");
                if (seen.token.isPresent()) {
                    json.writeNumber(seen.token.getAsLong());
                } else {
                    json.writeNull();
                }
                json.writeEndObject();
            }
            json.writeStringField("problem", seen.problem);
        });
    }

    /** Prints nothing more. */
    @Override
    public void close() {
        closed = true;
        changed.release();
    }
}
