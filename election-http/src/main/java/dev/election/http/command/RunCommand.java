package dev.election.http.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Contends in elections until a signal: the sidecar. */
final class RunCommand implements Subcommand {

    /** Runs a sidecar until it is told to end. */
    @FunctionalInterface
    interface Runner {
        /**
         * @throws IllegalArgumentException for wrong use that shows only now, such as an unknown backend
         * @throws IOException when it cannot be started
         */
        void run(RunOptions options) throws IOException, InterruptedException;
    }

    private final Runner runner;

    RunCommand() {
        this(Sidecar::runUntilSignal);
    }

    /** With another runner, for tests. */
    RunCommand(Runner runner) {
        this.runner = runner;
    }

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String summary() {
        return "Contends in elections, and answers over HTTP who leads. The default.";
    }

    @Override
    public String synopsis() {
        return "--election=NAME [--http=HOST:PORT] [--backend=URI] [OPTIONS]";
    }

    @Override
    public List<Option> options() {
        List<Option> options = new ArrayList<>(List.of(Option.ELECTION, Option.ID));
        options.addAll(ServerOptions.OPTIONS);
        options.addAll(Option.STORE);
        options.addAll(Option.TIMES);
        return options;
    }

    @Override
    public List<String> details() {
        return List.of(
                "Over HTTP:",
                "  GET /           {\"name\":\"a\"}, the leader; \"\" when nobody leads or it is not known",
                "  GET /isLeader   {\"isLeader\":true}",
                "  GET /leading    200 on the leader, 503 elsewhere",
                "  GET /v1/elections[/NAME[/events|/history]]  all that is known; changes as they come",
                "  GET /livez, /readyz, /metrics, /openapi.json, /ui",
                "",
                "SIGTERM and SIGINT give the leadership up, so that another leads at once.");
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "A sidecar in a pod, asked by the program beside it at http://localhost:4040/",
                        "election --election=example --http=localhost:4040"),
                new Example(
                        "Candidates on one machine, each in its own terminal",
                        "election --election=example --id=a --http=localhost:4041 --backend=file:/tmp/election"),
                new Example(
                        "", "election --election=example --id=b --http=localhost:4042 --backend=file:/tmp/election"),
                new Example(
                        "Two elections at once",
                        "election run --election=reports --election=mail --http=localhost:4040"),
                new Example(
                        "Beside classic leader-electors, which lock by an annotation on Endpoints",
                        "election --election=example --http=localhost:4040 --lock=endpoints"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED);
    }

    @Override
    public int run(Invocation invocation) throws IOException, InterruptedException {
        runner.run(RunOptions.of(invocation.options()));
        return ExitCode.OK.code();
    }
}
