package dev.election.http.command;

import dev.election.Elections;
import java.util.ArrayList;
import java.util.List;

/** Prints each change of leader. */
final class WatchCommand implements Subcommand {

    @Override
    public String name() {
        return "watch";
    }

    @Override
    public String summary() {
        return "Prints a line now and for each change of leader, until a signal.";
    }

    @Override
    public String synopsis() {
        return "--election=NAME [--backend=URI] [--output=json] [OPTIONS]";
    }

    @Override
    public List<Option> options() {
        List<Option> options = new ArrayList<>(List.of(Option.ELECTION, Option.OUTPUT));
        options.addAll(Option.STORE);
        return options;
    }

    @Override
    public List<String> details() {
        return List.of("It looks on as a candidate would, without contending. Lines tell how it is, also when the store"
                + " cannot be reached; changes in quick succession may show as one.");
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "Two elections in files",
                        "election watch --election=reports,mail --backend=file:/tmp/election"),
                new Example(
                        "The leaders' names as they change",
                        "election watch --election=example --output=json | jq --unbuffered -r .leader.name"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED);
    }

    @Override
    public int run(Invocation invocation) throws InterruptedException {
        CommonOptions options = invocation.options();
        List<String> names = options.elections();
        ChangeLines lines = new ChangeLines(invocation.terminal(), options.json());
        String uri = options.backend();
        LogLine.use(options.logLevel(LogLevel.ERROR));
        UntilSignal signal = UntilSignal.begin("stop looking");
        try {
            Elections elections = Elections.open(uri);
            signal.thenClose(() -> {
                lines.close();
                elections.close();
            });
            try {
                lines.printUntilNobodyReads(names, elections);
            } finally {
                elections.close();
            }
        } finally {
            signal.over();
        }
        return ExitCode.OK.code();
    }
}
