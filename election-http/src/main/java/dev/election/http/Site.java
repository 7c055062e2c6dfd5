package dev.election.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.election.http.Route.Access;
import dev.election.http.wire.Answer;
import dev.election.http.wire.Exchange;
import dev.election.http.wire.Request;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that can be asked for. Runs on the server's thread, and touches no store. */
final class Site implements Exchange.Handler {

    private static final Duration LONGEST_POLL = Duration.ofSeconds(60);
    private static final Duration USUAL_POLL = Duration.ofSeconds(30);

    /** As Prometheus' text format names itself. */
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    /** Later than any pause of a healthy process; at the latest then it cannot have renewed in time. */
    private static final Duration LATE = Duration.ofSeconds(2);

    private final Board board;
    private final Gate gate;
    private final Resignations resignations;
    private final @Nullable Supplier<String> metrics;
    private final @Nullable RenewalLog renewals;
    private final List<Route> routes;

    Site(
            Board board,
            Gate gate,
            Resignations resignations,
            @Nullable Supplier<String> metrics,
            @Nullable RenewalLog renewals) {
        this.board = board;
        this.gate = gate;
        this.resignations = resignations;
        this.metrics = metrics;
        this.renewals = renewals;
        this.routes = List.of(
                new Route("GET", "/", Access.TOKEN, (exchange, none) -> exchange.answer(Answers.leader(first()))),
                new Route(
                        "GET",
                        "/isLeader",
                        Access.TOKEN,
                        (exchange, none) -> exchange.answer(Answers.isLeader(first()))),
                new Route(
                        "GET", "/leading", Access.TOKEN, (exchange, none) -> exchange.answer(Answers.leading(first()))),
                new Route("GET", "/v1/elections", Access.TOKEN, this::elections),
                new Route("GET", "/v1/elections/{name}", Access.TOKEN, this::election),
                new Route("GET", "/v1/elections/{name}/leading", Access.TOKEN, this::leading),
                new Route("GET", "/v1/elections/{name}/history", Access.TOKEN, this::history),
                new Route("GET", "/v1/elections/{name}/events", Access.TOKEN, this::events),
                new Route("POST", "/v1/elections/{name}/resign", Access.TOKEN, this::resign),
                new Route("GET", "/v1/events", Access.TOKEN, this::allEvents),
                new Route("GET", "/livez", Access.OPEN, this::live),
                new Route("GET", "/readyz", Access.OPEN, (exchange, none) -> exchange.answer(ok())),
                new Route("GET", "/metrics", Access.TOKEN, this::metrics),
                new Route("GET", "/openapi.json", Access.TOKEN, (exchange, none) -> exchange.answer(Files.openApi())),
                new Route("GET", "/ui", Access.HOST, (exchange, none) -> exchange.answer(Files.movedTo("ui/"))),
                new Route("GET", "/ui/", Access.HOST, (exchange, none) -> exchange.answer(Files.page("index.html"))),
                new Route("GET", "/ui/{name}", Access.HOST, (exchange, name) -> exchange.answer(Files.page(name))));
    }

    List<Route> routes() {
        return routes;
    }

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        Route route = null;
        for (Route each : routes) {
            String name = each.match(request.path());
            if (name != null) {
                route = each;
                Answer refused = refused(request, route);
                if (refused != null) {
                    exchange.answer(refused);
                } else {
                    route.action().answer(exchange, name);
                }
                return;
            }
        }
        Answer refused = gate.refusedHost(request);
        exchange.answer(
                refused != null ? refused : Answer.problem(404, "nothing is here; /openapi.json tells what there is"));
    }

    private @Nullable Answer refused(Request request, Route route) {
        Answer refused = route.access() == Access.OPEN ? null : gate.refusedHost(request);
        if (refused == null && route.access() == Access.TOKEN) {
            refused = gate.refusedToken(request);
        }
        if (refused == null && !route.allows(request.method())) {
            refused = Answer.problem(405, request.path() + " takes " + route.allowed() + " only")
                    .with("Allow", route.allowed());
        }
        return refused;
    }

    private static Answer ok() {
        return Answer.ok(json -> json.writeStringField("status", "ok"));
    }

    private Status first() {
        return board.look(board.all().get(0)).status();
    }

    // ---- Elections ----

    private void elections(Exchange exchange, String none) {
        board.lookAtAll();
        exchange.answer(Answers.elections(board.all()));
    }

    private void election(Exchange exchange, String name) {
        TrackedElection election = known(exchange, name);
        if (election == null) {
            return;
        }
        TrackedElection.Seen seen = board.look(election);
        String after = exchange.request().query().get("after");
        if (after == null) {
            exchange.answer(Answers.election(seen));
            return;
        }
        long revision;
        Duration timeout;
        try {
            revision = Parameters.revision(after);
            timeout = Parameters.timeout(exchange.request().query().get("timeout"), USUAL_POLL, LONGEST_POLL);
        } catch (IllegalArgumentException e) {
            exchange.answer(Answer.problem(400, String.valueOf(e.getMessage())));
            return;
        }
        if (seen.revision() != revision) {
            exchange.answer(Answers.election(seen));
        } else {
            board.watchers().poll(exchange, election, revision, timeout);
        }
    }

    private void leading(Exchange exchange, String name) {
        TrackedElection election = known(exchange, name);
        if (election != null) {
            exchange.answer(Answers.leading(board.look(election).status()));
        }
    }

    private void history(Exchange exchange, String name) {
        TrackedElection election = known(exchange, name);
        if (election != null) {
            board.look(election);
            exchange.answer(Answers.history(election, renewals == null ? List.of() : renewals.renewals(name)));
        }
    }

    private void events(Exchange exchange, String name) {
        TrackedElection election = known(exchange, name);
        if (election != null) {
            board.look(election);
            board.stream(exchange, election);
        }
    }

    private void allEvents(Exchange exchange, String none) {
        board.lookAtAll();
        board.stream(exchange, null);
    }

    private void resign(Exchange exchange, String name) {
        if (!resignations.areAllowed()) {
            exchange.answer(Answer.problem(403, "resigning over HTTP is off; --http-resign turns it on"));
        } else if (known(exchange, name) != null) {
            resignations.resign(exchange, name);
        }
    }

    /** The election of this name; null after it was answered that there is none. */
    private @Nullable TrackedElection known(Exchange exchange, String name) {
        TrackedElection election = board.find(name);
        if (election == null) {
            exchange.answer(Answer.problem(404, "no candidate of this process takes part in an election of that name"));
        }
        return election;
    }

    // ---- The process ----

    private void live(Exchange exchange, String none) {
        for (TrackedElection each : board.all()) {
            Status status = board.look(each).status();
            Duration limit = status.timing().renewDeadline().compareTo(LATE) > 0
                    ? status.timing().renewDeadline()
                    : LATE;
            if (status.overdue().compareTo(limit) > 0) {
                exchange.answer(Answer.problem(
                        503,
                        "the election " + each.name() + " is "
                                + status.overdue().toMillis() + " ms late with its work; a restart may help"));
                return;
            }
        }
        exchange.answer(ok());
    }

    private void metrics(Exchange exchange, String none) {
        exchange.answer(
                metrics == null
                        ? Answer.problem(404, "this process keeps no metrics")
                        : new Answer(200, METRICS, metrics.get().getBytes(UTF_8)));
    }
}
